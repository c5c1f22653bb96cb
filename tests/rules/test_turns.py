"""The order in which a whole population is settled: better places first, losses last, the settled not at all."""

from __future__ import annotations

from rules.turns import AT_THE_END, AT_THE_START, Plan, of
from tests.rules.world import R1, R2, R3, World, a_policy


def planned(world: World) -> list[list[str]]:
    plan = Plan()
    plan.add((world.person(name) for name in world.people), world.now)
    assert plan.people == len(world.people)
    return plan.turns


def test_whoever_has_all_they_should_is_in_no_turn() -> None:
    world = World()
    world.join("a", "sales")
    world.join("b")
    assert planned(world) == []


def test_pins_come_before_rules_rules_by_priority_and_losses_at_the_end() -> None:
    world = World(policy=a_policy({**R3, "queue_priority": 500}, R2, R1))
    for name, group in (("a", "eng"), ("b", "sales"), ("c", "none"), ("d", "contractors")):
        world.set(name, group)
    world.join("e", "sales")
    world.set("e", "contractors")
    world.set("f", "none", pins=frozenset({"pro"}))
    assert planned(world) == [["f"], ["b"], ["a"], ["c"], ["e"]]
    assert of(world.person("e")) == AT_THE_END


def test_a_better_entry_than_the_seat_held_counts_a_worse_one_does_not() -> None:
    world = World(capacity={"pro": 0, "std": 3, "view": 5})
    world.join("a", "sales")
    assert world.has("a") == "std + q pro"
    world.policy = a_policy(R1, {**R2, "fallback": ["std"]}, {**R3, "condition": "userName pr", "grants": ["view"]})
    world.set("a", "eng")
    assert of(world.person("a")) == (2, 100)
    world.set("a", "sales")
    world.policy = a_policy(R1, R3, {**R2, "condition": "userName pr", "grants": ["std"], "fallback": ["view"]})
    assert of(world.person("a")) == AT_THE_START


def test_whoever_only_waits_otherwise_comes_before_all_lest_an_old_wish_be_met() -> None:
    world = World(capacity={"pro": 0, "std": 3, "view": 5})
    world.join("a", "sales")
    world.join("b", "eng")
    world.set("b")
    world.policy = a_policy(R1, {**R2, "queue_priority": 7}, R3)
    assert planned(world) == [["a"], ["b"]]
    assert of(world.person("a")) == AT_THE_START


def test_whoever_loses_a_seat_gives_old_claims_back_before_anybody_is_settled() -> None:
    """a's ticket is wished no more, b's has another place, c's stays as it is, though all three lose what they hold."""
    world = World(capacity={"pro": 0, "std": 3, "view": 5})
    for name in ("a", "b", "c"):
        world.join(name, "sales")
        assert world.has(name) == "std + q pro"
    boss = {**R2, "id": "boss", "condition": 'userName eq "b"', "fallback": ["view"], "queue_priority": 7}
    world.policy = a_policy(R1, boss, {**R2, "condition": 'userName eq "c"', "fallback": ["view"]}, R3)
    plan = Plan()
    plan.add((world.person(name) for name in world.people), world.now)
    assert (plan.withdrawing, plan.turns) == (["a", "b"], [["b"], ["c"], ["a"]])
