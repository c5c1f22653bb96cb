"""Seats and tickets beyond the scenarios: exchanges, holds, lapses, settle times, and what is read of the book."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import rules
from rules import LicenseType, Seat, SeatState, Standing
from tests.rules.world import R1, R2, R3, START, TYPES, World, a_policy, events

STD_OR_PRO = {**R3, "fallback": ["pro"]}
ONE_EACH: dict[str, int | None] = {"pro": 1, "std": 1, "view": 5}


def settling(seconds: int) -> dict[str, LicenseType]:
    return {key: replace(kind, settle_seconds=seconds) for key, kind in TYPES.items()}


def crossed(**capacity: int | None) -> World:
    """a (now Eng) has pro and prefers std, b (now Sales) has std and prefers pro; each may keep what they have."""
    world = World(policy=a_policy(R1, R2, STD_OR_PRO), capacity={**ONE_EACH, **capacity})
    world.join("a", "sales")
    world.join("b", "eng")
    world.set("a", "eng")
    world.set("b", "sales")
    return world


def test_two_people_exchange_full_seats_that_both_could_keep() -> None:
    world = crossed()
    world.evaluate("a", "b")
    assert world.all("a", "b") == ["std", "pro"]
    assert not any(seat.overage for seat in world.seats.values())


def test_an_exchange_passes_nobody_over_who_waits() -> None:
    world = crossed()
    world.join("w", "contractors", pins=frozenset({"pro"}))
    world.evaluate("a", "b")
    assert world.all("a", "b", "w") == ["pro + q std", "std + q pro", "q pro"]


def test_no_exchange_happens_in_a_type_over_its_limit() -> None:
    world = World(policy=a_policy(R1, R2, STD_OR_PRO), capacity={"pro": 2, "std": 1, "view": 5})
    for name, group in (("a", "sales"), ("z", "sales"), ("b", "eng")):
        world.join(name, group)
    world.capacity["pro"] = 1
    world.set("a", "eng")
    world.set("b", "sales")
    world.evaluate("a", "b")
    assert world.all("a", "b") == ["pro + q std", "std + q pro"]


def test_an_exchange_of_groups_is_complete_when_the_settle_time_is_over() -> None:
    world = World(types=settling(600), capacity=dict(ONE_EACH))
    world.join("a", "sales")
    world.join("b", "eng")
    world.set("a", "eng")
    world.set("b", "sales")
    world.evaluate("a", "b")
    assert world.all("a", "b") == ["pro releasing", "std + q pro"]
    world.wait(seconds=600)
    assert world.all("a", "b") == ["std", "pro"]


def test_a_richer_license_swaps_at_once_even_while_settling() -> None:
    world = World(types=settling(600))
    world.join("a", "eng")
    changes = world.join("a", "sales")
    assert events(changes) == ["a seat.released std", "a seat.granted pro"]
    world.join("b", "eng")
    world.join("b")
    assert world.has("b") == "std releasing"
    assert events(world.join("b", pins=frozenset({"pro"}))) == ["b seat.released std", "b seat.granted pro"]


def test_a_ticket_met_before_goes_on_waiting_while_a_richer_seat_settles() -> None:
    world = World(types=settling(600), capacity={"pro": 2, "std": 3, "view": 1})
    world.join("v")
    world.join("a", "eng", pins=frozenset({"view"}))
    assert world.has("a") == "std + q view"
    world.join("a", pins=frozenset({"view"}))
    world.deactivate("v")
    world.wait(seconds=1)
    assert world.has("a") == "std releasing + q view"
    world.wait(seconds=600)
    assert world.has("a") == "view"


def test_nothing_is_read_of_types_without_room() -> None:
    world = World(capacity={"pro": 1, "std": 1, "view": 0})
    world.join("a", "sales")
    world.join("b", "sales")
    world.reads.clear()
    world.join("c", "sales")
    assert world.reads == []


def test_the_oldest_holds_give_way_first_and_only_as_many_as_needed() -> None:
    world = World(capacity={"pro": 3, "std": 0, "view": 0})
    for name in "abc":
        world.join(name, "sales")
    for name in "bca":
        world.wait(seconds=1)
        world.deactivate(name, "sales")
    world.join("n", "sales")
    assert world.all(*"abcn") == ["pro held", "parked pro", "pro held", "pro"]


def test_enough_holds_give_way_to_bring_a_type_back_below_its_limit() -> None:
    world = World(capacity={"pro": 3, "std": 0, "view": 0})
    for name in "abc":
        world.join(name, "sales")
    world.deactivate("a")
    world.deactivate("b")
    world.capacity["pro"] = 2
    world.join("n", "sales")
    assert world.all(*"abcn") == ["parked pro", "parked pro", "pro", "pro"]


def test_a_hold_that_the_book_does_not_know_gives_no_room() -> None:
    world = World(capacity={"pro": 1, "std": 0, "view": 0})
    world.set("a", "sales")
    pools = [replace(pool, used=pool.key == "pro", held=pool.key == "pro") for pool in world.pools()]
    changes = rules.allocate([world.person("a")], pools, world, START)
    assert events(changes) == ["a ticket.opened pro", "a ticket.opened std"]


def test_without_hold_days_a_deactivation_releases_at_once() -> None:
    world = World(types={key: replace(kind, hold_days=0) for key, kind in TYPES.items()}, capacity=dict(ONE_EACH))
    world.join("a", "sales")
    world.join("b", "sales")
    world.join("c", "sales")
    world.deactivate("b", "sales")
    assert world.has("b") == "-"
    assert events(world.deactivate("a", "sales"))[0] == "a seat.released pro"


def test_a_return_without_the_wish_starts_the_settle_time() -> None:
    world = World(types=settling(600), capacity=dict(ONE_EACH))
    world.join("a", "sales")
    world.deactivate("a", "sales")
    world.join("a")
    assert world.has("a") == "pro releasing"
    world.join("b", "sales")
    world.deactivate("b", "sales")
    world.join("b")
    ticket = world.tickets["b", "pro"]
    assert ticket.parked_until == world.now + timedelta(seconds=600)
    world.join("b", "sales")
    assert world.tickets["b", "pro"] == replace(ticket, parked_until=None)


def test_a_deactivation_keeps_the_place_of_a_ticket_parked_just_before() -> None:
    world = World(types=settling(600), capacity=dict(ONE_EACH))
    world.join("a", "sales")
    world.join("b", "sales")
    world.join("b")
    world.deactivate("b")
    assert world.tickets["b", "pro"].parked_until == world.now + timedelta(days=7)
    assert world.has("b") == "std held + parked pro"


def test_a_ticket_whose_parking_is_over_is_closed_and_a_late_wish_is_new() -> None:
    world = World(types=settling(600), capacity={"pro": 0, "std": 0, "view": 5})
    world.join("a", "sales")
    world.join("a", "contractors")
    world.now += timedelta(seconds=600)
    changes = world.join("a", "sales")
    assert events(changes) == [
        "a ticket.closed pro",
        "a ticket.closed std",
        "a ticket.opened pro",
        "a ticket.opened std",
    ]
    assert world.tickets["a", "pro"].number == 2
    world.join("a", "contractors")
    assert events(world.wait(seconds=600)) == ["a ticket.closed pro", "a ticket.closed std"]


def test_a_ticket_for_a_lesser_entry_than_the_seat_is_closed() -> None:
    world = crossed(std=0)
    world.evaluate("a")
    assert world.has("a") == "pro + q std"
    assert "a ticket.closed std" in events(world.join("a", "sales"))


def test_one_who_waits_in_two_queues_is_served_once() -> None:
    world = World(capacity={"pro": 0, "std": 0, "view": 0})
    for name in "ab":
        world.join(name, "sales")
    world.capacity |= {"pro": 1, "std": 2}
    world.evaluate()
    assert world.all("a", "b") == ["pro", "std + q pro"]


def test_a_new_source_is_recorded_and_a_new_version_or_name_is_not() -> None:
    world = World()
    world.join("a", "eng", "sales", excluded=frozenset({"pro"}))
    assert world.publish(a_policy(R1, {**R3, "name": "Engineering"}, version=9)) == ()
    (change,) = world.publish(a_policy({**R3, "id": "r8", "name": "Research"}, version=10))
    assert (change.event, change.source.rule_id) == (rules.Event.SEAT_SOURCE_CHANGED, "r8")
    assert change.reason_text == "Std now comes from the rule “Research”."


def test_a_ticket_follows_its_wish_and_keeps_its_number() -> None:
    world = World(capacity={"pro": 0, "std": 3, "view": 5})
    world.join("a", "sales")
    (change,) = world.publish(a_policy(R1, {**R2, "queue_priority": 5}, R3))
    assert change.event is rules.Event.TICKET_CHANGED
    (pinned,) = world.join("a", "sales", pins=frozenset({"pro"}))
    assert isinstance(pinned.after, rules.Ticket)
    assert (pinned.after.klass, pinned.after.number) == (0, 1)
    world.join("a", "sales")
    assert (world.tickets["a", "pro"].klass, world.tickets["a", "pro"].number) == (2, 1)


def test_a_lower_queue_priority_is_served_first() -> None:
    vip = {**R2, "id": "vip", "condition": 'groups.value eq "vip"', "queue_priority": 1}
    world = World(policy=a_policy(R2, vip), capacity={"pro": 1, "std": 9, "view": 9})
    for name, group in (("a", "sales"), ("b", "sales"), ("v", "vip")):
        world.join(name, group)
    world.join("a")
    assert world.all("b", "v") == ["std + q pro", "pro"]


def test_members_arriving_together_queue_in_order_and_only_staying_tickets_take_numbers() -> None:
    world = World()
    for name in "abcd":
        world.set(name, "sales")
    world.evaluate(*"abcd")
    assert [world.tickets[name, "pro"].number for name in "cd"] == [1, 2]


def test_unlimited_types_never_queue() -> None:
    world = World(capacity={"pro": None, "std": 0, "view": 0})
    for name in "abc":
        world.join(name, "sales")
    assert world.all(*"abc") == ["pro"] * 3


def test_families_that_are_not_touched_are_left_alone() -> None:
    world = World()
    source = rules.Source(rules.Kind.DEFAULT)
    other = Seat("a", "chat", SeatState.ASSIGNED, START, START, source)
    person = rules.Person("a", Standing("a", (other,)), {})
    assert rules.allocate([person], world.pools(), world, START) == ()
