"""Publishing to a population too large for one step ends as one step for all would: no better place is lost to a batch."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scim_portal.db import db, scoped, transact
from scim_portal.jobs import settling
from scim_portal.models import SeatEntry
from scim_portal.services import catalog, invariants, people
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.thoroughness import NIGHTLY

SEEDS = range(100) if NIGHTLY else (1, 5)
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


# Bosses and clerks each have what the others come to wish for, and keep it until they can exchange.
BEFORE = a_policy(
    a_rule("bosses", 'title eq "boss"', "pro", fallback=["std"]),
    a_rule("clerks", 'title eq "clerk"', "std", fallback=["pro"]),
)
CROSSED = a_policy(
    a_rule("bosses", 'title eq "boss"', "std", fallback=["pro"]),
    a_rule("clerks", 'title eq "clerk"', "pro", fallback=["std"]),
)


def populate(
    portal: PortalUnderTest,
    seed: int,
    policy: dict[str, Any] = FIRST,
    titles: tuple[str, ...] = TITLES,
    seats: dict[str, int] = CAPACITY,
) -> None:
    order = random.Random(seed)
    for rank, (key, capacity) in enumerate(seats.items()):
        portal.license(key, capacity, rank=30 - rank)
    portal.publish(policy)
    for number in range(40):
        portal.provision(f"p{number:02}@x.example", title=order.choice(titles))


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


@pytest.mark.parametrize("seed", SEEDS)
def test_batches_end_as_one_step_does(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    twin = PortalUnderTest.create(portal.app)
    for one in (portal, twin):
        populate(one, seed)
    compare(portal, twin, monkeypatch, SECOND)


@pytest.mark.parametrize("seed", SEEDS)
def test_people_of_different_batches_exchange_seats_as_in_one_step(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    twin = PortalUnderTest.create(portal.app)
    for one in (portal, twin):
        populate(one, seed, BEFORE, ("boss", "clerk"), {"pro": 20, "std": 20})
    before = outcome(portal)
    compare(portal, twin, monkeypatch, CROSSED)
    after = outcome(portal)
    assert sum(after[name][0] != had[0] for name, had in before.items()) > 6


def test_a_ticket_of_the_old_policy_is_not_met_while_the_new_one_is_carried_out(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the boss frees would go to the clerk's old ticket, and be taken away again when it is the clerk's turn."""
    portal.license("pro", 1, rank=30)
    portal.license("std", 5, rank=20)
    bosses, clerks = a_rule("bosses", 'title eq "boss"', "pro"), 'title eq "clerk"'
    portal.publish(a_policy(bosses, a_rule("clerks", clerks, "pro", fallback=["std"])))
    portal.provision("boss@x.example", title="boss")
    clerk = portal.provision("clerk@x.example", title="clerk")
    monkeypatch.setattr(settling, "ALL_AT_ONCE", 0)
    portal.publish(a_policy(bosses | {"grants": ["std"]}, a_rule("clerks", clerks, "none:cal")))
    assert events(portal, clerk)[-2:] == [("ticket.closed", "pro"), ("seat.released", "std")]
    assert outcome(portal) == {"boss@x.example": (["std"], []), "clerk@x.example": ([], [])}


def test_a_suspended_seat_of_the_old_policy_does_not_resume_while_the_new_one_is_carried_out(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.license("std", 2, rank=20)
    portal.license("view", 5, rank=10)
    bosses, clerks = a_rule("bosses", 'title eq "boss"', "std"), 'title eq "clerk"'
    portal.publish(a_policy(bosses, a_rule("clerks", clerks, "std")))
    portal.provision("boss@x.example", title="boss")
    clerk = portal.provision("clerk@x.example", title="clerk")
    (line,) = catalog.lines(portal.ctx(), "std")
    transact(lambda: catalog.remove_line(portal.ctx(), line.id))
    transact(lambda: catalog.add_line(portal.ctx(), "std", quantity=1))
    monkeypatch.setattr(settling, "ALL_AT_ONCE", 0)
    portal.publish(a_policy(bosses | {"grants": ["view"]}, a_rule("clerks", clerks, "none:cal")))
    assert events(portal, clerk)[-2:] == [("seat.suspended", "std"), ("seat.released", "std")]
    assert outcome(portal) == {"boss@x.example": (["view"], []), "clerk@x.example": ([], [])}


def events(portal: PortalUnderTest, user_id: str) -> list[tuple[str, str]]:
    """What the ledger tells of somebody, in the order of time."""
    query = scoped(SeatEntry, portal.ctx()).where(SeatEntry.user_id == user_id).order_by(SeatEntry.id)
    return [(one.event, one.license_type) for one in db.session.scalars(query)]


def compare(
    portal: PortalUnderTest, twin: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, policy: dict[str, Any]
) -> None:
    """Publish to one portal in one step, to its twin in batches, and find the same."""
    assert outcome(portal) == outcome(twin)
    portal.publish(policy)
    monkeypatch.setattr(settling, "ALL_AT_ONCE", 0)
    monkeypatch.setattr(settling, "BATCH", 7)
    twin.publish(policy)
    assert outcome(twin) == outcome(portal)
