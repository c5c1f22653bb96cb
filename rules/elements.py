"""The values of one attribute: is there an element, or a list of elements, for which a set of terms is true?

An element is a dict by sub-attribute; a plain value counts as an element with one part named like its attribute. One part
alone is decided in `values`, whole resources in `satisfiability`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rules.branches import Budget, Literal, Term, Wanted, branches
from rules.values import NEVER, UNSURE, Answer, Found, find
from scim_portal.protocol import filters
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.filters import BoundCompare, BoundPresent, BoundValuePath, Target

Element = dict[str, Any]


def inner(term: Term) -> filters.Bound:
    """Say of one element what a term says of the attribute."""
    return term.item if isinstance(term, BoundValuePath) else part(term)


def part(term: BoundCompare | BoundPresent) -> BoundCompare | BoundPresent:
    """Say of one element what a term without brackets says; a target without names is the element itself."""
    target = term.target
    names = target.names[1:] if len(target.names) > 1 else () if target.attribute.type == "complex" else target.names
    seen = Target(None, names, None, target.attribute)
    return BoundCompare(seen, term.op, term.value) if isinstance(term, BoundCompare) else BoundPresent(seen)


def is_nested_list(term: Term) -> bool:
    """Tell whether a term reads a list inside an element, about which nothing is decided here."""
    return len(term.target.names) > 1 and term.target.attribute.multi_valued


def single(literals: Iterable[Literal], budget: Budget) -> Found:
    """Find the one element for which all literals hold; it is empty where the attribute may be missing."""
    return element([(inner(one.term), one.holds) for one in literals], budget)


def several(literals: Sequence[Literal], budget: Budget) -> Found:
    """Find a list of elements: for each term that must hold one that meets it, and none that meets a refused one."""
    refused = [(inner(one.term), False) for one in literals if not one.holds]
    elements: list[Element] = []
    answer = Answer.YES
    for one in literals:
        if one.holds and not any(meets(one.term, known) for known in elements):
            found = element([*wanted(one.term), *refused], budget)
            if found.answer is Answer.NO:
                return NEVER
            answer = found.answer if answer is Answer.YES else answer
            elements.append(found.value or {})
    return Found(answer, elements) if answer is Answer.YES else UNSURE


def wanted(term: Term) -> list[Wanted]:
    """Say what an element that meets a term must be; no element is stored empty."""
    exists: list[Wanted] = [(BoundPresent(Target(None, (), None, term.target.attribute)), True)]
    return [(inner(term), True), *(exists if isinstance(term, BoundValuePath) else [])]


def meets(term: Term, one: Element) -> bool:
    """Tell whether an element meets a term by itself."""
    said = inner(term)
    is_itself = isinstance(said, BoundPresent) and not said.target.names
    return bool(one) if is_itself else filters.matches(said, one)


def element(wanted: Iterable[Wanted], budget: Budget) -> Found:
    """Find one element that is as wanted in every respect. Raises `ExhaustedError`."""
    answer = NEVER
    for literals in branches(wanted, budget):
        found = _filled(literals)
        if found.answer is Answer.YES:
            return found
        answer = UNSURE if found.answer is Answer.UNKNOWN else answer
    return answer


def _filled(literals: Sequence[Literal]) -> Found:
    """Give every part of an element its value."""
    parts: dict[str, list[Literal]] = {}
    attributes: dict[str, Attribute] = {}
    itself: list[Literal] = []
    for one in literals:
        names = one.term.target.names
        if names:
            parts.setdefault(names[0], []).append(one)
            attributes[names[0]] = one.term.target.attribute
        else:
            itself.append(one)
    found = {name: find(attributes[name], tests) for name, tests in parts.items()}
    answers = {one.answer for one in found.values()}
    if Answer.NO in answers:
        return NEVER
    if Answer.UNKNOWN in answers:
        return UNSURE
    filled = {name: one.value for name, one in found.items() if one.value is not None}
    return _itself(itself, filled, parts)


def _itself(itself: Sequence[Literal], filled: Element, parts: dict[str, list[Literal]]) -> Found:
    """Let the element exist, or not, as is wanted of the element itself."""
    if not itself:
        return Found(Answer.YES, filled)
    if not itself[0].holds:
        return NEVER if filled else Found(Answer.YES, filled)
    target = itself[0].term.target
    for sub in () if filled else target.attribute.sub_attributes:
        exists = Literal(BoundPresent(Target(None, (sub.name,), None, sub)), True)
        found = UNSURE if sub.multi_valued else find(sub, [*parts.get(sub.name, ()), exists])
        if found.answer is Answer.YES:
            return Found(Answer.YES, {sub.name: found.value})
    return Found(Answer.YES, filled) if filled else UNSURE
