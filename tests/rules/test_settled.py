"""When a person needs neither a lock nor an allocation; `World` checks that nobody claims it wrongly."""

from __future__ import annotations

from datetime import timedelta

from rules import is_settled
from tests.rules.world import R1, R2, R3, World, a_policy


def a_full_world() -> World:
    world = World(capacity={"pro": 1, "std": 2, "view": 1})
    for name in "abc":
        world.join(name, "sales")
    return world


def settled(world: World, name: str) -> bool:
    return is_settled(world.person(name), world.now)


def test_a_seat_and_live_tickets_for_every_better_entry_are_settled() -> None:
    world = a_full_world()
    world.join("d", "sales")
    assert [settled(world, name) for name in "abcd"] == [True] * 4
    assert world.has("d") == "q pro + q std"


def test_other_wishes_are_not_settled() -> None:
    world = a_full_world()
    world.set("a")
    world.set("b", "sales", "contractors")
    world.set("c", "sales", pins=frozenset({"pro"}))
    assert [settled(world, name) for name in "abc"] == [False] * 3


def test_a_missing_ticket_another_source_or_priority_is_not_settled() -> None:
    world = a_full_world()
    world.set("n", "sales")
    assert not settled(world, "n")
    world.policy = a_policy({**R2, "id": "r9"})
    assert not settled(world, "a")
    world.policy = a_policy(R1, {**R2, "queue_priority": 1}, R3)
    assert settled(world, "a")
    assert not settled(world, "b")


def test_a_suspended_seat_stands_for_its_entry() -> None:
    world = a_full_world()
    world.capacity["pro"] = 0
    world.evaluate(*"abc")
    assert world.has("a") == "pro suspended + q std"
    assert settled(world, "a")


def test_a_settling_seat_always_needs_a_look() -> None:
    world = a_full_world()
    world.types["pro"] = world.types["pro"].__class__("pro", "Pro", "cal", 30, 7, 600)
    world.join("a")
    world.set("a", "sales")
    assert world.has("a") == "pro releasing"
    assert not settled(world, "a")


def test_an_inactive_person_is_settled_until_something_is_due() -> None:
    world = World(capacity={"pro": 1, "std": 2, "view": 1})
    for name in "ab":
        world.join(name, "sales")
    world.set("b", active=False)
    assert not settled(world, "b")
    world.deactivate("b")
    assert settled(world, "b")
    assert not is_settled(world.person("b", "deactivate"), world.now)
    world.now += timedelta(days=7)
    assert not settled(world, "b")
