"""Lapsed contracts: seats without capacity, what stands in for them, and their return (L11)."""

from __future__ import annotations

from dataclasses import replace

import rules
from tests.rules.test_compare import preview
from tests.rules.world import R2, TYPES, World, a_policy, events


def test_a_lapse_ends_what_is_settling_or_held() -> None:
    world = World(types={key: replace(kind, settle_seconds=600) for key, kind in TYPES.items()})
    for name in "ab":
        world.join(name, "sales")
    world.join("a")
    world.deactivate("b")
    world.capacity["pro"] = 0
    changes = world.evaluate("a", "b")
    assert events(changes) == ["a seat.released pro", "b seat.released pro", "a seat.granted view"]
    assert {change.reason_code for change in changes[:2]} == {rules.Reason.LAPSED}


def test_a_suspended_seat_ends_with_its_wish_or_its_owner_leaving() -> None:
    world = World()
    for name in "ab":
        world.join(name, "eng")
    world.capacity["std"] = 0
    world.evaluate("a", "b")
    assert events(world.deactivate("a", "eng")) == ["a seat.released std"]
    assert events(world.join("b")) == ["b seat.released std", "b seat.granted view"]


def test_a_lapse_gives_the_fallback_until_the_renewal_takes_it_back() -> None:
    world = World(capacity={"pro": 2, "std": 1, "view": 5}, policy=a_policy({**R2, "fallback": ["std", "view"]}))
    for name in "ab":
        world.join(name, "sales")
    world.capacity["pro"] = 0
    world.evaluate("a", "b")
    assert world.all("a", "b") == ["pro suspended + std", "pro suspended + view + q std"]
    world.join("s", "contractors", pins=frozenset({"std"}))
    world.capacity["std"] = 2
    world.evaluate()
    assert world.has("s") == "std"
    world.capacity["std"] = 3
    world.evaluate()
    assert world.has("b") == "pro suspended + std"
    world.capacity["pro"] = 2
    world.evaluate()
    assert world.all("a", "b") == ["pro", "pro"]


def test_a_better_seat_ends_a_suspended_one() -> None:
    world = World()
    world.join("a", "sales")
    world.capacity["std"] = 1
    world.join("b", "eng")
    world.capacity["std"] = 0
    world.evaluate("a", "b")
    world.join("b", "sales")
    assert world.has("b") == "pro"


def test_a_suspended_seat_ends_when_what_the_person_has_becomes_the_better_entry() -> None:
    world = World(policy=a_policy({**R2, "fallback": ["view"]}))
    world.join("a", "sales")
    world.capacity["pro"] = 0
    world.evaluate("a")
    assert world.has("a") == "pro suspended + view"
    assert events(world.join("a", "sales", pins=frozenset({"view"}))) == [
        "a seat.released pro",
        "a seat.source_changed view",
    ]


def test_a_pin_met_from_the_book_ends_a_suspended_seat_of_a_lesser_entry() -> None:
    world = World(capacity={"pro": 2, "std": 3, "view": 1})
    world.join("v")
    world.join("a", "eng", pins=frozenset({"view"}))
    world.capacity["std"] = 0
    world.evaluate("a")
    assert world.has("a") == "std suspended + q view"
    world.join("v", "contractors")
    assert world.has("a") == "view"


def with_two_suspended() -> World:
    """Somebody who would rather have the poorest license, and holds suspended seats of the two best wishes."""
    world = World(policy=a_policy({**R2, "grants": ["view"], "fallback": ["pro", "std"]}))
    world.join("a", "sales")
    for key in ("view", "pro"):
        world.capacity[key] = 0
        world.evaluate("a")
    assert world.has("a") == "pro suspended + std + view suspended"
    world.capacity["pro"] = 2
    return world


def test_of_two_suspended_seats_the_one_wished_for_first_outlasts_the_renewal_of_the_other() -> None:
    world = with_two_suspended()
    world.evaluate()
    assert world.has("a") == "pro + view suspended"
    world.capacity["view"] = 1
    world.evaluate()
    assert world.has("a") == "view"


def test_a_preview_tells_the_same_of_two_suspended_seats() -> None:
    world = with_two_suspended()
    found = preview(world, world.policy)
    assert [(row.user_id, row.before, row.after) for row in found.changes] == [("a", "std", "pro")]
    world.evaluate()
    assert preview(world, world.policy).changes == ()


def test_whose_wishes_changed_and_were_not_looked_at_yet_keeps_the_suspended_seat_that_is_still_wished_for() -> None:
    world = with_two_suspended()
    world.set("a")
    world.evaluate()
    assert world.has("a") == "pro + view suspended"
    world.evaluate("a")
    assert world.has("a") == "view suspended"
