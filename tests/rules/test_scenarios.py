"""The scenarios of the license semantics (L14) that need no database, by their numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import rules
from rules import Kind, LicenseType
from rules.compare import Usage
from tests.rules.world import PRO, R1, R2, R3, START, STD, TYPES, VIEW, World, a_policy, events


def sales(*names: str, **settings: object) -> World:
    """A world where these people joined Sales in order."""
    world = World(**settings)  # type: ignore[arg-type]
    for name in names:
        world.join(name, "sales")
    return world


def settling(seconds: int) -> dict[str, LicenseType]:
    return {kind.key: replace(kind, settle_seconds=seconds) for kind in (PRO, STD, VIEW)}


def test_1_a_user_without_groups_gets_the_default() -> None:
    world = World()
    (change,) = world.join("ann")
    assert events([change]) == ["ann seat.granted view"]
    assert change.source.kind is Kind.DEFAULT


def test_2_the_earlier_of_two_matching_rules_decides() -> None:
    world = World()
    world.join("bob", "sales", "eng")
    assert world.has("bob") == "pro"


def test_3_a_full_license_gives_the_fallback_and_a_ticket() -> None:
    world = sales("a", "b", "c")
    assert world.all("a", "b", "c") == ["pro", "pro", "std + q pro"]
    assert (world.use("pro"), world.use("std")) == (2, 1)


def test_4_a_seat_that_is_given_up_goes_to_the_one_who_waits_in_one_transaction() -> None:
    world = sales("a", "b", "c")
    changes = world.join("a")
    assert world.all("a", "b", "c") == ["view", "pro", "pro"]
    assert [world.use(key) for key in ("pro", "std", "view")] == [2, 0, 1]
    assert events(changes) == [
        "a seat.released pro",
        "c seat.released std",
        "c seat.granted pro",
        "a seat.granted view",
        "c ticket.closed pro",
    ]


def test_5_a_rule_that_grants_none_stops_the_default() -> None:
    world = World()
    assert world.join("d", "sales", "contractors") == ()
    assert world.has("d") == "-"


def test_6_a_seat_is_held_for_a_return_within_the_hold() -> None:
    world = sales("a", "b")
    world.deactivate("a", "sales")
    assert (world.has("a"), world.use("pro")) == ("pro held", 2)
    world.wait(days=3)
    assert events(world.join("a", "sales")) == ["a seat.restored pro"]
    assert world.seats["a", "pro"].assigned_at == START


def test_6_after_the_hold_the_seat_is_free_and_a_return_is_new() -> None:
    world = sales("a", "b")
    world.deactivate("a", "sales")
    assert events(world.wait(days=7)) == ["a seat.released pro"]
    assert world.use("pro") == 1
    world.wait(days=1)
    assert events(world.join("a", "sales")) == ["a seat.granted pro"]


def test_6_a_return_after_the_hold_is_new_even_if_the_clock_did_not_run() -> None:
    world = sales("a", "b")
    world.deactivate("a", "sales")
    world.now += timedelta(days=8)
    assert events(world.join("a", "sales")) == ["a seat.released pro", "a seat.granted pro"]


def test_7_a_hold_gives_way_and_its_owner_returns_before_newcomers() -> None:
    world = sales("a", "b", "c")
    changes = world.deactivate("a", "sales")
    assert world.all("a", "c") == ["parked pro", "pro"]
    assert events(changes)[0] == "a seat.hold_broken pro"
    assert changes[0].related_user_id == "c"
    world.wait(days=1)
    world.join("a", "sales")
    world.join("x", "sales")
    assert world.all("a", "x") == ["std + q pro", "std + q pro"]
    assert [world.tickets[name, "pro"].klass for name in "ax"] == [1, 2]
    world.join("b")
    assert world.all("a", "x") == ["pro", "std + q pro"]


def test_9_a_type_over_its_limit_takes_nothing_and_gives_nothing() -> None:
    world = sales("a", "b", "c")
    world.capacity["pro"] = 1
    assert world.evaluate() == ()
    assert world.use("pro") == 2
    world.join("a")
    assert (world.use("pro"), world.has("c")) == (1, "std + q pro")
    world.join("b")
    assert (world.use("pro"), world.has("c")) == (1, "pro")


def test_10_a_lapse_suspends_and_a_renewal_resumes_the_oldest_first() -> None:
    world = World()
    world.join("a", "eng")
    world.wait(hours=1)
    world.join("b", "eng")
    world.capacity["std"] = 0
    world.evaluate("b", "a")
    assert world.all("a", "b") == ["std suspended", "std suspended"]
    assert world.use("std") == 0
    world.join("n", "eng")
    world.capacity["std"] = 1
    assert events(world.evaluate()) == ["a seat.resumed std"]
    assert world.all("b", "n") == ["std suspended", "q std"]
    world.capacity["std"] = 3
    world.evaluate()
    assert world.all("a", "b", "n") == ["std", "std", "std"]


def test_11_a_pin_waits_before_all_rules_and_takes_nothing() -> None:
    world = sales("a", "b", "c")
    world.join("p", "eng", pins=frozenset({"pro"}))
    assert (world.has("p"), world.tickets["p", "pro"].klass) == ("std + q pro", 0)
    assert world.seats["p", "std"].source.rule_id == "r3"
    world.join("a")
    assert world.all("p", "c") == ["pro", "std + q pro"]
    assert world.seats["p", "pro"].source.kind is Kind.PIN


def test_12_an_excluded_grant_is_skipped_with_its_rule_and_the_walk_goes_on() -> None:
    world = World()
    world.join("bob", "sales", "eng", excluded=frozenset({"pro"}))
    assert world.has("bob") == "std"
    assert world.seats["bob", "std"].source.rule_id == "r3"


def test_13_reordered_rules_swap_seats_and_serve_the_queue() -> None:
    world = World()
    world.join("a", "sales", "eng")
    world.join("b", "sales")
    world.join("c", "sales")
    policy = a_policy(R1, R3, R2, version=2)
    people = [(facts, world.standing(name)) for name, facts in world.people.items()]
    preview = rules.compare(policy, people, world.pools(), world.now)
    moves = {(row.user_id, row.change.value, row.before, row.after) for row in preview.changes}
    assert moves == {("a", "swap", "pro", "std"), ("c", "swap", "std", "pro")}
    assert preview.counts == {"grant": 0, "swap": 2, "queue": 0, "release": 0, "unchanged": 1}
    world.publish(policy)
    assert world.all("a", "b", "c") == ["std", "pro", "pro"]


@pytest.mark.parametrize("settle", [0, 600])
def test_16_a_waiting_user_keeps_the_number_whatever_is_sent_again(settle: int) -> None:
    world = World(types=settling(settle), capacity={"pro": 2, "std": 3, "view": 1})
    world.join("a")
    world.join("b")
    number = world.tickets["b", "view"].number
    assert world.join("b") == ()
    world.deactivate("b")
    assert world.has("b") == "parked view"
    world.join("c")
    world.wait(days=6)
    world.join("b")
    assert world.tickets["b", "view"].number == number < world.tickets["c", "view"].number
    world.deactivate("a")
    assert world.all("a", "b", "c") == ["parked view", "view", "q view"]


def test_17_a_group_swap_is_one_swap_after_the_settle_time() -> None:
    world = World(types=settling(900))
    world.join("a", "sales")
    assert events(world.join("a")) == ["a seat.settling pro"]
    world.now += timedelta(seconds=30)
    assert world.join("a", "eng") == ()
    assert world.has("a") == "pro releasing"
    assert world.wait(seconds=869) == ()
    assert events(world.wait(seconds=1)) == ["a seat.released pro", "a seat.granted std"]


def test_17_a_wish_that_returns_in_time_keeps_the_seat_without_a_release() -> None:
    world = World(types=settling(900))
    world.join("a", "sales")
    world.join("a")
    world.now += timedelta(seconds=30)
    assert events(world.join("a", "sales")) == ["a seat.kept pro"]
    assert world.seats["a", "pro"].assigned_at == START


def test_18_seats_above_capacity_are_flagged_until_the_allowance_is_used_up() -> None:
    world = World(capacity={"pro": 2, "std": 3, "view": 2}, allowance={"view": 1})
    for name in "abcd":
        world.join(name)
    assert world.all(*"abcd") == ["view", "view", "view overage", "q view"]
    assert (world.use("view"), world.pool("view").capacity) == (3, 2)


def test_19_two_people_exchange_full_types_in_one_event() -> None:
    world = World(capacity={"pro": 1, "std": 1, "view": 5})
    world.join("a", "sales")
    world.join("b", "eng")
    world.set("a", "eng")
    world.set("b", "sales")
    world.evaluate("a", "b")
    assert world.all("a", "b") == ["std", "pro"]
    assert not world.tickets


def test_20_a_deleted_rule_releases_its_seats_to_the_default() -> None:
    world = sales("a", "b")
    policy = a_policy(R1, R3, version=2)
    people = [(facts, world.standing(name)) for name, facts in world.people.items()]
    preview = rules.compare(policy, people, world.pools(), world.now)
    assert preview.counts == {"grant": 0, "swap": 0, "queue": 0, "release": 2, "unchanged": 0}
    assert preview.usage["pro"] == Usage(before=2, after=0, limit=2)
    world.publish(policy)
    assert world.all("a", "b") == ["view", "view"]
    assert world.use("pro") == 0


def test_21_the_same_policy_applied_again_changes_nothing() -> None:
    world = sales("a", "b", "c")
    numbers = {place: ticket.number for place, ticket in world.tickets.items()}
    assert world.publish(a_policy(version=2)) == ()
    assert world.evaluate("c") == ()
    assert numbers == {place: ticket.number for place, ticket in world.tickets.items()}
    assert world.types == TYPES
