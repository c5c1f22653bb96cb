"""What a condition asks for in any case, and an index by it: a person is tried only on the rules that could match them.

`groups.value eq "a"` asks for one value, `title sw "chief"` for a beginning, alternatives ask for one of several;
`title co "x"` asks for nothing so simple, so it must be tried on everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeAlias, TypeVar

from scim_portal.protocol.filters import Bound, BoundAnd, BoundCompare, BoundOr, BoundValuePath

T = TypeVar("T")
_OPERATORS: Final = ("eq", "sw", "ew")


@dataclass(frozen=True, slots=True)
class Reading:
    """An attribute as a condition reads it; `is_single` says that nobody has two values of it."""

    uri: str | None
    names: tuple[str, ...]
    is_single: bool


Need: TypeAlias = tuple[Reading, str, object]
Demand: TypeAlias = frozenset[Need]


def demand(bound: Bound) -> Demand | None:
    """Name needs (attribute, operator, value) of which everybody who meets a condition has one; None if nothing so simple."""
    match bound:
        case BoundCompare(target, op, value) if op in _OPERATORS:
            return frozenset([(Reading(target.schema_uri, target.names, target.multi is None), op, value)])
        case BoundAnd(items):
            return min((one for one in map(demand, items) if one is not None), key=_vagueness, default=None)
        case BoundOr(items):
            found = [demand(one) for one in items]
            return None if None in found else frozenset().union(*(one for one in found if one))
        case BoundValuePath(target, item):
            inner = demand(item)
            if inner is not None and len(target.names) == 1:
                return frozenset(
                    (Reading(target.schema_uri, (*target.names, *one.names), False), op, value)
                    for one, op, value in inner
                )
    return None


def exclude_each_other(one: Demand | None, other: Demand | None) -> bool:
    """Tell whether it is sure that nobody meets both: each wants another value of an attribute that has only one."""
    if one is None or other is None or not one.isdisjoint(other):
        return False
    places = {(reading, op) for reading, op, _ in one | other}
    return len(places) == 1 and all(reading.is_single and op == "eq" for reading, op in places)


def _vagueness(asked: Demand) -> tuple[bool, bool, int]:
    """Order demands: few people have a value that is one of few; more share a beginning, and many a truth value."""
    is_truth = any(isinstance(value, bool) for _, _, value in asked)
    return is_truth, any(op != "eq" for _, op, _ in asked), len(asked)


@dataclass(slots=True)
class _Shelf:
    """Where things stand that need a value of one attribute: by the whole value, or by its beginning or end of some length."""

    whole: dict[object, list[int]] = field(default_factory=dict)
    begins: dict[int, dict[object, list[int]]] = field(default_factory=dict)
    ends: dict[int, dict[object, list[int]]] = field(default_factory=dict)

    def put(self, op: str, value: object, place: int) -> None:
        by_value = self.whole
        if op != "eq":
            by_value = (self.begins if op == "sw" else self.ends).setdefault(len(str(value)), {})
        by_value.setdefault(value, []).append(place)

    def take(self, value: Any, hits: set[int]) -> None:
        if value in self.whole:
            hits.update(self.whole[value])
        if isinstance(value, str):
            for length, by_value in self.begins.items():
                hits.update(by_value.get(value[:length], ()))
            for length, by_value in self.ends.items():
                hits.update(by_value.get(value[-length:] if length else "", ()))


class Index(Generic[T]):
    """Things in their order, each with what it demands."""

    def __init__(self, things: Iterable[tuple[T, Demand | None]]) -> None:
        self._things: list[T] = []
        self._always: list[int] = []
        shelves: dict[Reading, _Shelf] = {}
        for place, (thing, asked) in enumerate(things):
            self._things.append(thing)
            if asked is None:
                self._always.append(place)
            for reading, op, value in asked or ():
                shelves.setdefault(reading, _Shelf()).put(op, value, place)
        self._open_to_all = [self._things[place] for place in self._always]
        self._shelves = [*shelves.items()]

    def candidates(self, resource: Mapping[str, Any]) -> list[T]:
        """List, in their order, the things whose demand a folded resource may meet; it meets no other's."""
        hits: set[int] = set()
        for reading, shelf in self._shelves:
            for value in _values(resource, reading):
                shelf.take(value, hits)
        return [self._things[place] for place in sorted([*self._always, *hits])] if hits else self._open_to_all


def _values(resource: Mapping[str, Any], reading: Reading) -> list[object]:
    """List all that a condition could see as values of an attribute, and perhaps more."""
    level = resource if reading.uri is None else resource.get(reading.uri, {})
    found = level.get(reading.names[0]) if isinstance(level, Mapping) else None
    values = found if isinstance(found, list) else [found]
    if len(reading.names) > 1:
        values = [one.get(reading.names[1]) for one in values if isinstance(one, dict)]
        if any(isinstance(one, list) for one in values):  # brackets look into lists inside an element
            values = [each for one in values for each in (one if isinstance(one, list) else [one])]
    return [one for one in values if isinstance(one, str | int | float)]
