"""Publishing to a population too large for one step ends as one step for all would: no better place is lost to a batch."""

from __future__ import annotations

import random

import pytest

from scim_portal.db import db
from scim_portal.jobs import runner
from scim_portal.services import invariants, people
from tests.portals import PortalUnderTest, a_policy, a_rule

TITLES = ("boss", "chief", "clerk", "guest")
CAPACITY = {"pro": 6, "std": 8, "view": 12}
FIRST = a_policy(
    a_rule("guests", 'title eq "guest"', "pro", queue_priority=500),
    a_rule("clerks", 'title eq "clerk"', "std"),
    default="view",
)
SECOND = a_policy(
    a_rule("bosses", 'title eq "boss"', "pro", fallback=["std"], queue_priority=10),
    a_rule("chiefs", 'title eq "chief"', "pro", fallback=["std", "view"], queue_priority=50),
    a_rule("guests", 'title eq "guest"', "none:cal"),
    a_rule("clerks", 'title eq "clerk"', "std", queue_priority=900),
    default="view",
)


def populate(portal: PortalUnderTest, seed: int) -> None:
    order = random.Random(seed)
    for rank, (key, capacity) in enumerate(CAPACITY.items()):
        portal.license(key, capacity, rank=30 - rank)
    portal.publish(FIRST)
    for number in range(40):
        portal.provision(f"p{number:02}@x.example", title=order.choice(TITLES))


def outcome(portal: PortalUnderTest) -> dict[str, tuple[list[str], list[str]]]:
    """What everybody holds and waits for, and the queues in order, by name."""
    db.session.rollback()
    ctx = portal.ctx()
    users = people.users(ctx, people.Wanted(), limit=100).items
    ids = [one.id for one in users]
    names = {one.id: one.user_name for one in users}
    seats, tickets = people.seats(ctx, ids), people.tickets(ctx, ids)
    found = {
        names[id]: (
            sorted(one.license_type for one in seats.get(id, [])),
            sorted(f"{one.license_type} {people.position(ctx, one)}" for one in tickets.get(id, [])),
        )
        for id in ids
    }
    assert invariants.violations(ctx) == []
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_batches_end_as_one_step_does(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    twin = PortalUnderTest.create(portal.app)
    for one in (portal, twin):
        populate(one, seed)
    assert outcome(portal) == outcome(twin)
    portal.publish(SECOND)
    monkeypatch.setattr(runner, "ALL_AT_ONCE", 0)
    monkeypatch.setattr(runner, "BATCH", 7)
    twin.publish(SECOND)
    assert outcome(twin) == outcome(portal)
