"""Rules against each other: which never decides because others match whenever it does, and which can both match.

One rule alone is looked at in `lint`. Everything here is proven or shown by a user that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import Final

from rules import precedence
from rules.branches import Budget, ExhaustedError, Wanted
from rules.demands import exclude_each_other
from rules.findings import Finding, Flaw, finding, gift
from rules.policy import Family, Mode, Policy, Rule
from rules.satisfiability import Resource, solve
from rules.values import UNSURE, Answer
from rules.witnesses import Index, Linted, with_name
from scim_portal.protocol.sentences import say

OVERLAPS_A_RULE: Final = 3
ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """What all comparisons of one policy share."""

    policy: Policy
    rules: Sequence[Linted]
    now: datetime
    budget: Budget
    index: Index


def compare(policy: Policy, rules: Sequence[Linted], now: datetime, budget: Budget) -> Iterator[Finding]:
    """Find shadowed rules, and of the others up to three overlaps each with earlier rules."""
    scene = Scene(policy, rules, now, budget, Index(rules))
    shadowed: set[str] = set()
    for one in rules:
        blockers = _shadow(scene, one)
        if blockers and one.witness is not None:
            shadowed.add(one.rule.id)
            yield finding(Flaw.SHADOWED, one.rule, _why_never(blockers), blockers[0], with_name(one.witness))
    left = [one for one in rules if not one.always and one.rule.id not in shadowed]
    for place, one in enumerate(left):
        met = (found for other in left[:place] if (found := _overlap(scene, one, other)) is not None)
        yield from islice(met, OVERLAPS_A_RULE)


def _why_never(blockers: Sequence[Rule]) -> str:
    if len(blockers) == 1:
        return say("never decides: “{other}” decides for everybody it matches", other=blockers[0].name)
    quoted = (f"“{rule.name}”" for rule in blockers)
    names = reduce(lambda first, last: say("{first} and {last}", first=first, last=last), quoted)
    return say("never decides: {others} decide for everybody it matches", others=names)


def _shadow(scene: Scene, one: Linted) -> tuple[Rule, ...]:
    """Name the rules because of which this one decides in no family; none if it does, or may."""
    blockers: dict[str, Rule] = {}
    for key in one.rule.chains if one.witness is not None else ():
        found = _blockers(scene, one, scene.policy.families[key])
        if not found:
            return ()
        blockers |= {rule.id: rule for rule in found}
    return tuple(blockers.values())


def _blockers(scene: Scene, one: Linted, family: Family) -> tuple[Rule, ...]:
    """Look for somebody the rule matches and none of those ahead does; if there can be nobody, name who is in the way."""
    mine: Wanted = (one.rule.condition.bound, True)
    blockers: list[Rule] = []
    someone: Resource = dict(one.witness or {})
    for _ in range(ROUNDS):
        met = _met(scene, one, family, someone, blockers)
        blockers += met
        others = ((rule.condition.bound, False) for rule in blockers)
        found = solve(mine, *others, budget=scene.budget) if met else UNSURE
        if found.answer is Answer.NO:
            alone = next((rule for rule in blockers if _implies(mine, rule, scene.budget)), None)
            return tuple(blockers) if alone is None else (alone,)
        if found.answer is Answer.UNKNOWN:
            break
        someone = found.value
    return ()


def _met(scene: Scene, one: Linted, family: Family, someone: Resource, known: Sequence[Rule]) -> list[Rule]:
    """Give the first rule ahead of this one in a family, and not known yet, that matches somebody; nothing if none does."""
    try:
        scene.budget.start()
        for other in scene.index.candidates(someone):
            rule, is_before = other.rule, scene.index.places[other.rule.id] < scene.index.places[one.rule.id]
            is_ahead = precedence.beats(scene.policy, family, rule, one.rule, is_before=is_before)
            if is_ahead and rule not in known and _covers(rule, one.rule, scene.now):
                scene.budget.spend(other.size)
                if rule.condition.holds(someone):
                    return [rule]
    except ExhaustedError:
        pass
    return []


def _implies(mine: Wanted, rule: Rule, budget: Budget) -> bool:
    return solve(mine, (rule.condition.bound, False), budget=budget).answer is Answer.NO


def _covers(other: Rule, rule: Rule, now: datetime) -> bool:
    """Tell whether another rule is open, for everybody's connector, at every time from now on at which this one is."""
    start = max(now, rule.valid_from or now)
    begins = other.valid_from is None or other.valid_from <= start
    ends = other.valid_until is None or (rule.valid_until is not None and rule.valid_until <= other.valid_until)
    return begins and ends and other.connector in (None, rule.connector)


def _overlap(scene: Scene, one: Linted, other: Linted) -> Finding | None:
    """Look for somebody whom both rules match though they give different things."""
    policy = scene.policy
    family = _disputed(policy, one.rule, other.rule)
    if family is None or not _meet_in_time(one.rule, other.rule):
        return None
    if exclude_each_other(one.rule.condition.demand, other.rule.condition.demand):
        return None
    found = solve((one.rule.condition.bound, True), (other.rule.condition.bound, True), budget=scene.budget)
    if found.answer is not Answer.YES:
        return None
    first, second = _ordered(policy, family, other.rule, one.rule)
    why = say(
        "and “{other}” can match the same user; “{first}” then decides, which gives {given} instead of {denied}",
        other=other.rule.name, first=first.name, given=gift(policy, first, family.key),
        denied=gift(policy, second, family.key),
    )  # fmt: skip
    return finding(Flaw.OVERLAPPING, one.rule, why, other.rule, with_name(found.value))


def _disputed(policy: Policy, one: Rule, other: Rule) -> Family | None:
    """Name a family in which two rules, of which somebody can meet both, give different things."""
    if None not in (one.connector, other.connector) and one.connector != other.connector:
        return None
    shared = (key for key in one.chains if key in other.chains)
    return next((policy.families[key] for key in shared if one.chains[key][:1] != other.chains[key][:1]), None)


def _meet_in_time(one: Rule, other: Rule) -> bool:
    return all(
        late.valid_from is None or early.valid_until is None or late.valid_from < early.valid_until
        for late, early in ((one, other), (other, one))
    )


def _ordered(policy: Policy, family: Family, earlier: Rule, later: Rule) -> tuple[Rule, Rule]:
    """Put the rule first that decides for whomever both match."""
    is_richer = precedence.rank(policy, family, later) > precedence.rank(policy, family, earlier)
    return (later, earlier) if family.mode is Mode.HIGHEST_RANK and is_richer else (earlier, later)
