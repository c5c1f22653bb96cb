"""Somebody who cannot come back leaves nothing: no hold, no settle time, no place in a queue."""

from __future__ import annotations

from dataclasses import replace

from rules import Reason, is_settled
from tests.rules.world import PRO, STD, VIEW, World, events

SLOW = {kind.key: replace(kind, settle_seconds=600) for kind in (PRO, STD, VIEW)}


def reasons(world: World, name: str) -> set[Reason]:
    return {change.reason_code for change in world.ledger if change.user_id == name and change.after is None}


def test_the_seat_goes_at_once_to_whoever_waits() -> None:
    world = World(types=SLOW, capacity={"pro": 1, "std": 1, "view": 1})
    world.join("a", "sales")
    world.join("b", "sales")
    assert events(world.erase("a")) == [
        "a seat.released pro",
        "b seat.released std",
        "b seat.granted pro",
        "b ticket.closed pro",
    ]
    assert world.all("a", "b") == ["-", "pro"]
    assert reasons(world, "a") == {Reason.ERASED}


def test_seats_that_are_held_or_settle_and_places_that_wait_or_are_kept_all_end() -> None:
    world = World(types=SLOW, capacity={"pro": 1, "std": 1, "view": 1})
    for name in "abcd":
        world.join(name, "sales")
    world.deactivate("a")
    world.join("b")
    world.deactivate("d")
    assert world.all(*"abcd") == ["parked pro", "pro releasing", "std + q pro", "parked pro + parked std"]
    world.deactivate("c")
    assert world.has("c") == "std held + parked pro"
    for name in "abcd":
        world.erase(name)
    assert world.all(*"abcd") == ["-"] * 4
    assert {change.reason_code for change in world.ledger[-6:]} == {Reason.ERASED}


def test_a_suspended_seat_ends_too() -> None:
    world = World(capacity={"pro": 1, "std": 1, "view": 1})
    world.join("a")
    world.capacity["view"] = 0
    world.evaluate("a")
    assert world.has("a") == "view suspended"
    world.erase("a")
    assert world.has("a") == "-"


def test_whoever_has_nothing_needs_no_evaluation_to_be_erased() -> None:
    world = World()
    world.join("a")
    world.set("a", active=False)
    assert not is_settled(world.person("a", "erase"), world.now)
    world.erase("a")
    assert is_settled(world.person("a", "erase"), world.now)
