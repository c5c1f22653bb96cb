"""Everybody in bulk is everybody one by one: the same facts, so far as the policy reads them, and the same standings."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from rules.decide import Facts, decide
from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.db import db, transact
from scim_portal.services import everybody, facts, overrides, queue_places, rulebook, standings
from tests.portals import ENTERPRISE, PortalUnderTest, a_patch, a_policy, a_rule

CONDITIONS = ('groups.value eq "{sales}"', 'title eq "Chief"', 'groups[type eq "indirect" and display co "al"]')


@pytest.fixture
def crowded(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> PortalUnderTest:
    """Twelve people in groups within groups, some deleted, pinned, excluded, waiting, kept by a frozen rule."""
    monkeypatch.setattr(everybody, "CHUNK", 5)
    for key, capacity in (("pro", 2), ("std", 3), ("view", 4)):
        portal.license(key, capacity, rank=10 * capacity)
    titles = ("Chief", "Clerk", "Clerk")
    ids = [
        portal.provision(f"p{place:02}@acme.example", title=titles[place % 3], **{ENTERPRISE: {"department": "A"}})
        for place in range(12)
    ]
    sales = portal.push("Sales", *ids[:4])
    portal.push("All", sales, ids[5], ids[0])
    gone = portal.push("Gone", *ids[2:6])
    named = [a_rule(f"r{place}", one.format(sales=sales), "pro") for place, one in enumerate(CONDITIONS)]
    portal.publish(
        a_policy(*named, a_rule("frozen", f'groups.value eq "{gone}"', "std", fallback=["view"]), default="view")
    )
    transact(lambda: overrides.add(portal.ctx(), ids[7], license_type="std", kind="pin", reason="why not"))
    transact(lambda: overrides.add(portal.ctx(), ids[8], license_type="view", kind="exclude", reason="why not"))
    assert portal.scim("DELETE", f"/Groups/{gone}").status_code == 204
    assert portal.scim("DELETE", f"/Users/{ids[1]}").status_code == 204
    waiting = next(one for id in ids for one in standings.load(portal.ctx(), [id])[id].tickets)
    transact(lambda: queue_places.give(portal.ctx(), waiting.user_id, waiting.license_type, 7, reason="why not"))
    off = {"op": "replace", "value": {"active": False}}
    assert portal.scim("PATCH", f"/Users/{ids[9]}", a_patch(off)).status_code == 200
    return portal


def all_of(ctx: Ctx, policy: Policy) -> list[Any]:
    return list(chain.from_iterable(everybody.stream(ctx, policy)))


def test_facts_and_standings_are_those_read_one_by_one(crowded: PortalUnderTest) -> None:
    ctx = crowded.ctx()
    policy = rulebook.glance(ctx)
    found = all_of(ctx, policy)
    ids = [one.user_id for one, _ in found]
    assert len(ids) == 12
    assert [ordered(one) for one, _ in found] == [ordered(one) for one in facts.load(ctx, ids)]
    standing = standings.load(ctx, ids)
    assert [(set(one.seats), set(one.tickets)) for _, one in found] == [
        (set(standing[id].seats), set(standing[id].tickets)) for id in ids
    ]
    kinds = [one for one, _ in found if one.pins or one.excluded]
    assert len(kinds) == 2
    assert any(one.kept_by and one.held for one, _ in found)
    assert any(ticket.given_priority == 7 for _, one in found for ticket in one.tickets)
    db.session.rollback()


def ordered(one: Facts) -> Facts:
    """Leave the order of groups out: no condition depends on it."""
    groups = sorted(one.resource.get("groups", []), key=str)
    return replace(one, resource={**one.resource, "groups": groups})


@pytest.mark.parametrize("kept", [(0, 1, 2), (0,), (1,), ()])
def test_whatever_a_policy_reads_its_decisions_are_the_same(crowded: PortalUnderTest, kept: tuple[int, ...]) -> None:
    ctx = crowded.ctx()
    document = rulebook.current(ctx)[1]
    policy = rulebook.compile_document(ctx, {**document, "rules": [document["rules"][place] for place in kept]})
    found = all_of(ctx, policy)
    one_by_one = facts.load(ctx, [one.user_id for one, _ in found])
    assert [decide(policy, one, ctx.now) for one, _ in found] == [decide(policy, one, ctx.now) for one in one_by_one]
    db.session.rollback()


def test_half_a_surrogate_pair_is_read_as_it_was_written(crowded: PortalUnderTest) -> None:
    assert everybody._loaded('{"title": "\\ud800"}') == {"title": "\ud800"}
