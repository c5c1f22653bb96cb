"""A decision in data and in sentences an admin can read: which rules were looked at, what they saw, and why not others.

Only describes what `decide` found and what the person has; what would change it is found in `remedies`. Values are shown
as stored for comparing: folded in case where their attribute ignores it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from rules import reasons
from rules.decide import Considered, Decision, Facts, Outcome, Source, Wish
from rules.policy import Policy, Rule
from rules.remedies import Remedy, remedies
from rules.standing import Seat, SeatState, Standing, Ticket
from scim_portal.protocol import filters
from scim_portal.protocol.filters import Target

MOST_TOLD: Final = 8
Seen: TypeAlias = dict[tuple[str | None, tuple[str, ...]], tuple[tuple[str, ...], frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a condition as written, the values it saw, and whether it is true."""

    text: str
    seen: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule in one family: what it would give, its terms, and what became of it."""

    rule_id: str
    name: str
    chain: tuple[str, ...]
    matched: bool
    outcome: Outcome
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class FamilyView:
    """One family: its rules in order, what decided, the chain wished for, what the person has of it, what would change it."""

    family: str
    rules: tuple[RuleView, ...]
    source: Source | None
    chain: tuple[str, ...]
    pinned: str | None
    excluded: tuple[str, ...]
    seats: tuple[Seat, ...]
    tickets: tuple[Ticket, ...]
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one person has what they have, family by family."""

    user_id: str
    active: bool
    families: tuple[FamilyView, ...]


def explain(
    policy: Policy, facts: Facts, decision: Decision, standing: Standing, *, now: datetime | None = None
) -> Explanation:
    """Lay out a decision made with `trace`, without which the rules are missing; with `now` also what would change it."""
    views = (_family(policy, facts, wish, standing) for wish in decision.families.values())
    if now is not None:
        views = (replace(view, remedies=remedies(policy, facts, now, view.family)) for view in views)
    return Explanation(facts.user_id, facts.active, tuple(views))


def terms(tree: filters.Node, bound: filters.Bound, resource: Mapping[str, Any]) -> Iterator[Term]:
    """Evaluate each term of a condition on its own, from left to right; brackets are one term."""
    return _seen_terms(tuple(_written(tree, bound)), resource, {})


@dataclass(frozen=True, slots=True)
class _Written:
    """One term as it is written, what it reads, and its test: the same for everybody. Most ask whether it `equals` a text."""

    text: str
    target: Target
    holds: filters.Test
    equals: str | None


def _written(tree: filters.Node, bound: filters.Bound) -> Iterator[_Written]:
    match tree, bound:
        case filters.And(items) | filters.Or(items), filters.BoundAnd(inner) | filters.BoundOr(inner):
            for item, part in zip(items, inner, strict=True):
                yield from _written(item, part)
        case filters.Not(item), filters.BoundNot(part):
            yield from _written(item, part)
        case _:
            yield _Written(filters.to_text(tree), _target(bound), filters.function(bound), _equals(bound))


def _equals(bound: filters.Bound) -> str | None:
    match bound:
        case filters.BoundCompare(_, "eq", str() as value):
            return value
    return None


def _target(bound: filters.Bound) -> Target:
    while isinstance(bound, filters.BoundNot):
        bound = bound.item
    assert not isinstance(bound, filters.BoundAnd | filters.BoundOr)
    return bound.target


def _seen_terms(written: Iterable[_Written], resource: Mapping[str, Any], seen: Seen) -> Iterator[Term]:
    """Try terms on a person; `seen` keeps what was read of them, since many terms read the same."""
    for one in written:
        place = (one.target.schema_uri, one.target.names)
        if place not in seen:
            seen[place] = tuple(_values(one.target, resource)), _texts(one.target, resource)
        shown, texts = seen[place]
        yield Term(one.text, shown, one.holds(resource) if one.equals is None else one.equals in texts)


def _texts(target: Target, resource: Mapping[str, Any]) -> frozenset[str]:
    """Gather all texts that an attribute may be found equal to."""
    level = resource if target.schema_uri is None else resource.get(target.schema_uri, {})
    found = level.get(target.names[0])
    values = found if isinstance(found, list) else [found]
    if len(target.names) > 1:
        values = [one.get(target.names[1]) for one in values if isinstance(one, dict)]
    return frozenset(one for one in values if isinstance(one, str))


def _values(target: Target, resource: Mapping[str, Any]) -> Iterator[str]:
    level = resource if target.schema_uri is None else resource.get(target.schema_uri, {})
    found = level.get(target.names[0])
    part = target.names[1] if len(target.names) > 1 else "value"
    for one in found if isinstance(found, list) else [found]:
        value = one.get(part) if isinstance(one, Mapping) else one
        if value is not None:
            yield str(value)


def _family(policy: Policy, facts: Facts, wish: Wish, standing: Standing) -> FamilyView:
    by_id = {rule.id: rule for rule in policy.rules}
    own = {key for key, kind in policy.types.items() if kind.family == wish.family}
    seen: Seen = {}
    return FamilyView(
        family=wish.family,
        rules=tuple(_rule(policy, by_id[one.rule_id], one, wish.family, facts, seen) for one in wish.considered),
        source=wish.source,
        chain=wish.chain,
        pinned=next((entry.license_type for entry in wish.entries if entry.is_pin), None),
        excluded=tuple(sorted(own & facts.excluded)),
        seats=tuple(seat for seat in standing.seats if seat.license_type in own),
        tickets=tuple(ticket for ticket in standing.tickets if ticket.license_type in own),
    )


def _rule(policy: Policy, rule: Rule, looked: Considered, family: str, facts: Facts, seen: Seen) -> RuleView:
    key = ("terms", rule.id)
    written: tuple[_Written, ...] | None = policy.made.get(key)
    if written is None:
        written = tuple(_written(filters.parse(rule.condition.text), rule.condition.bound))
        policy.made[key] = written
    found = tuple(_seen_terms(written, facts.resource, seen))
    return RuleView(rule.id, rule.name, rule.chains[family], looked.matched, looked.outcome, found)


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """Tell an explanation in plain English, one short sentence each."""
    if not explanation.active:
        kept = (line for view in explanation.families for line in _had(view))
        return ("The person is not active, so no license is due.", *kept)
    return tuple(line for view in explanation.families for line in _told(view))


def _told(view: FamilyView) -> Iterator[str]:
    if view.pinned:
        yield f"A pin puts {view.pinned} first in the family {view.family}."
    if view.excluded:
        yield f"An exclusion withholds {', '.join(view.excluded)} in the family {view.family}."
    if view.source is None:
        yield f"No rule and no default decides the family {view.family}."
    else:
        chain = ", then ".join(view.chain) or "no license"
        yield f"The family {view.family} is decided by {reasons.name(view.source)}: {chain}."
    for rule in view.rules:
        if rule.outcome is not Outcome.WON:
            yield f"The rule “{rule.name}” does not decide: {_why_not(rule)}."
    yield from _had(view)


def _had(view: FamilyView) -> Iterator[str]:
    """Tell what the person has of a family, also while they are away."""
    for seat in view.seats:
        yield f"{seat.license_type} is {_STATES[seat.state]}."
    for ticket in view.tickets:
        waits = "waits" if ticket.parked_until is None else "keeps a place"
        yield f"The person {waits} for {ticket.license_type} with number {ticket.number}."


def _why_not(rule: RuleView) -> str:
    if rule.outcome is not Outcome.NO_MATCH:
        return rule.outcome.value
    return f"its condition is not met, as {told(rule.terms, '{} is {} (seen: {})')}"


def told(terms: Sequence[Term], sentence: str) -> str:
    """Tell some terms with what they saw, of many only the first ones, since nobody reads forty in a sentence."""
    lines = [
        sentence.format(one.text, str(one.holds).lower(), ", ".join(one.seen) or "nothing") for one in terms[:MOST_TOLD]
    ]
    rest = len(terms) - MOST_TOLD
    return "; ".join([*lines, f"and {rest} more"] if rest > 0 else lines)


_STATES = {
    SeatState.ASSIGNED: "assigned",
    SeatState.RELEASING: "still in effect, and will be released when its settle time is over",
    SeatState.HELD: "held for a return",
    SeatState.SUSPENDED: "suspended since its contract lapsed, and resumes when there is room for it again",
}
