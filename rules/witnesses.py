"""A rule under analysis with a user who meets it, and which rules a user can meet at all, without trying each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rules.policy import Rule
from scim_portal.protocol.filters import Bound, BoundAnd, BoundCompare, BoundNot, BoundOr, BoundValuePath, Target

ANYBODY: Final = {"userName": "someone"}
Reading = tuple[str | None, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a condition asks for in any case: that an attribute equals one of some values."""

    reading: Reading
    values: frozenset[object]
    is_single: bool

    def excludes(self, other: Demand | None) -> bool:
        """Tell whether nobody can meet both."""
        is_same = other is not None and self.is_single and self.reading == other.reading
        return is_same and other is not None and self.values.isdisjoint(other.values)


@dataclass(frozen=True, slots=True)
class Linted:
    """A rule that can match; `witness` is a user it matches, if one was found, `always` that it matches everybody.

    `size` is the number of terms of its condition: what it costs to try a user.
    """

    rule: Rule
    witness: Mapping[str, Any] | None
    always: bool
    size: int


def with_name(witness: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a witness to a user: nobody is without a name."""
    return {**ANYBODY, **witness}


def size(bound: Bound) -> int:
    """Count the terms of a condition."""
    match bound:
        case BoundAnd(items) | BoundOr(items):
            return sum(map(size, items))
        case BoundNot(item) | BoundValuePath(_, item):
            return size(item)
    return 1


def demand(bound: Bound) -> Demand | None:
    """Name what a condition asks for in any case; None if nothing so simple."""
    match bound:
        case BoundCompare(target, "eq", value):
            return Demand((target.schema_uri, target.names), frozenset([value]), target.multi is None)
        case BoundAnd(items):
            found = [one for one in map(demand, items) if one is not None]
            return min(found, key=lambda one: len(one.values), default=None)
        case BoundOr(items):
            return _either([demand(one) for one in items])
        case BoundValuePath(target, item):
            return _of_element(target, demand(item))
    return None


def _either(found: list[Demand | None]) -> Demand | None:
    known = [one for one in found if one is not None]
    if len(known) < len(found) or len({one.reading for one in known}) != 1:
        return None
    return Demand(known[0].reading, frozenset[object]().union(*(one.values for one in known)), known[0].is_single)


def _of_element(target: Target, inner: Demand | None) -> Demand | None:
    if inner is None:
        return None
    return Demand((target.schema_uri, (*target.names, *inner.reading[1])), inner.values, False)


class Index:
    """Rules by what they demand, so that a user is tried only against those that could match."""

    def __init__(self, rules: Iterable[Linted]) -> None:
        self.demands: dict[str, Demand | None] = {}
        self.places: dict[str, int] = {}
        self._by_value: dict[Reading, dict[object, list[Linted]]] = {}
        self._others: list[Linted] = []
        for place, one in enumerate(rules):
            asked = self.demands[one.rule.id] = demand(one.rule.condition.bound)
            self.places[one.rule.id] = place
            if asked is None:
                self._others.append(one)
            else:
                for value in asked.values:
                    self._by_value.setdefault(asked.reading, {}).setdefault(value, []).append(one)

    def candidates(self, witness: Mapping[str, Any]) -> list[Linted]:
        """List the rules that may match a user, in policy order; no other does."""
        found = {one.rule.id: one for one in self._others}
        for reading, by_value in self._by_value.items():
            for value in _values(witness, reading):
                found |= {one.rule.id: one for one in by_value.get(value, ())}
        return sorted(found.values(), key=lambda one: self.places[one.rule.id])


def _values(resource: Mapping[str, Any], reading: Reading) -> Iterator[object]:
    uri, names = reading
    found = (resource if uri is None else resource.get(uri, {})).get(names[0])
    for one in found if isinstance(found, list) else [found]:
        yield one.get(names[1]) if len(names) > 1 and isinstance(one, Mapping) else one
