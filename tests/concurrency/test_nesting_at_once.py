"""Groups are nested from several sides at once: never a circle, and nobody is settled by half a hierarchy."""

from __future__ import annotations

from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import Ancestry, Group, Nesting
from tests.concurrency.arena import Arena, statuses
from tests.concurrency.test_groups_at_once import ROUNDS, a_rule_for, adding, members, people, removing
from tests.portals import a_patch


def hierarchy(arena: Arena) -> None:
    """Compare what is stored with what following every edge gives."""
    db.session.rollback()
    mine = arena.portal.ref.id
    there = set(db.session.scalars(select(Group.id).where(Group.portal_id == mine, Group.deleted_at.is_(None))))
    edges = db.session.execute(select(Nesting.member_id, Nesting.group_id).where(Nesting.portal_id == mine)).all()
    found = {(low, top) for low, top in edges if {low, top} <= there}
    while more := {(low, top) for low, one in found for other, top in found if one == other} - found:
        found |= more
    stored = db.session.execute(select(Ancestry.group_id, Ancestry.ancestor_id).where(Ancestry.portal_id == mine))
    assert {(low, top) for low, top in stored} == found
    assert not any(low == top for low, top in found)


def test_of_two_groups_put_into_each_other_at_once_exactly_one_is(arena: Arena) -> None:
    for turn in range(ROUNDS):
        one, other = arena.portal.push(f"One {turn}"), arena.portal.push(f"Other {turn}")
        calls = [
            arena.scim("PATCH", f"/Groups/{top}", a_patch(*adding(low))) for top, low in ((one, other), (other, one))
        ]
        answers = arena.storm(calls, processes=2, threads=1)
        assert statuses(answers) == {200: 1, 400: 1}
        refusal = next(answer.body for answer in answers if answer.status == 400)
        assert refusal["scimType"] == "invalidValue"
        assert len(members(arena, one)) + len(members(arena, other)) == 1
    hierarchy(arena)


def test_a_ring_of_eight_closed_from_all_sides_at_once_stays_open_at_one_place(arena: Arena) -> None:
    ring = [arena.portal.push(f"G{number}") for number in range(8)]
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    answers = arena.storm([arena.scim("PATCH", f"/Groups/{top}", a_patch(*adding(low))) for top, low in pairs])
    assert statuses(answers) == {200: 7, 400: 1}
    hierarchy(arena)


def test_joining_a_group_while_it_is_nested_gives_the_seat_of_the_group_above(arena: Arena) -> None:
    everybody = people(arena, 16)
    top = arena.portal.push("Top")
    a_rule_for(arena, top)
    for _ in range(ROUNDS):
        team = arena.portal.push("Team")
        calls = [arena.scim("PATCH", f"/Groups/{team}", a_patch(*adding(id))) for id in everybody]
        calls.insert(8, arena.scim("PATCH", f"/Groups/{top}", a_patch(*adding(team))))
        assert statuses(arena.storm(calls)) == {200: 17}
        assert arena.portal.usage()["pro"] == (16, 0)
        calls = [arena.scim("PATCH", f"/Groups/{team}", a_patch(*removing(id))) for id in everybody[:8]]
        calls.insert(4, arena.scim("DELETE", f"/Groups/{team}"))
        arena.storm(calls)
        assert arena.portal.usage()["pro"] == (0, 0)
        arena.must_hold()
    hierarchy(arena)


def test_deleting_and_nesting_a_group_at_once_leaves_no_trace_of_it_above(arena: Arena) -> None:
    (ann,) = people(arena, 1)
    top = arena.portal.push("Top")
    a_rule_for(arena, top)
    for turn in range(ROUNDS * 2):
        team = arena.portal.push(f"Team {turn}", ann)
        nest, delete = (
            arena.scim("PATCH", f"/Groups/{top}", a_patch(*adding(team))),
            arena.scim("DELETE", f"/Groups/{team}"),
        )
        assert statuses(arena.storm([nest, delete], processes=2, threads=1)) == {200: 1, 204: 1}
        assert members(arena, top) == set()
        assert arena.portal.usage()["pro"] == (0, 0)
    hierarchy(arena)
    arena.must_hold()
