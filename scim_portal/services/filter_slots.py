"""Filters of one shape, whatever the texts in them: what clients send all day is compiled once and given its values.

Only equality with a text has a place for it; a filter that holds anything else (parts of texts, numbers, instants) has no shape
and is compiled anew each time. What a filter means is `filter_sql`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam

from scim_portal.protocol.filters import (
    Bound,
    BoundAnd,
    BoundCompare,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundValuePath,
    Target,
)

LONGEST = 200


class Slot(str):
    """The name of a place for a text; it stands in a filter where the text would."""

    __slots__ = ()


def operand(value: Any) -> Any:
    """Give what a statement compares with: a parameter for a place, anything else as it is."""
    return bindparam(str(value)) if isinstance(value, Slot) else value


@dataclass(frozen=True, slots=True)
class Shape:
    """A filter with places in it, what tells it from other ones, and the texts that go into the places."""

    bound: Bound
    key: tuple[Any, ...]
    values: dict[str, str]


def shape(bound: Bound) -> Shape | None:
    """Take the texts out of a filter; None when it holds what no place can take."""
    values: dict[str, str] = {}
    key: list[Any] = []
    slotted = _slotted(bound, key, values)
    return None if slotted is None else Shape(slotted, tuple(key), values)


def _slotted(node: Bound, key: list[Any], values: dict[str, str]) -> Bound | None:
    match node:
        case BoundCompare(target, "eq" | "ne" as op, bool() as value):
            key += (op, value, *_of(target))
            return node
        case BoundCompare(target, "eq" | "ne" as op, str() as value):
            if target.attribute.type == "dateTime" or len(value) > LONGEST or "\x00" in value:
                return None
            slot = Slot(f"text_{len(values)}")
            values[slot] = value
            key += (op, "text", *_of(target))
            return BoundCompare(target, op, slot)
        case BoundPresent(target):
            key += ("pr", *_of(target))
            return node
        case BoundNot(item):
            key.append("not")
            inner = _slotted(item, key, values)
            return inner and BoundNot(inner)
        case BoundValuePath(target, item):
            key += ("[]", *_of(target))
            inner = _slotted(item, key, values)
            return inner and BoundValuePath(target, inner)
        case BoundAnd(items) | BoundOr(items):
            key += (type(node).__name__, len(items))
            inners = [_slotted(item, key, values) for item in items]
            return None if None in inners else type(node)(tuple(one for one in inners if one is not None))
    return None


def _of(target: Target) -> tuple[Any, ...]:
    return target.schema_uri, target.names, target.multi, target.attribute.type
