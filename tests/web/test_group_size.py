"""What adding one member costs does not depend on how many there are (architecture, law 5)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import BigInteger, Text, cast, event, func, literal, select
from sqlalchemy.sql.selectable import CTE

from scim_portal.db import db, insert, transact
from scim_portal.models import Membership, User
from scim_portal.services import mapping
from scim_portal.services.mapping import Stamp
from tests.databases import Database, Databases
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule

SMALL, LARGE, TURNS = 100, 50_000, 41
NUMBERED = {"id", "user_name", "user_name_folded"}


@pytest.fixture(scope="session")
def database(database: Database, databases: Databases) -> Database:
    """A database whose crowds are in nobody else's way."""
    return databases.named(database.kind, "crowded")


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on it; pytest would keep the one that other files asked for."""
    return database.app


def test_adding_one_member_to_fifty_thousand_costs_what_it_costs_in_a_hundred(portal: PortalUnderTest) -> None:
    small, large = portal.push("Small"), portal.push("Large")
    portal.license("pro", None)
    portal.publish(a_policy(a_rule("any", "groups pr", "pro")))
    fill(portal, {small: SMALL, large: LARGE})
    newcomers = iter([portal.provision(f"n{number}@acme.example") for number in range(2 * TURNS)])
    costs = {small: Cost(), large: Cost()}
    for _ in range(TURNS):
        for group, cost in costs.items():
            add_one(portal, group, next(newcomers), cost)
    # The median, since now and then a call also notes when the token was last used.
    assert statistics.median(costs[large].statements) == statistics.median(costs[small].statements)
    ratio = statistics.median(costs[large].seconds) / statistics.median(costs[small].seconds)
    assert ratio <= 2, f"{ratio:.2f} times as long"
    assert portal.usage()["pro"][0] == 2 * TURNS


@dataclass
class Cost:
    """How many statements and seconds each addition took."""

    statements: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def add_one(portal: PortalUnderTest, group: str, newcomer: str, cost: Cost) -> None:
    """Add a member and note what it cost."""
    message = a_patch({"op": "add", "path": "members", "value": [{"value": newcomer}]})
    with counted() as seen:
        begun = time.perf_counter()
        answer = portal.scim("PATCH", f"/Groups/{group}", message)
        cost.seconds.append(time.perf_counter() - begun)
    assert answer.status_code == 204
    cost.statements.append(len(seen))


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect every statement that reaches the database."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def fill(portal: PortalUnderTest, sizes: dict[str, int]) -> None:
    """Write users and memberships straight into the tables, by two statements and one for each group."""
    ctx = portal.ctx()
    template = mapping.user_columns(
        {"userName": "x", "active": True}, Stamp("00000000-0000-7000-8000-000000000000", 1, ctx.now, ctx.now)
    )
    fixed = {"portal_id": portal.ref.id} | {name: value for name, value in template.items() if name not in NUMBERED}
    table = User.__table__

    def unit() -> None:
        numbers = counting(max(sizes.values()))
        id, name = user_id(numbers), "m" + cast(numbers.c.n, Text) + literal("@acme.example")
        columns = [id, name, name, *(literal(value, table.c[column].type) for column, value in fixed.items())]
        names = ["id", "user_name", "user_name_folded", *fixed]
        db.session.execute(insert(table).from_select(names, select(*columns)))
        for group, size in sizes.items():
            link = select(
                literal(portal.ref.id), literal(group), user_id(numbers), literal(ctx.now, table.c.created_at.type)
            )
            into = insert(Membership.__table__).from_select(
                ["portal_id", "group_id", "user_id", "created_at"], link.where(numbers.c.n <= size)
            )
            db.session.execute(into)

    transact(unit)


def counting(last: int) -> CTE:
    """Count from 1 to a number inside the database."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last))


def user_id(numbers: CTE) -> Any:
    """Make an id out of a number: twelve digits at the end of a UUID."""
    digits = func.substr(cast(literal(1_000_000_000_000, BigInteger) + numbers.c.n, Text), 2)
    return literal("00000000-0000-7000-8000-", Text) + digits
