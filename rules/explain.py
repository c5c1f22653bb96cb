"""A decision in data and in sentences an admin can read: which rules were looked at, what they saw, and why not others.

Only describes what `decide` found and what the person has; what would change it is found in `remedies`. Values are shown
as stored for comparing: folded in case where their attribute ignores it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rules import reasons
from rules.decide import Considered, Decision, Facts, Outcome, Source, Wish
from rules.policy import Policy, Rule
from rules.remedies import Remedy, remedies
from rules.standing import Seat, SeatState, Standing, Ticket
from scim_portal.protocol import filters


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
    match tree, bound:
        case filters.And(items) | filters.Or(items), filters.BoundAnd(inner) | filters.BoundOr(inner):
            for item, part in zip(items, inner, strict=True):
                yield from terms(item, part, resource)
        case filters.Not(item), filters.BoundNot(part):
            yield from terms(item, part, resource)
        case _:
            yield Term(filters.to_text(tree), tuple(_seen(bound, resource)), filters.matches(bound, resource))


def _seen(bound: filters.Bound, resource: Mapping[str, Any]) -> Iterator[str]:
    while isinstance(bound, filters.BoundNot):
        bound = bound.item
    assert not isinstance(bound, filters.BoundAnd | filters.BoundOr)
    target = bound.target
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
    return FamilyView(
        family=wish.family,
        rules=tuple(_rule(by_id[one.rule_id], one, wish.family, facts) for one in wish.considered),
        source=wish.source,
        chain=wish.chain,
        pinned=next((entry.license_type for entry in wish.entries if entry.is_pin), None),
        seats=tuple(seat for seat in standing.seats if seat.license_type in own),
        tickets=tuple(ticket for ticket in standing.tickets if ticket.license_type in own),
    )


def _rule(rule: Rule, seen: Considered, family: str, facts: Facts) -> RuleView:
    tree = filters.parse(rule.condition.text)
    found = tuple(terms(tree, rule.condition.bound, facts.resource))
    return RuleView(rule.id, rule.name, rule.chains[family], seen.matched, seen.outcome, found)


def sentences(explanation: Explanation) -> tuple[str, ...]:
    """Tell an explanation in plain English, one short sentence each."""
    if not explanation.active:
        return ("The person is not active, so no license is due.",)
    return tuple(line for view in explanation.families for line in _told(view))


def _told(view: FamilyView) -> Iterator[str]:
    if view.pinned:
        yield f"A pin puts {view.pinned} first in the family {view.family}."
    if view.source is None:
        yield f"No rule and no default decides the family {view.family}."
    else:
        chain = ", then ".join(view.chain) or "no license"
        yield f"The family {view.family} is decided by {reasons.name(view.source)}: {chain}."
    for rule in view.rules:
        if rule.outcome is not Outcome.WON:
            yield f"The rule “{rule.name}” does not decide: {_why_not(rule)}."
    for seat in view.seats:
        yield f"{seat.license_type} is {_STATES[seat.state]}."
    for ticket in view.tickets:
        waits = "waits" if ticket.parked_until is None else "keeps a place"
        yield f"The person {waits} for {ticket.license_type} with number {ticket.number}."


def _why_not(rule: RuleView) -> str:
    if rule.outcome is not Outcome.NO_MATCH:
        return rule.outcome.value
    false = (
        f"{term.text} is {str(term.holds).lower()} (seen: {', '.join(term.seen) or 'nothing'})" for term in rule.terms
    )
    return f"its condition is not met, as {'; '.join(false)}"


_STATES = {
    SeatState.ASSIGNED: "assigned",
    SeatState.RELEASING: "still in effect, and will be released when its settle time is over",
    SeatState.HELD: "held for a return",
    SeatState.SUSPENDED: "suspended, as no contract is in force",
}
