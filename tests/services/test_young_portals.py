"""A portal that fills up faster than the database counts: its groups are read member by member, never everybody for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from scim_portal.db import db, transact
from scim_portal.models import Group, Membership, User
from tests.portals import PortalUnderTest
from tests.services.test_indexed_look_ups import a_group_row, a_user_row, noted

USERS = 400


def fill(portal: PortalUnderTest, *, counted: bool) -> str:
    """Write users and a group of them all; gives the group's id."""
    ctx = portal.ctx()

    def unit() -> str:
        people = [a_user_row(ctx, number) for number in range(USERS)]
        group = a_group_row(ctx, 1)
        connection = db.session.connection()
        connection.execute(User.__table__.insert(), people)
        connection.execute(Group.__table__.insert(), [group])
        same = {"portal_id": ctx.portal.id, "group_id": group["id"], "created_at": ctx.now}
        connection.execute(Membership.__table__.insert(), [same | {"user_id": one["id"]} for one in people])
        if counted:
            db.session.execute(text("ANALYZE"))
        id: str = group["id"]
        return id

    return transact(unit)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def looked_at(plan: dict[str, Any]) -> int:
    """Count the rows that a plan of PostgreSQL came across, those it threw away included."""
    kinds = ("Actual Rows", "Rows Removed by Join Filter", "Rows Removed by Filter")
    return sum(int(sum(node.get(kind, 0) for kind in kinds) * node["Actual Loops"]) for node in nodes(plan))


def test_a_group_of_a_portal_nobody_counted_yet_is_read_member_by_member(portal: PortalUnderTest) -> None:
    fill(PortalUnderTest.create(portal.app), counted=True)  # so the database knows of portals, but not of the next one
    group = fill(portal, counted=False)
    with noted() as statements:
        answer = portal.scim("GET", f"/Groups/{group}").json
    assert len(answer["members"]) == USERS
    statement, parameters = next(one for one in statements if "'User'" in one[0])
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            searches = [line[-1] for line in plan if "user_account" in line[-1]]
            assert searches
            assert all("portal_id=? AND id=?" in one for one in searches), searches
        else:
            (found,) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).one()
            plan = found if isinstance(found, list) else json.loads(found)
            assert looked_at(plan[0]["Plan"]) < 10 * USERS, plan
