"""A priority that an admin gave to a ticket goes before the rule's for as long as the ticket is kept (L6.1)."""

from __future__ import annotations

from dataclasses import replace

from rules import is_settled, turns
from tests.rules.world import R1, R2, R3, World, a_policy


def a_queue() -> World:
    """Ann has pro; Bob, then Cid, wait for it."""
    world = World(capacity={"pro": 1, "std": 5, "view": 5})
    for name in ("ann", "bob", "cid"):
        world.join(name, "sales")
    return world


def give(world: World, name: str, priority: int | None) -> None:
    ticket = world.tickets[name, "pro"]
    world.tickets[name, "pro"] = replace(
        ticket, queue_priority=100 if priority is None else priority, given_priority=priority
    )


def test_it_is_settled_and_serves_first() -> None:
    world = a_queue()
    give(world, "cid", 5)
    assert is_settled(world.person("cid"), world.now)
    assert world.evaluate("bob", "cid") == ()
    world.join("ann")
    assert (world.has("cid"), world.has("bob")) == ("pro", "std + q pro")


def test_it_outlives_another_priority_of_the_rule_and_another_rule() -> None:
    world = a_queue()
    give(world, "cid", 5)
    world.publish(a_policy(R1, {**R2, "id": "r9", "queue_priority": 50}, R3, version=2))
    assert [world.tickets[name, "pro"].queue_priority for name in ("bob", "cid")] == [50, 5]
    assert world.tickets["cid", "pro"].given_priority == 5


def test_a_larger_number_lets_others_pass() -> None:
    world = a_queue()
    give(world, "bob", 900)
    world.join("ann")
    assert (world.has("bob"), world.has("cid")) == ("std + q pro", "pro")


def test_a_large_population_is_settled_in_the_order_of_given_priorities_too() -> None:
    world = a_queue()
    give(world, "cid", 5)
    world.policy = a_policy(R1, {**R2, "fallback": []}, R3, version=2)  # both have a seat to lose besides
    assert turns.AT_THE_START < turns.of(world.person("cid")) < turns.of(world.person("bob"))
