"""From one person to their wishes: per family an ordered chain of license types, by which rule, and why not by others.

Looks at one person at a time and never at capacity, seats or queues: those belong in `allocate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from rules.policy import DECIDING, DEFAULT_PRIORITY, RULE_PRIORITY, Family, Mode, Policy, Rule

PIN_CLASS: Final = 0
RETURNING_CLASS: Final = 1
NORMAL_CLASS: Final = 2


class Kind(StrEnum):
    """What a wish comes from."""

    RULE = "rule"
    DEFAULT = "default"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Source:
    """Why somebody has a seat or ticket; name and version are those of the moment the source began to carry it."""

    kind: Kind
    rule_id: str | None = None
    rule_name: str | None = None
    policy_version: int = 0

    def same_as(self, other: Source) -> bool:
        """Tell whether both are the same pin, default or rule; a new version or name of a rule is not a new source.

        Publishing a version that changes nothing for a person must write nothing for them (L12, I4).
        """
        return self.kind is other.kind and self.rule_id == other.rule_id


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a decision about one person may depend on.

    `resource` is the output of `protocol.resource.fold`, with the read-only `groups` put in. A type that is both
    pinned and excluded, which the portal does not store, counts as excluded.

    Frozen rules (L9) need two facts more: `kept_by` names those that keep this person, True for a person who matched
    through the deleted group, False for one who must still meet the condition; `held` names the types the person holds.
    """

    user_id: str
    active: bool
    resource: Mapping[str, Any]
    connector: str | None = None
    pins: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    kept_by: Mapping[str, bool] = field(default_factory=dict)
    held: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """What became of one rule in one family."""

    WON = "won"
    NO_MATCH = "no match"
    EXCLUDED = "its license type is excluded for this person"
    DECIDED_EARLIER = "an earlier rule decided the family"
    OUTRANKED = "another matching rule grants a richer license type"
    NOT_ACTIVE = "the rule is not active"
    WINDOW_CLOSED = "the rule's time window is not open"
    OTHER_CONNECTOR = "the rule is for another connector"
    FROZEN = "the rule is frozen, since a group it names was deleted"


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule seen in one family; `matched` is whether its condition is true."""

    rule_id: str
    name: str
    matched: bool
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Entry:
    """One license type of a chain, with the place in the queue it is worth and what it comes from."""

    license_type: str
    source: Source
    klass: int = NORMAL_CLASS
    queue_priority: int = RULE_PRIORITY

    @property
    def is_pin(self) -> bool:
        """Tell whether a pin put the type here."""
        return self.klass == PIN_CLASS


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person should have of one family, best first; no entries mean no seat.

    `source` is the rule or default that decided, or None if nothing did; a pin shows in its entry only. A frozen rule
    wishes for nothing new, and tickets it carried are parked until `parks_until`.
    """

    family: str
    entries: tuple[Entry, ...] = ()
    source: Source | None = None
    parks_until: datetime | None = None
    considered: tuple[Considered, ...] = ()

    @property
    def chain(self) -> tuple[str, ...]:
        """The license types wished for, best first."""
        return tuple(entry.license_type for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Decision:
    """The wishes of one person, one for every family of the policy."""

    user_id: str
    families: Mapping[str, Wish]


def decide(policy: Policy, facts: Facts, now: datetime, *, trace: bool = False) -> Decision:
    """Find the wishes of one person (L3); an inactive person wishes nothing.

    `now` is an aware instant. With `trace` every rule of the policy is looked at and what became of it is recorded.
    """
    if not facts.active:
        return Decision(facts.user_id, {key: Wish(key) for key in policy.families})
    matching = _Matching(policy, facts, now)
    return Decision(
        facts.user_id,
        {key: _wish(policy, family, matching, trace) for key, family in policy.families.items()},
    )


def wish_of(policy: Policy, family: Family, facts: Facts, now: datetime) -> Wish:
    """Find what one active person should have of one family."""
    return _wish(policy, family, _Matching(policy, facts, now), trace=False)


def has_seat(rule: Rule, facts: Facts) -> bool:
    """Tell whether a person holds what a rule gives, or what a pin put in its place."""
    given = {key for chain in rule.chains.values() for key in chain}
    return not facts.held.isdisjoint(given | facts.pins)


class _Matching:
    """Answers whether a rule applies to one person, evaluating each condition at most once and only when asked."""

    def __init__(self, policy: Policy, facts: Facts, now: datetime) -> None:
        self.candidates = policy.index.candidates(facts.resource)
        self.facts = facts
        self.now = now
        self._known: dict[str, bool] = {}

    def applies(self, rule: Rule, family: Family) -> bool:
        return (
            self.condition(rule)
            if rule.is_plain
            else (
                rule.is_open(self.now)
                and rule.connector in (None, self.facts.connector)
                and (self.keeps(rule, family) if rule.is_frozen(self.now) else self.condition(rule))
            )
        )

    def keeps(self, rule: Rule, family: Family) -> bool:
        """Tell whether a frozen rule keeps the person: through the deleted group, or for a seat as the condition still says.

        One that gives nothing of the family does so to whoever meets its condition: that is no new grant.
        """
        chain, through = rule.chains[family.key], self.facts.kept_by.get(rule.id)
        if through or (through is None and chain):
            return bool(through)
        return (not chain or has_seat(rule, self.facts)) and self.condition(rule)

    def condition(self, rule: Rule) -> bool:
        if rule.id not in self._known:
            self._known[rule.id] = rule.condition.holds(self.facts.resource)
        return self._known[rule.id]


def _wish(policy: Policy, family: Family, matching: _Matching, trace: bool) -> Wish:
    facts = matching.facts
    winner = _winner(policy, family, matching)
    if winner and not winner.is_plain and winner.chains[family.key] and winner.is_frozen(matching.now):
        wish = _kept(policy, family, winner, facts)
    else:
        wish = _of_rule(policy, family, winner)
    if facts.excluded or facts.pins:
        wish = _as_the_admin_says(policy, wish, facts)
    return replace(wish, considered=tuple(_considered(policy, family, matching, winner))) if trace else wish


def _of_rule(policy: Policy, family: Family, winner: Rule | None) -> Wish:
    """Give what a rule, or the default, gives to anybody; made once for all whom it decides."""
    key = (family.key, winner.id if winner else None)
    made: Wish | None = policy.made.get(key)
    return made if made is not None else policy.made.setdefault(key, _made(policy, family, winner))


def _made(policy: Policy, family: Family, winner: Rule | None) -> Wish:
    if winner is not None:
        return _chained(policy, family, winner, winner.chains[family.key])
    if family.key not in policy.defaults:
        return Wish(family.key)
    source, key = Source(Kind.DEFAULT, policy_version=policy.version), policy.defaults[family.key]
    entries = (Entry(key, source, NORMAL_CLASS, DEFAULT_PRIORITY),) if key else ()
    return Wish(family.key, entries, source)


def _chained(policy: Policy, family: Family, rule: Rule, keys: Iterable[str]) -> Wish:
    source = Source(Kind.RULE, rule.id, rule.name, policy.version)
    return Wish(family.key, tuple(Entry(key, source, NORMAL_CLASS, rule.queue_priority) for key in keys), source)


def _kept(policy: Policy, family: Family, winner: Rule, facts: Facts) -> Wish:
    """Give what a frozen rule leaves to somebody: of its types those they hold (L9). To withhold it needs no freeze."""
    held = (key for key in winner.chains[family.key] if key in facts.held)
    return replace(_chained(policy, family, winner, held), parks_until=winner.frozen_until)


def _as_the_admin_says(policy: Policy, wish: Wish, facts: Facts) -> Wish:
    """Leave out what is excluded for a person, and put first what is pinned."""
    entries = [entry for entry in wish.entries if entry.license_type not in facts.excluded]
    pinned = _pinned(policy, wish.family, facts)
    if pinned is not None:
        pin = Entry(pinned, Source(Kind.PIN, policy_version=policy.version), PIN_CLASS)
        entries = [pin, *(entry for entry in entries if entry.license_type != pinned)]
    return replace(wish, entries=tuple(entries))


def _pinned(policy: Policy, family: str, facts: Facts) -> str | None:
    kept = (key for key in sorted(facts.pins - facts.excluded) if key in policy.types)
    return next((key for key in kept if policy.types[key].family == family), None)


def _winner(policy: Policy, family: Family, matching: _Matching) -> Rule | None:
    """Return the rule that decides the family (L3.1, L3.5)."""
    candidates = _candidates(family, matching)
    if family.mode is Mode.FIRST_MATCH:
        return next(candidates, None)
    return max(candidates, key=lambda rule: _rank(policy, family, rule), default=None)


def _candidates(family: Family, matching: _Matching) -> Iterator[Rule]:
    key, excluded = family.key, matching.facts.excluded
    for rule in matching.candidates:
        chain = rule.chains.get(key)
        if chain is None or (excluded and _is_excluded(chain, matching.facts)):
            continue
        if matching.applies(rule, family):
            yield rule


def _is_excluded(chain: tuple[str, ...], facts: Facts) -> bool:
    """Tell whether the granted type is excluded; a rule is then skipped with its fallbacks (L3.1, scenario 12)."""
    return bool(chain) and chain[0] in facts.excluded


def _rank(policy: Policy, family: Family, rule: Rule) -> float:
    """Return the rank a rule offers; `none:<family>` is poorer than any type."""
    chain = rule.chains[family.key]
    return policy.types[chain[0]].rank if chain else float("-inf")


def _considered(policy: Policy, family: Family, matching: _Matching, winner: Rule | None) -> Iterator[Considered]:
    for rule in policy.rules:
        if family.key in rule.chains:
            matched = matching.condition(rule)
            yield Considered(rule.id, rule.name, matched, _outcome(family, rule, matching, winner))


def _outcome(family: Family, rule: Rule, matching: _Matching, winner: Rule | None) -> Outcome:
    facts = matching.facts
    reasons = (
        (rule is winner, Outcome.WON),
        (rule.state not in DECIDING, Outcome.NOT_ACTIVE),
        (not rule.is_open(matching.now), Outcome.WINDOW_CLOSED),
        (rule.connector not in (None, facts.connector), Outcome.OTHER_CONNECTOR),
        (rule.is_frozen(matching.now) and not matching.keeps(rule, family), Outcome.FROZEN),
        (not rule.is_frozen(matching.now) and not matching.condition(rule), Outcome.NO_MATCH),
        (_is_excluded(rule.chains[family.key], facts), Outcome.EXCLUDED),
        (family.mode is Mode.HIGHEST_RANK, Outcome.OUTRANKED),
        (True, Outcome.DECIDED_EARLIER),
    )
    return next(outcome for holds, outcome in reasons if holds)
