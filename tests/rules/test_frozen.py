"""Frozen rules (L9): after a group is deleted, a rule that names it keeps what people have and gives nothing new."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import rules
from rules import Mode
from rules.decide import Kind, Outcome
from rules.keeping import left_by
from tests.rules.world import R1, R2, R3, START, TYPES, World, a_document, a_policy, events, some_facts

WEEK = timedelta(days=7)
FROZEN = {**R2, "state": "needs-attention", "frozen_until": (START + WEEK).isoformat()}


def after_the_delete(world: World, people: dict[str, tuple[str, ...]], policy: rules.Policy | None = None) -> None:
    """Delete the group of R2: these people matched through it, and are left with the groups given."""
    for name, groups in people.items():
        keep(world, name, *groups)
    world.publish(policy or a_policy(R1, FROZEN, R3, version=2))


def keep(world: World, name: str, *groups: str, through: bool = True) -> None:
    held = frozenset(key for who, key in world.seats if who == name)
    world.set(name, *groups, kept_by={"r2": through}, held=held)


def sales(*names: str, **settings: Any) -> World:
    world = World(**settings)
    for name in names:
        world.join(name, "sales")
    return world


def test_14_those_who_matched_keep_their_seats_and_a_group_of_the_same_name_gives_none() -> None:
    world = World()
    world.join("a", "sales")
    world.join("b", "sales", "eng")
    after_the_delete(world, {"a": (), "b": ("eng",)})
    assert world.all("a", "b") == ["pro", "pro"]
    world.join("n", "the new sales")
    assert world.has("n") == "view"
    world.wait(days=7)
    world.set("a")
    world.set("b", "eng")
    world.evaluate("a", "b")
    assert world.all("a", "b", "n") == ["view", "std", "view"]


def test_freezing_writes_nothing_for_whoever_holds_a_seat() -> None:
    world = sales("a", "b")
    entries = len(world.ledger)
    after_the_delete(world, {"a": (), "b": ()})
    assert len(world.ledger) == entries


def test_a_ticket_keeps_its_number_for_as_long_as_the_rule_is_frozen() -> None:
    world = sales("a", "b", "c")
    after_the_delete(world, {"a": (), "b": (), "c": ()})
    assert world.has("c") == "std + parked pro"
    assert world.tickets["c", "pro"].parked_until == START + WEEK
    keep(world, "a")
    world.deactivate("a")
    world.wait(days=1)
    assert world.has("c") == "std + parked pro"
    world.set("b", "new")
    world.set("c", "new")
    world.publish(a_policy(R1, {**R2, "condition": 'groups.value eq "new"'}, R3, version=3))
    assert world.all("b", "c") == ["pro", "pro"]


def test_a_person_who_still_meets_the_condition_is_kept_only_while_that_is_so() -> None:
    either = {**R2, "condition": 'groups.value eq "sales" or groups.value eq "partners"'}
    world = World(policy=a_policy(R1, either, R3))
    world.join("p", "partners")
    keep(world, "p", "partners", through=False)
    world.publish(a_policy(R1, {**FROZEN, "condition": either["condition"]}, R3, version=2))
    assert world.has("p") == "pro"
    keep(world, "p", through=False)
    assert events(world.evaluate("p")) == ["p seat.released pro", "p seat.granted view"]


def test_a_rule_leaves_whoever_has_no_seat_of_its_any_more_or_stops_to_meet_its_condition() -> None:
    either = {**FROZEN, "condition": 'groups.value eq "sales" or groups.value eq "partners"'}
    policy = a_policy(either, R3, version=2)
    kept = some_facts("p", "partners", "eng", kept_by={"r2": False}, held=frozenset({"std"}))
    assert rules.decide(policy, kept, START).families["cal"].chain == ("std",)
    assert left_by(policy, kept) == ()
    for left in (
        some_facts("p", "partners", "eng", kept_by={"r2": False}),
        some_facts("p", "eng", kept_by={"r2": False}, held=frozenset({"std"})),
    ):
        assert rules.decide(policy, left, START).families["cal"].source == rules.Source(Kind.RULE, "r3", "Eng", 2)
        assert left_by(policy, left) == ("r2",)
    assert left_by(policy, some_facts("t", kept_by={"r2": True})) == ()


def test_a_pin_in_the_place_of_the_seat_keeps_its_owner_with_the_rule() -> None:
    policy = a_policy({**FROZEN, "fallback": []}, R3, version=2)
    pinned = some_facts("p", "sales", "eng", kept_by={"r2": False}, held=frozenset({"view"}), pins=frozenset({"view"}))
    assert (rules.decide(policy, pinned, START).families["cal"].chain, left_by(policy, pinned)) == (("view",), ())


def test_nobody_new_is_decided_by_a_frozen_rule() -> None:
    policy = a_policy(R1, {**FROZEN, "condition": "userName pr"}, R3)
    decision = rules.decide(policy, some_facts("n", "eng"), START, trace=True).families["cal"]
    assert decision.chain == ("std",)
    assert [seen.outcome for seen in decision.considered] == [Outcome.NO_MATCH, Outcome.FROZEN, Outcome.WON]


def test_a_rule_that_is_thawed_decides_like_an_active_one() -> None:
    policy = a_policy(R1, FROZEN, R3)
    facts = some_facts("s", "sales", kept_by={"r2": True})
    assert policy.has_frozen(START)
    assert not policy.has_frozen(START + WEEK)
    assert rules.decide(policy, facts, START).families["cal"].chain == ()
    thawed = rules.decide(policy, facts, START + WEEK).families["cal"]
    assert (thawed.chain, thawed.parks_until) == (("pro", "std"), None)


def test_windows_connectors_and_ranks_count_for_a_frozen_rule_too() -> None:
    closed = {**FROZEN, "valid_until": (START - WEEK).isoformat()}
    facts = some_facts("a", kept_by={"r2": True}, held=frozenset({"pro"}), connector="okta")
    for rule in (closed, {**FROZEN, "connector": "entra"}):
        assert rules.decide(a_policy(rule), facts, START).families["cal"].chain == ("view",)
    document = a_document(FROZEN, R3) | {"families": {"cal": {"mode": Mode.HIGHEST_RANK}}}
    decision = rules.decide(rules.from_document(document, TYPES), facts, START, trace=True)
    assert decision.families["cal"].chain == ("pro",)


def test_the_end_of_the_freeze_survives_the_document() -> None:
    policy = a_policy(R1, FROZEN, R3)
    document = rules.to_document(policy)
    assert document["rules"][1]["frozen_until"] == "2026-03-09T09:00:00Z"
    assert "frozen_until" not in document["rules"][0]
    assert rules.from_document(document, TYPES, version=1) == policy


def test_a_frozen_rule_that_gives_nothing_goes_on_to_do_so_for_whoever_meets_its_condition() -> None:
    """To withhold a license is no new grant: who is in the group that is left must not get the default."""
    nothing = {
        **FROZEN,
        "condition": 'groups.value eq "gone" or groups.value eq "left"',
        "grants": ["none:cal"],
        "fallback": [],
    }
    policy = a_policy(nothing, R3)
    for facts in (
        some_facts("e", "left"),
        some_facts("e", "left", kept_by={"r2": False}),
        some_facts("e", kept_by={"r2": True}),
    ):
        wish = rules.decide(policy, facts, START).families["cal"]
        assert (wish.chain, wish.parks_until) == (
            (),
            None,
        )  # the delete changes nothing for them, so nobody looks at them
    assert rules.decide(policy, some_facts("n", "eng"), START).families["cal"].chain == ("std",)
