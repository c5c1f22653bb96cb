"""Every look-up that clients make all day is served by an index, says the database's own plan: on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from scim_portal.db import db, transact
from scim_portal.ids import new_id
from scim_portal.models import Email, Group, Membership, User
from scim_portal.services import emails, mapping
from scim_portal.services.mapping import Stamp
from tests.portals import CORE_GROUP, CORE_USER, PortalUnderTest

USERS, GROUPS = 4000, 400
PLAN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


@pytest.fixture
def crowded(portal: PortalUnderTest) -> tuple[PortalUnderTest, str, str]:
    """A portal with thousands of users and hundreds of groups; gives one user's id and one group's."""
    ctx = portal.ctx()
    portal.token  # noqa: B018 - a connector and its token are made before the crowd

    def fill() -> tuple[str, str]:
        people = [a_user_row(ctx, number) for number in range(USERS)]
        groups = [a_group_row(ctx, number) for number in range(GROUPS)]
        connection = db.session.connection()
        connection.execute(User.__table__.insert(), people)
        connection.execute(Group.__table__.insert(), groups)
        rows = [row for one in people for row in emails.rows(ctx.portal.id, one["id"], one["folded"])]
        connection.execute(Email.__table__.insert(), rows)
        links = [
            {"portal_id": ctx.portal.id, "group_id": groups[number % GROUPS]["id"], "user_id": one["id"], "created_at": ctx.now}
            for number, one in enumerate(people)
        ]  # fmt: skip
        connection.execute(Membership.__table__.insert(), links)
        db.session.execute(text("ANALYZE"))
        return people[1234]["id"], groups[34]["id"]

    user, group = transact(fill)
    return portal, user, group


def a_user_row(ctx: Any, number: int) -> dict[str, Any]:
    name = f"user{number}@x.example"
    mails = [{"value": name, "type": "work"}, {"value": f"home{number}@x.example", "type": "home"}]
    content = {"schemas": [CORE_USER], "userName": name, "externalId": f"00u{number}", "emails": mails}
    return {"portal_id": ctx.portal.id, **mapping.user_columns(content, Stamp(new_id(), 1, ctx.now, ctx.now))}


def a_group_row(ctx: Any, number: int) -> dict[str, Any]:
    content = {"schemas": [CORE_GROUP], "displayName": f"Group {number}"}
    return {"portal_id": ctx.portal.id, **mapping.group_columns(content, Stamp(new_id(), 1, ctx.now, ctx.now))}


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan_of(portal: PortalUnderTest, address: str, table: str) -> tuple[int, str]:
    """Call, and explain the statement that found the resources; gives how many there were, and the plan."""
    with noted() as statements:
        answer = portal.scim("GET", address).json
    statement, parameters = next(
        one for one in statements if f"FROM {table}" in one[0] and f"{table}.document" in one[0]
    )
    dialect = db.engine.dialect.name
    with db.engine.connect() as connection:
        lines = connection.exec_driver_sql(PLAN[dialect] + statement, parameters).all()
    plan = "\n".join(str(line[-1]) for line in lines)
    return answer["totalResults"], plan


def walks(plan: str, table: str) -> bool:
    """Tell whether the plan reads a whole portal's rows of a table: no index, or one that is bound by the portal alone."""
    found = re.findall(rf"(?:Scan|SCAN|SEARCH)[^\n]* (?:on )?{table}\b[^\n]*(?:\n *Index Cond: [^\n]*)?", plan)
    assert found, plan
    return any(" AND " not in one for one in found)


@pytest.mark.parametrize(
    ("filter", "hits"),
    [
        ('id eq "{user}"', 1),
        ('userName eq "USER1234@x.example"', 1),
        ('externalId eq "00u1234"', 1),
        ('emails.value eq "Home1234@x.example"', 1),
        ('emails eq "user1234@x.example"', 1),
        ('email eq "user1234@x.example"', 1),
        ('emails[type eq "work"].value eq "user1234@x.example"', 1),
        ('emails[value eq "home1234@x.example" and type eq "work"]', 0),
        ('groups.value eq "{group}"', 10),
        ('meta.lastModified gt "2099-01-01T00:00:00Z"', 0),
    ],
)
def test_users_are_looked_up_by_index(crowded: tuple[PortalUnderTest, str, str], filter: str, hits: int) -> None:
    portal, user, group = crowded
    found, plan = plan_of(portal, f"/Users?filter={filter.format(user=user, group=group)}", "user_account")
    assert found == hits
    assert not walks(plan, "user_account"), plan


@pytest.mark.parametrize(
    ("filter", "hits"),
    [
        ('id eq "{group}"', 1),
        ('displayName eq "GROUP 34"', 1),
        ('members.value eq "{user}"', 1),
        ('members eq "{user}"', 1),
        ('members[value eq "{user}"]', 1),
        ('id eq "{group}" and members eq "{user}"', 1),
        ('meta.lastModified gt "2099-01-01T00:00:00Z"', 0),
    ],
)
def test_groups_are_looked_up_by_index(crowded: tuple[PortalUnderTest, str, str], filter: str, hits: int) -> None:
    portal, user, group = crowded
    found, plan = plan_of(portal, f"/Groups?filter={filter.format(user=user, group=group)}", "user_group")
    assert found == hits
    assert not walks(plan, "user_group"), plan


def test_a_page_deep_in_the_list_skips_on_an_index(crowded: tuple[PortalUnderTest, str, str]) -> None:
    portal, _, _ = crowded
    _, plan = plan_of(portal, "/Users?startIndex=1000&count=50", "user_account")
    # SQLite may find the primary key as good as the index of those who are present; both are read in order.
    assert re.search(r"(?i)index.* (ix_user_account_present|pk_user_account|sqlite_autoindex_user_account_1)", plan), (
        plan
    )
    assert "Seq Scan on user_account" not in plan
    assert "SCAN user_account" not in plan
