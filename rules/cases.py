"""One person under the rules of one family: who may decide, who matches now, and what the person should have after steps.

The ground `remedies` stands on; finds no steps itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rules import precedence
from rules.branches import Budget, Wanted
from rules.decide import Facts, Wish, wish_of
from rules.policy import Family, Policy, Rule
from rules.steps import Step, applied

_TRIES: Final = 12
_TRIES_OF_MANY: Final = 3
_MANY_TERMS: Final = 1500


@dataclass(frozen=True, slots=True)
class Case:
    """One person under one family's rules: `rules` may decide for them if their condition holds, `matching` do hold."""

    policy: Policy
    family: Family
    facts: Facts
    now: datetime
    budget: Budget
    rules: tuple[Rule, ...]
    matching: tuple[Rule, ...]
    places: Mapping[str, int]
    tries: int

    def chain(self, rule: Rule) -> tuple[str, ...]:
        """Give what a rule grants of the family, best first."""
        return rule.chains[self.family.key]

    def wish(self, steps: Iterable[Step] = ()) -> Wish:
        """Decide what the person should have after some steps."""
        return wish_of(self.policy, self.family, applied(self.facts, steps), self.now)

    def after(self, steps: Iterable[Step]) -> Case:
        """Give the case as it is after some steps."""
        return of(self.policy, self.family, applied(self.facts, steps), self.now, self.budget)

    def winner(self, wish: Wish) -> Rule | None:
        """Give the rule that decided, unless the default or a frozen rule did."""
        return next((rule for rule in self.rules if wish.source is not None and rule.id == wish.source.rule_id), None)

    def to_decide(self, rule: Rule) -> list[Wanted]:
        """Say what must hold so that a rule decides: its condition, and of those that match now, none before it."""
        ahead = [
            (other.condition.bound, False)
            for other in self.matching
            if precedence.beats(
                self.policy, self.family, other, rule, is_before=self.places[other.id] < self.places[rule.id]
            )
        ]
        return [(rule.condition.bound, True), *ahead]


def of(policy: Policy, family: Family, facts: Facts, now: datetime, budget: Budget) -> Case:
    """Lay out the case of a person in one family of a policy."""
    key = family.key
    rules = tuple(rule for rule in policy.active if key in rule.chains and _may_decide(rule, facts, now, key))
    matching = tuple(rule for rule in rules if rule.condition.holds(facts.resource))
    places = {rule.id: place for place, rule in enumerate(rules)}
    is_small = sum(rule.condition.size for rule in rules) <= _MANY_TERMS
    return Case(policy, family, facts, now, budget, rules, matching, places, _TRIES if is_small else _TRIES_OF_MANY)


def _may_decide(rule: Rule, facts: Facts, now: datetime, family: str) -> bool:
    is_running = rule.is_open(now) and not rule.is_frozen(now) and rule.connector in (None, facts.connector)
    return is_running and facts.excluded.isdisjoint(rule.chains[family][:1])
