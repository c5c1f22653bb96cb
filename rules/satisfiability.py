"""Can conditions hold at once, and for whom? The one question behind every finding about rules.

Answers YES with a user resource for whom they do, tried with `filters.matches`; NO only when it is proven; else UNKNOWN.
What a policy makes of the answers belongs in `lint`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rules import elements
from rules.branches import Budget, ExhaustedError, Literal, Wanted, branches
from rules.values import NEVER, UNSURE, Answer, Found
from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER

Place = tuple[str | None, str]
Resource = dict[str, Any]


def _known(condition: str, *, holds: bool) -> Literal:
    term = filters.compiled(condition, USER)
    assert isinstance(term, filters.BoundCompare | filters.BoundPresent)
    return Literal(term, holds)


# Whoever is decided has a name and is active, though many providers do not send `active` at all.
FACTS: Final[Mapping[Place, Literal]] = {
    (None, "userName"): _known("userName pr", holds=True),
    (None, "active"): _known("active eq false", holds=False),
}


def solve(*wanted: Wanted, budget: Budget | None = None) -> Found:
    """Find a folded user for whom each condition holds, or does not, as wanted; only what the conditions read is in it."""
    budget = budget or Budget()
    budget.start()
    answer = NEVER
    try:
        for literals in branches(wanted, budget):
            budget.spend(4 * len(literals))
            found = _person(literals, budget)
            if found.answer is Answer.YES and is_as_wanted(found.value, wanted):
                return found
            answer = answer if found.answer is Answer.NO else UNSURE
    except ExhaustedError:
        return UNSURE
    return answer


def is_as_wanted(resource: Mapping[str, Any], wanted: Sequence[Wanted]) -> bool:
    """Tell whether every condition holds, or does not, as wanted of a folded resource."""
    return all(filters.matches(tree, resource) is holds for tree, holds in wanted)


def by_place(literals: Sequence[Literal]) -> dict[Place, list[Literal]]:
    """Sort literals by the attribute they read, and add to each what is true of everybody."""
    found: dict[Place, list[Literal]] = {}
    for one in literals:
        place = (one.term.target.schema_uri, one.term.target.names[0])
        if place not in found:
            found[place] = [FACTS[place]] if place in FACTS else []
        found[place].append(one)
    return found


def _person(literals: Sequence[Literal], budget: Budget) -> Found:
    """Put a resource together, attribute by attribute."""
    resource: Resource = {}
    answer = Answer.YES
    for place, tests in by_place(literals).items():
        found = value(tests, budget)
        if found.answer is Answer.NO:
            return NEVER
        if found.answer is Answer.UNKNOWN:
            answer = Answer.UNKNOWN
        elif found.value not in (None, [], {}):
            put(resource, place, found.value)
    return Found(answer, resource) if answer is Answer.YES else UNSURE


def value(tests: Sequence[Literal], budget: Budget) -> Found:
    """Find the whole value of one attribute, all of whose tests hold. Raises `ExhaustedError`."""
    if any(elements.is_nested_list(one.term) for one in tests):
        return UNSURE if any(one.holds for one in tests) else Found(Answer.YES)
    target = tests[0].term.target
    is_many = target.multi is not None
    found = elements.several(tests, budget) if is_many else elements.single(tests, budget)
    if found.answer is not Answer.YES or len(target.names) > 1 or target.attribute.type == "complex":
        return found
    plain = target.attribute.name
    return Found(Answer.YES, [one[plain] for one in found.value] if is_many else found.value.get(plain))


def put(resource: Resource, place: Place, found: Any) -> None:
    """Write an attribute's value into a resource."""
    uri, name = place
    (resource if uri is None else resource.setdefault(uri, {}))[name] = found
