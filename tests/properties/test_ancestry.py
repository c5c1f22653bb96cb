"""Whatever is nested, taken out, deleted and restored in whatever order: `Ancestry` is what following every edge would give.

`ANCESTRY_EXAMPLES=2000` searches longer, and differently each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from scim_portal.db import db, transact
from scim_portal.errors import Conflict
from scim_portal.models import Ancestry, Group, Nesting
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.patch import Member
from scim_portal.services import directory, groups, nesting
from tests.portals import PortalUnderTest

EXAMPLES = int(os.environ.get("ANCESTRY_EXAMPLES", "40"))
COUNT = 7
Edge = tuple[int, int]
PLACE = st.integers(0, COUNT - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("nest", "nest", "part")), PLACE, st.sets(PLACE, min_size=1, max_size=3)),
        st.tuples(st.sampled_from(("delete", "restore")), PLACE, st.just(frozenset[int]())),
    ),
    min_size=3,
    max_size=30,
)


@dataclass
class Model:
    """The same hierarchy as plain sets of numbers; `parent, member` is an edge."""

    edges: set[Edge] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)

    def closure(self) -> set[Edge]:
        """Follow every edge between groups that are there; gives (below, above)."""
        found = {(member, parent) for parent, member in self.edges if not {parent, member} & self.deleted}
        while more := {(low, top) for low, one in found for other, top in found if one == other} - found:
            found |= more
        return found

    def has_circle(self) -> bool:
        return any(low == top for low, top in self.closure())

    def after(self, verb: str, one: int, others: Any) -> Model:
        """Give the model as it would be, circles or not."""
        present = {(one, other) for other in others if other not in self.deleted}
        match verb:
            case "nest":
                return Model(self.edges | present, self.deleted)
            case "part":
                return Model(self.edges - {(one, other) for other in others}, self.deleted)
            case "delete":
                return Model(self.edges, self.deleted | {one})
        return Model(self.edges, self.deleted - {one})


@dataclass
class World:
    """Groups in the database; each has one user, whose number it is."""

    portal: PortalUnderTest
    users: list[str]
    groups: list[str]

    def begin(self) -> None:
        """Forget all nesting."""
        mine = self.portal.ref.id

        def unit() -> None:
            for table in (Ancestry.__table__, Nesting.__table__):
                db.session.execute(table.delete().where(table.c.portal_id == mine))
            db.session.execute(update(Group).where(Group.portal_id == mine).values(deleted_at=None))

        transact(unit)

    def do(self, verb: str, one: int, others: Any) -> bool:
        """Make a step in a transaction of its own; False when it was refused for a circle."""
        try:
            transact(lambda: self._do(verb, one, sorted(others)))
        except (InvalidValue, Conflict):
            return False
        return True

    def _do(self, verb: str, one: int, others: list[int]) -> None:
        ctx, id, ids = self.portal.ctx(), self.groups[one], [self.groups[other] for other in others]
        if verb == "delete":
            groups.remove(ctx, id)
        elif verb == "restore":
            groups.restore(ctx, id)
        elif verb == "nest":
            known = nesting.present(ctx, ids)
            touched = nesting.link(ctx, id, [Member(other) for other in ids if other in known])
            nesting.follow(ctx, id, touched)
        else:
            nesting.follow(ctx, id, nesting.unlink(ctx, id, ids))

    def closure(self) -> set[Edge]:
        """Read what is stored."""
        db.session.rollback()
        query = select(Ancestry.group_id, Ancestry.ancestor_id).where(Ancestry.portal_id == self.portal.ref.id)
        place = {id: number for number, id in enumerate(self.groups)}
        return {(place[low], place[top]) for low, top in db.session.execute(query)}


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        portal = PortalUnderTest.create(app)
        users = [portal.provision(f"u{number}@x.example") for number in range(COUNT)]
        yield World(portal, users, [portal.push(f"G{number}", user) for number, user in enumerate(users)])
        db.session.rollback()


@settings(max_examples=EXAMPLES, derandomize="ANCESTRY_EXAMPLES" not in os.environ, database=None, deadline=None)
@given(steps=STEPS)
def test_ancestry_is_what_following_every_edge_gives(world: World, steps: list[Any]) -> None:
    world.begin()
    model = Model()
    for verb, one, others in steps:
        if (verb == "restore") is not (one in model.deleted):
            continue
        after = model.after(verb, one, others)
        assert world.do(verb, one, others) is not after.has_circle(), (verb, one, others, model)
        model = model if after.has_circle() else after
        assert world.closure() == model.closure(), (verb, one, others)
    ctx = world.portal.ctx()
    seen = {(user, id, kind) for user, found in directory.groups_of(ctx, world.users).items() for id, _, kind in found}
    there = set(range(COUNT)) - model.deleted
    direct = {(world.users[one], world.groups[one], "direct") for one in there}
    assert seen == direct | {(world.users[low], world.groups[top], "indirect") for low, top in model.closure()}
