"""Previews with people who are settled: they are served like anybody, and not evaluated, just as when the policy is applied."""

from __future__ import annotations

from rules import Policy
from rules.compare import Effect
from tests.rules.test_compare import preview
from tests.rules.world import R1, R2, R3, World, a_policy


def moves(world: World, policy: Policy) -> list[tuple[str, Effect, str | None, str | None]]:
    return [(row.user_id, row.change, row.before, row.after) for row in preview(world, policy).changes]


def stuck() -> World:
    """Each of two would take what the other has, but their wishes came up in different events."""
    world = World(capacity={"pro": 1, "std": 1, "view": 1})
    world.join("a", "sales")
    world.join("b", "sales")
    world.set("a", "eng", pins=frozenset({"std"}))
    world.evaluate("a")
    return world


def test_the_policy_in_force_changes_nothing() -> None:
    world = stuck()
    found = preview(world, world.policy)
    assert (found.changes, found.counts["unchanged"]) == ((), 2)


def test_whoever_waits_is_given_what_others_would_lose_in_queue_order() -> None:
    world = World(capacity={"pro": 1, "std": 2, "view": 5})
    for name in ("a", "b", "c", "d"):
        world.join(name, "sales" if name != "a" else "eng", pins=frozenset({"pro"}) if name == "a" else frozenset())
    assert world.all(*"abcd") == ["pro", "std + q pro", "std + q pro", "q pro + q std"]
    world.set("a", "eng")
    policy = a_policy(R1, R2, {**R3, "grants": ["view"]})
    assert moves(world, policy) == [
        ("b", Effect.SWAP, "std", "pro"),
        ("d", Effect.GRANT, None, "std"),
        ("a", Effect.SWAP, "pro", "view"),
    ]


def test_the_oldest_hold_gives_way_to_whoever_comes_to_wish() -> None:
    world = World(capacity={"pro": 2, "std": 0, "view": 5})
    for name in "ab":
        world.join(name, "sales")
    world.join("c", "eng")
    for name in "ba":
        world.deactivate(name, "sales")
        world.wait(hours=1)
    policy = a_policy(R1, R2, {**R3, "grants": ["pro"]})
    found = preview(world, policy)
    assert found.usage["pro"].after == 2
    world.publish(policy)
    assert world.all(*"abc") == ["pro held", "parked pro", "pro"]


def test_a_suspended_seat_resumes_before_tickets_when_another_is_lost() -> None:
    world = World(capacity={"pro": 2, "std": 5, "view": 5})
    for name in "ab":
        world.join(name, "sales")
    world.capacity["pro"] = 0
    world.evaluate("a", "b")
    world.capacity["pro"] = 1
    world.evaluate()
    assert world.all("a", "b") == ["pro", "pro suspended + std"]
    world.set("a", "none")
    policy = world.policy
    assert ("a", Effect.RELEASE, "pro", "view") in moves(world, policy)
    usage = preview(world, policy).usage
    world.publish(policy)
    assert world.has("b") == "pro"
    assert {key: one.after for key, one in usage.items()} == {key: world.use(key) for key in world.types}


def test_a_seat_that_resumes_is_a_grant_or_a_swap_and_one_that_is_suspended_a_release() -> None:
    world = World(capacity={"pro": 2, "std": 1, "view": 0})
    for name in "ab":
        world.join(name, "sales")
    world.capacity["pro"] = 0
    assert moves(world, world.policy) == []  # a lapse is the clock's, and suspends whoever is looked at
    policy = a_policy(R1, {**R2, "name": "Sellers", "id": "r9"}, R3)
    assert moves(world, policy) == [
        ("a", Effect.SWAP, "pro", "std"),
        ("b", Effect.QUEUE, None, "std"),
        ("b", Effect.RELEASE, "pro", None),
    ]
    world.evaluate("a", "b")
    world.capacity["pro"] = 2
    assert moves(world, world.policy) == [("a", Effect.SWAP, "std", "pro"), ("b", Effect.GRANT, None, "pro")]
