"""Everything at once: people leave, come back and change groups while seats are few and the clock ticks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from scim_portal import clock
from scim_portal.jobs import runner
from tests.concurrency import fairness
from tests.concurrency.arena import Arena, statuses
from tests.concurrency.callers import Call
from tests.portals import a_patch, a_policy, a_rule, a_user
from tests.servers import Server
from tests.thoroughness import NIGHTLY

PEOPLE = 60
CALLS, PROCESSES, THREADS = (2000, 16, 1) if NIGHTLY else (300, 4, 4)
SEATS = {"pro": (8, 30), "std": (7, 20), "view": (5, 10)}


def test_sixty_people_who_come_and_go_never_use_more_than_twenty_seats(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_and_go(arena, monkeypatch)


@pytest.mark.skipif(not NIGHTLY, reason="creates at SERIALIZABLE are tried every day, everything at once by night")
def test_nor_do_they_where_the_database_refuses_what_it_cannot_order(
    arena: Arena, monkeypatch: pytest.MonkeyPatch, strict_server: Server
) -> None:
    come_and_go(replace(arena, server=strict_server), monkeypatch)


def come_and_go(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(dice_seed := random.randrange(10**9))
    print("seed", dice_seed)
    groups = [arena.portal.push(name) for name in ("Sales", "Engineering", "Guests")]
    a_scarce_policy(arena, groups)
    creates = [arena.scim("POST", "/Users", a_user(f"p{number}@acme.example")) for number in range(PEOPLE)]
    users = [one.body["id"] for one in arena.storm(creates)]
    answers = arena.storm(
        [a_change(arena, dice, users, groups) for _ in range(CALLS)], processes=PROCESSES, threads=THREADS
    )
    assert set(statuses(answers)) == {200}
    arena.must_hold()
    for key in SEATS:
        assert not list(fairness.passed(arena.ledger(key), {"engineering": 50}))
    in_ten_seconds = clock.now() + timedelta(seconds=10)
    monkeypatch.setattr(clock, "now", lambda: in_ten_seconds)
    arena.portal.run_due()
    assert sum(used for used, _ in arena.portal.usage().values()) <= 20
    is_at_rest(arena)


def a_scarce_policy(arena: Arena, groups: list[str]) -> None:
    """Three licence types, two groups that give one, and one group that gives none."""
    for key, (capacity, rank) in SEATS.items():
        arena.portal.license(key, capacity, rank=rank, settle_seconds=1 if key == "std" else 0)
    sales, engineering, guests = (f'groups.value eq "{id}"' for id in groups)
    rules = [
        a_rule("guests", guests, "none:cal"),
        a_rule("sales", sales, "pro", fallback=["std"]),
        a_rule("engineering", engineering, "std", fallback=["view"], queue_priority=50),
    ]
    arena.portal.publish(a_policy(*rules, default="view"))


def a_change(arena: Arena, dice: random.Random, users: list[str], groups: list[str]) -> Call:
    """Describe something a provider does now and then."""
    user = dice.choice(users)
    if dice.random() < 0.5:
        return arena.scim("PATCH", f"/Users/{user}", a_patch(switch(dice.random() < 0.6)))
    add = {"op": "add", "path": "members", "value": [{"value": user}]}
    remove = {"op": "remove", "path": f'members[value eq "{user}"]'}
    return arena.scim("PATCH", f"/Groups/{dice.choice(groups)}", a_patch(dice.choice((add, add, remove))))


def switch(active: bool) -> dict[str, Any]:
    """Write Okta's operation that deactivates or reactivates."""
    return {"op": "replace", "value": {"active": active}}


def is_at_rest(arena: Arena) -> None:
    """Check I4: evaluating everybody again changes nothing and writes nothing."""
    before = {key: len(arena.ledger(key)) for key in SEATS}
    assert runner.reconcile(arena.portal.ctx(), lambda done, total: None)[1] == []
    assert {key: len(arena.ledger(key)) for key in SEATS} == before
    arena.must_hold()
