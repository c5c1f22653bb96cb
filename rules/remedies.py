"""The smallest changes of one person that would give them a better license, or end the one they have: each one tried.

A remedy changes what the person should have; whether a seat is free is not asked. Finding steps for a condition belongs
in `repairs`, saying them in `remedy_words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, Final

from rules import cases, precedence, repairs, spelling
from rules.branches import Budget, Wanted
from rules.cases import Case
from rules.decide import Facts, Wish
from rules.policy import Policy
from rules.repairs import Steps, Way
from rules.steps import Move, Step

MOST: Final = 5
_BY_FACTS: Final = MOST - 1  # the last place is for a pin or an exclusion, which always does
BUDGET: Final = 8_000
QUESTION: Final = 200


@dataclass(frozen=True, slots=True)
class Remedy:
    """Steps that, taken together, change what a person should have of a family.

    `ends` is the license type they would no longer have a claim to, for remedies meant to end it. `license_type` is what
    they would have first after the steps, or None.
    """

    steps: Steps
    license_type: str | None
    ends: str | None = None


@dataclass(frozen=True, slots=True)
class _Aim:
    """What a remedy is for: to give one license type, or to end one."""

    gives: str | None = None
    ends: str | None = None

    def is_met_by(self, wish: Wish) -> bool:
        return _first(wish) == self.gives if self.ends is None else self.ends not in wish.chain


def remedies(policy: Policy, facts: Facts, now: datetime, family: str) -> tuple[Remedy, ...]:
    """Find up to five remedies for each richer type than the person should have, then up to five that end what they should.

    Fewest steps come first, then the order of rules; at last the pin or exclusion that does it without any rule. Nothing
    for a person who is not active.
    """
    if not facts.active:
        return ()
    case = cases.of(policy, policy.families[family], facts, now, Budget(BUDGET, QUESTION))
    head = _first(case.wish())
    rank = policy.types[head].rank if head else float("-inf")
    richer = [one for one in policy.types.values() if one.family == family and one.rank > rank]
    richer.sort(key=lambda one: (-one.rank, one.key))
    found = [remedy for kind in richer for remedy in islice(_giving(case, kind.key), MOST)]
    found += islice(_ending(case, head), MOST) if head else ()
    known = _literals(policy, family) if found else {}
    return tuple(replace(one, steps=tuple(spelling.spelled(step, known) for step in one.steps)) for one in found)


def _literals(policy: Policy, family: str) -> dict[Any, Any]:
    """Give the values that rules of a family write, collected once for everybody."""
    key = ("literals", family)
    if key not in policy.made:
        policy.made[key] = spelling.literals(rule for rule in policy.active if family in rule.chains)
    found: dict[Any, Any] = policy.made[key]
    return found


def _giving(case: Case, key: str) -> Iterator[Remedy]:
    freed = _freed(case, key)
    if freed and _first(case.wish(freed)) == key:
        yield Remedy(freed, key)
        return
    base = case.after(freed)
    rules = (rule for rule in base.rules if base.chain(rule)[:1] == (key,))
    tries = [way for rule in rules for way in _ways(base, base.to_decide(rule))]
    if base.policy.defaults.get(base.family.key) == key:
        tries += _ways(base, [(rule.condition.bound, False) for rule in base.matching])
    yield from islice(_tried(base, tries, freed, _Aim(gives=key)), _BY_FACTS)
    yield Remedy((*freed, Step(Move.PIN, None, key)), key)


def _ending(case: Case, key: str) -> Iterator[Remedy]:
    freed = tuple(Step(Move.DROP_PIN, None, one) for one in sorted(case.facts.pins & {key}))
    base = case.after(freed)
    wish = base.wish()
    if key not in wish.chain:
        yield Remedy(freed, _first(wish), key)
    else:
        yield from islice(_tried(base, _ways_out(base, key, wish), freed, _Aim(ends=key)), _BY_FACTS)
    out = (*freed, Step(Move.EXCLUDE, None, key))
    yield Remedy(out, _first(case.wish(out)), key)


def _ways_out(base: Case, key: str, wish: Wish) -> list[Way]:
    """List ways to stop the rule that decides, and ways to another one that gives nothing or less."""
    rank = base.policy.types[key].rank
    winner = base.winner(wish)
    found = _ways(base, [(winner.condition.bound, False)]) if winner else []
    for rule in base.rules:
        if key not in base.chain(rule) and precedence.rank(base.policy, base.family, rule) < rank:
            found += _ways(base, base.to_decide(rule))
    return found


def _freed(case: Case, key: str) -> Steps:
    """List what must go before a rule can give a type: its exclusion, and pins of other types of the family."""
    types = case.policy.types
    pins = (
        one for one in sorted(case.facts.pins) if one in types and types[one].family == case.family.key and one != key
    )
    drops = [Step(Move.DROP_PIN, None, one) for one in pins]
    return (*([Step(Move.DROP_EXCLUSION, None, key)] if key in case.facts.excluded else []), *drops)


def _ways(base: Case, wanted: Sequence[Wanted]) -> list[Way]:
    return repairs.ways(base.facts.resource, wanted, base.budget, base.tries)


def _tried(base: Case, ways: list[Way], freed: Steps, aim: _Aim) -> Iterator[Remedy]:
    """Take the shortest ways first, and yield those that do it; where another rule comes in the way, step around it too."""
    known: list[set[Step]] = []
    for _ in range(base.tries):
        if not ways:
            return
        way = ways.pop(min(range(len(ways)), key=lambda place: ways[place].cost))
        steps = repairs.steps(base.facts.resource, way)
        if not steps or any(less <= set(steps) for less in known):
            continue
        wish = base.wish(steps)
        if aim.is_met_by(wish):
            known.append(set(steps))
            yield Remedy((*freed, *steps), _first(wish), aim.ends)
        else:
            winner = base.winner(wish)
            ways += [] if winner is None else _ways(base, [*way.wanted, (winner.condition.bound, False)])


def _first(wish: Wish) -> str | None:
    return wish.chain[0] if wish.chain else None
