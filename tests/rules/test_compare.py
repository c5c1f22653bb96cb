"""Previews: what a policy would change for everybody (L10)."""

from __future__ import annotations

import rules
from rules import Policy, Preview
from rules.compare import Effect, Row, Usage
from tests.rules.world import R1, R2, R3, World, a_policy


def preview(world: World, policy: Policy) -> Preview:
    people = [(facts, world.standing(name)) for name, facts in world.people.items()]
    return rules.compare(policy, people, world.pools(), world.now)


def test_grants_and_queues_are_listed_with_reasons_and_use() -> None:
    world = World(policy=a_policy(R1, default=None), capacity={"pro": 1, "std": 3, "view": 5})
    for name in "abc":
        world.join(name, "sales" if name != "c" else "none")
    found = preview(world, a_policy(R2, default=None))
    assert found.changes == (
        Row("a", "pro", Effect.GRANT, None, "pro", "The rule “Sales” gives pro, and a seat was free."),
        Row("b", "std", Effect.GRANT, None, "std", "The rule “Sales” gives std, and a seat was free."),
        Row("b", "pro", Effect.QUEUE, None, "pro", "The rule “Sales” gives pro, but no seat is free."),
    )
    assert found.counts == {"grant": 2, "swap": 0, "queue": 1, "release": 0, "unchanged": 1}
    assert found.usage == {"pro": Usage(0, 1, 1), "std": Usage(0, 1, 3), "view": Usage(0, 0, 5)}


def test_a_seat_lost_to_nothing_is_a_release() -> None:
    world = World()
    world.join("a", "eng")
    found = preview(world, a_policy(R1, default=None))
    assert [(row.change, row.before, row.after) for row in found.changes] == [(Effect.RELEASE, "std", None)]


def test_what_is_previewed_happens_when_it_is_applied() -> None:
    world = World(capacity={"pro": 1, "std": 1, "view": 5})
    for name, group in (("a", "sales"), ("b", "eng"), ("c", "sales"), ("d", "none")):
        world.join(name, group)
    world.deactivate("a", "sales")
    policy = a_policy({**R3, "grants": ["pro"], "fallback": ["view"]}, {**R2, "fallback": []})
    found = preview(world, policy)
    world.publish(policy)
    assert {key: usage.after for key, usage in found.usage.items()} == {key: world.use(key) for key in world.types}
