"""The fewest steps after which conditions hold, or do not, of one person's resource as they are wanted to.

Proposes and tries on the resource alone; what the steps do to the person's licenses is decided in `remedies`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules import elements
from rules.branches import Budget, ExhaustedError, Literal, Term, Wanted, branches
from rules.satisfiability import by_place, is_as_wanted
from rules.steps import GROUPS, Move, Step, changed
from rules.values import Answer, Found, find
from scim_portal.protocol import filters
from scim_portal.protocol.filters import BoundValuePath

MOST_STEPS: Final = 4
Steps = tuple[Step, ...]
Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Way:
    """One way for conditions to be as wanted; `cost` is the number of attributes that would have to change."""

    wanted: tuple[Wanted, ...]
    literals: tuple[Literal, ...]
    cost: int


def ways(resource: Resource, wanted: Sequence[Wanted], budget: Budget, most: int) -> list[Way]:
    """List ways to make a folded resource as wanted, without looking yet at what the steps would be.

    No more are looked for once `most` of them change one attribute only: none is shorter, and no more will be tried.
    """
    found: list[Way] = []
    shortest = 0
    budget.start()
    try:
        for literals in branches(wanted, budget):
            budget.spend(len(literals))
            failing = {_place(one) for one in literals if filters.matches(one.term, resource) is not one.holds}
            if len(failing) <= MOST_STEPS:
                found.append(Way((*wanted,), literals, len(failing)))
                shortest += len(failing) <= 1
                if shortest == most:
                    break
    except ExhaustedError:
        pass
    return found


def steps(resource: Resource, way: Way) -> Steps | None:
    """List the steps of a way, each one needed; None if there is no way, or none of at most four steps."""
    budget = Budget()
    budget.start()
    found: list[Step] = []
    try:
        for tests in by_place(way.literals).values():
            if not all(filters.matches(one.term, resource) is one.holds for one in tests):
                found += _of_attribute(resource, tests, budget)
    except (ExhaustedError, _NoStepsError):
        return None
    return (*found,) if len(found) <= MOST_STEPS and _works(resource, found, way.wanted) else None


class _NoStepsError(Exception):
    """An attribute cannot be changed so that its tests hold."""


def _place(literal: Literal) -> tuple[str | None, str]:
    return literal.term.target.schema_uri, literal.term.target.names[0]


def _works(resource: Resource, found: Sequence[Step], wanted: Sequence[Wanted]) -> bool:
    for step in found:
        resource = changed(resource, step)
    return is_as_wanted(resource, wanted)


def _of_attribute(resource: Resource, tests: Sequence[Literal], budget: Budget) -> list[Step]:
    target = tests[0].term.target
    if target.names[0] != GROUPS and not all(_may_change(one.term) for one in tests):
        raise _NoStepsError
    level = resource if target.schema_uri is None else resource.get(target.schema_uri, {})
    value = level.get(target.names[0])
    path = f"{target.schema_uri}:{target.names[0]}" if target.schema_uri else target.names[0]
    return _of_one(value, path, tests, budget) if target.multi is None else _of_many(value or [], path, tests, budget)


def _may_change(term: Term) -> bool:
    attribute = term.target.attribute
    is_ours = attribute.mutability == "readWrite" and not attribute.required
    return is_ours and not elements.is_nested_list(term)


def _of_one(value: Any, path: str, tests: Sequence[Literal], budget: Budget) -> list[Step]:
    """Set or clear each part of a single value of which a test fails, or all of it where it must be, or not be, at all."""
    if any(_is_itself(one.term) and bool(value) is not one.holds for one in tests):
        return [_setting(path, _sure(elements.single(tests, budget)) or None)]
    parts: dict[tuple[str, ...], list[Literal]] = {}
    for one in tests:
        assert not isinstance(one.term, BoundValuePath)
        parts.setdefault(one.term.target.names, []).append(Literal(elements.part(one.term), one.holds))
    steps: list[Step] = []
    for names, own in parts.items():
        element = (value or {}) if len(names) > 1 else {names[0]: value}
        if all(elements.meets(one.term, element) is one.holds for one in own):
            continue
        found = _sure(find(own[0].term.target.attribute, own))
        steps.append(_setting(".".join([path, *names[1:]]), found))
    return steps


def _sure(found: Found) -> Any:
    if found.answer is not Answer.YES:
        raise _NoStepsError
    return found.value


def _is_itself(term: Term) -> bool:
    return len(term.target.names) == 1 and term.target.attribute.type == "complex"


def _setting(path: str, value: Any) -> Step:
    return Step(Move.CLEAR if value is None else Move.SET, path, value)


def _of_many(values: Any, path: str, tests: Sequence[Literal], budget: Budget) -> list[Step]:
    """Remove the values that meet a refused test, and add one for each test that none of the others meets."""
    known = [_element(one, tests) for one in values]
    unwanted = [one for one in known if any(elements.meets(test.term, one) for test in tests if not test.holds)]
    kept = [one for one in known if one not in unwanted]
    refused: list[Wanted] = [(elements.inner(test.term), False) for test in tests if not test.holds]
    steps = [_removal(one, path, tests) for one in unwanted]
    for test in tests:
        if test.holds and not any(elements.meets(test.term, one) for one in kept):
            added = _sure(elements.element([*elements.wanted(test.term), *refused], budget))
            kept.append(added)
            steps.append(_addition(added, path, tests))
    return steps


def _element(value: Any, tests: Sequence[Literal]) -> elements.Element:
    return value if isinstance(value, dict) else {tests[0].term.target.names[0]: value}


def _plain(element: elements.Element, tests: Sequence[Literal]) -> Any:
    """Give an element of a list of plain values back as its value."""
    target = tests[0].term.target
    is_plain = len(target.names) == 1 and target.attribute.type != "complex"
    return element.get(target.names[0]) if is_plain else element


def _addition(element: elements.Element, path: str, tests: Sequence[Literal]) -> Step:
    if path != GROUPS:
        return Step(Move.ADD, path, _plain(element, tests))
    name = "value" if "value" in element else "display"
    if element.get("type", "direct") != "direct" or name not in element or "$ref" in element:
        raise _NoStepsError
    return Step(Move.JOIN_GROUP, f"{GROUPS}.{name}", element[name])


def _removal(element: elements.Element, path: str, tests: Sequence[Literal]) -> Step:
    if path != GROUPS:
        return Step(Move.REMOVE, path, _plain(element, tests))
    return Step(Move.LEAVE_GROUP, f"{GROUPS}.value", element.get("value"))
