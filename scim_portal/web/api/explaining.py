"""An explanation as data, with what would make another rule decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rules import remedy_words
from rules.decide import Outcome
from rules.explain import Explanation, FamilyView, RuleView, told
from rules.steps import Step
from scim_portal.services import standings
from scim_portal.web.api import standing

Written = dict[str, Any]
Positions = dict[str, int | None]
Names = Mapping[str, str]
SEEN_NOW = "{} is {} now (seen: {})"
NEEDS = {
    Outcome.EXCLUDED: "it would decide without the exclusion",
    Outcome.DECIDED_EARLIER: "it would decide if no earlier rule did",
    Outcome.OUTRANKED: "it would decide if no matching rule granted a richer license",
    Outcome.NOT_ACTIVE: "it would have to be active",
    Outcome.WINDOW_CLOSED: "its time window would have to be open",
    Outcome.OTHER_CONNECTOR: "the user would have to come through its connector",
    Outcome.FROZEN: "the deleted group that it names would have to be restored or replaced, and its condition to hold",
}


def written(explained: Explanation, positions: Positions, types: Names, groups: Names) -> Written:
    """Write an explanation; `positions` are the places of the user's tickets by license type, the others names by id."""
    families = [_family(view, positions) | {"remedies": _remedies(view, types, groups)} for view in explained.families]
    return {"user_id": explained.user_id, "active": explained.active, "families": families}


def _family(view: FamilyView, positions: Positions) -> Written:
    return {
        "family": view.family,
        "rules": [_rule(rule) for rule in view.rules],
        "winner": _source(view),
        "pinned": view.pinned,
        "chain": view.chain,
        "seats": [standing.seat(seat) for seat in view.seats],
        "tickets": [standing.ticket(ticket, positions.get(ticket.license_type)) for ticket in view.tickets],
        "would_change": list(_changes(view)),
    }


def _rule(view: RuleView) -> Written:
    return {
        "rule_id": view.rule_id,
        "name": view.name,
        "chain": view.chain,
        "matched": view.matched,
        "outcome": view.outcome.value,
        "terms": [{"text": one.text, "seen": one.seen, "holds": one.holds} for one in view.terms],
    }


def _remedies(view: FamilyView, types: Names, groups: Names) -> list[Written]:
    return [
        {
            "license_type": one.license_type,
            "ends": one.ends,
            "steps": [_step(step) for step in one.steps],
            "sentence": remedy_words.sentence(one, types, groups),
        }
        for one in view.remedies
    ]


def _step(step: Step) -> Written:
    value = step.value if step.spelled is None else step.spelled
    return {"kind": step.kind.value, "path": step.path, "value": value, "is_example": step.is_example}


def _source(view: FamilyView) -> Written | None:
    if view.source is None:
        return None
    columns = standings.source_columns(view.source)
    return columns | {"kind": columns["source_kind"]}


def _changes(view: FamilyView) -> Iterator[str]:
    for rule in view.rules:
        if rule.outcome is Outcome.NO_MATCH:
            yield f"The rule “{rule.name}”: its condition would have to hold; {told(rule.terms, SEEN_NOW)}."
        elif rule.outcome in NEEDS:
            yield f"The rule “{rule.name}”: {NEEDS[rule.outcome]}."
