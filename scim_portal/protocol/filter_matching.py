"""Evaluate a bound filter against a folded resource, and say what a filter reads.

The meaning of every operator is decided here; `filter_functions` and SQL compilers elsewhere must agree with `matches`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scim_portal.protocol.filter_nodes import (
    Bound,
    BoundAnd,
    BoundCompare,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundValuePath,
    Target,
)

TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
EMPTY: tuple[object, ...] = ("", [], {})


def matches(bound: Bound, folded: Mapping[str, Any]) -> bool:
    """Tell whether a folded resource (`resource.fold`) meets a bound filter. Never raises.

    A missing attribute makes every comparison false, except `ne`, which is the negation of `eq`. One value of a
    multi-valued attribute is enough. Empty text, lists and objects are not present. Order is by code point, and
    dateTimes in their folded form are in order of time. `co ""` is true of any text that exists.
    """
    match bound:
        case BoundCompare(target, "ne", value):
            return not any(_compare("eq", one, value) for one in _values(folded, target))
        case BoundCompare(target, op, value):
            return any(_compare(op, one, value) for one in _values(folded, target))
        case BoundPresent(target):
            return any(one not in EMPTY for one in _values(folded, target))
        case BoundAnd(items):
            return all(matches(one, folded) for one in items)
        case BoundOr(items):
            return any(matches(one, folded) for one in items)
        case BoundNot(item):
            return not matches(item, folded)
    return any(matches(bound.item, one) for one in _values(folded, bound.target) if isinstance(one, dict))


def _compare(op: str, stored: Any, value: str | float | bool) -> bool:
    alike = isinstance(stored, str) == isinstance(value, str) and isinstance(stored, bool) == isinstance(value, bool)
    return alike and not isinstance(stored, (dict, list)) and TESTS[op](stored, value)


def _values(folded: Mapping[str, Any], target: Target) -> Iterator[Any]:
    level: Any = folded if target.schema_uri is None else folded.get(target.schema_uri)
    if target.schema_uri is not None and not isinstance(level, dict):
        return
    first = level.get(target.names[0])
    for one in first if isinstance(first, list) else (first,):
        value = one
        if len(target.names) > 1:
            value = one.get(target.names[1]) if isinstance(one, dict) else None
        if value is not None:
            yield value


def reads(bound: Bound) -> frozenset[str]:
    """Name the attributes a filter reads: "userName", "groups.value", "urn:…:User:department"."""
    return frozenset(name for name, _ in _terms(bound, ""))


def equality_values(bound: Bound, name: str) -> frozenset[str]:
    """Collect the text literals that the filter compares with an attribute by `eq` or `ne`, also inside brackets.

    `name` is canonical as in `reads`. Negated terms count too: their result also hangs on these values.
    """
    terms = (term for read, term in _terms(bound, "") if read == name)
    equals = (term for term in terms if isinstance(term, BoundCompare) and term.op in ("eq", "ne"))
    return frozenset(term.value for term in equals if isinstance(term.value, str))


def _terms(bound: Bound, outer: str) -> Iterator[tuple[str, BoundCompare | BoundPresent]]:
    match bound:
        case BoundAnd(items) | BoundOr(items):
            for one in items:
                yield from _terms(one, outer)
        case BoundNot(item):
            yield from _terms(item, outer)
        case BoundValuePath(target, item):
            yield from _terms(item, f"{target}.")
        case _:
            yield f"{outer}{bound.target}", bound
