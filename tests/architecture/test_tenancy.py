"""Portals cannot reach into each other: keys and foreign keys carry `portal_id`, and no statement forgets it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from scim_portal.context import Ctx
from scim_portal.db import Model, db, scoped, transaction
from scim_portal.ids import new_id
from scim_portal.models import Group, Membership, Portal, Seat, User
from tests import tenancy_hook
from tests.portals import PortalUnderTest

TABLES = {name: table for name, table in Model.metadata.tables.items() if name != "portal"}


def test_every_table_but_the_portals_own_starts_its_key_with_the_portal() -> None:
    starts = {name: next(iter(table.primary_key.columns)).name for name, table in TABLES.items()}
    assert {name for name, first in starts.items() if first != "portal_id"} == set()
    assert set(TABLES) == tenancy_hook.TENANT_TABLES


def test_every_foreign_key_carries_the_portal() -> None:
    keys = [key for table in TABLES.values() for key in table.foreign_key_constraints]
    assert len(keys) >= len(TABLES)
    assert [key.name for key in keys if key.column_keys[0] != "portal_id"] == []
    assert [
        key.name for key in keys if key.elements[0].column.name != ("portal_id" if len(key.elements) > 1 else "id")
    ] == []


def test_every_unique_constraint_of_a_tenant_table_is_within_a_portal() -> None:
    indexes = [index for table in TABLES.values() for index in table.indexes if index.unique]
    assert [index.name for index in indexes if index.columns.keys()[0] != "portal_id"] == []


@pytest.mark.parametrize(
    "statement",
    [
        select(User),
        select(User.id).where(User.user_name == "x"),
        update(Seat).values(state="held"),
        delete(Group).where(Group.id == "x"),
        select(Membership.user_id).join(Group, Group.id == Membership.group_id).where(Group.id == "x"),
    ],
    ids=str,
)
def test_the_hook_stops_a_statement_that_forgets_the_portal(portal: PortalUnderTest, statement: object) -> None:
    with pytest.raises(tenancy_hook.UnscopedStatement):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()


def test_the_hook_lets_scoped_statements_and_portals_pass(portal: PortalUnderTest) -> None:
    ctx: Ctx = portal.ctx()
    db.session.execute(scoped(User, ctx).where(User.id == "x"))
    assert portal.slug in db.session.scalars(select(Portal.slug)).all()


def test_a_membership_across_portals_cannot_be_stored(portal: PortalUnderTest) -> None:
    other = PortalUnderTest.create(portal.app)
    group, stranger = portal.push("Sales"), other.provision("eve@other.example")
    row = {"group_id": group, "user_id": stranger, "created_at": portal.ctx().now}
    for portal_id in (portal.ref.id, other.ref.id, new_id()):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(insert(Membership).values(portal_id=portal_id, **row))
