"""One value: is there one for which a set of terms is true, and which? Truth values, numbers and instants; texts in `texts`.

The answer is never guessed: YES comes with a value that was tried, NO only when every kind of value was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from rules import texts
from rules.branches import Literal
from scim_portal.protocol import filters
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.folding import fold_instant

_EXACT: Final = 2**53  # up to here every whole number is a float of its own
_ANY_INSTANT: Final = "2026-01-01T00:00:00.000000Z"


class Answer(Enum):
    """Whether something can be."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, and if it is YES what was found; None is an absent value."""

    answer: Answer
    value: Any = None


NEVER: Final = Found(Answer.NO)
UNSURE: Final = Found(Answer.UNKNOWN)


def find(attribute: Attribute, literals: Sequence[Literal]) -> Found:
    """Find a single value, or None for none, for which all literals hold; their targets name `attribute` alone.

    Negated terms are true of a missing value, so one is looked for only if a term must be true.
    """
    if not any(one.holds for one in literals):
        return Found(Answer.YES)
    constants = [one.term.value for one in literals if isinstance(one.term, filters.BoundCompare)]
    match attribute.type:
        case "boolean":
            candidates: Iterable[Any] = (True, False)
            is_complete = True
        case "integer" | "decimal":
            candidates = _numbers(constants, whole=attribute.type == "integer")
            is_complete = all(abs(float(one)) <= _EXACT for one in constants)
        case "dateTime":
            candidates, is_complete = _instants(constants), True
        case _:
            candidates, is_complete = texts.candidates(attribute, literals)
    for value in candidates:
        if fits(attribute, value, literals):
            return Found(Answer.YES, value)
    return NEVER if is_complete else UNSURE


def fits(attribute: Attribute, value: Any, literals: Iterable[Literal]) -> bool:
    """Tell whether all literals hold of a value."""
    element = {attribute.name: value}
    return all(filters.matches(one.term, element) is one.holds for one in literals)


def _numbers(constants: Sequence[Any], *, whole: bool) -> Iterator[int | float]:
    """Yield each number named, and one from each interval between and beyond them."""
    yield from (one for one in constants if not whole or one == math.floor(one))
    for one in constants or (0,):
        yield from (math.floor(one), math.floor(one) + 1, math.ceil(one) - 1)
        if not whole:
            yield from (math.nextafter(one, math.inf), math.nextafter(one, -math.inf))


def _instants(constants: Sequence[Any]) -> Iterator[str]:
    """Yield each instant named, and those a microsecond before and after: no time lies between."""
    for one in constants or (_ANY_INSTANT,):
        yield one
        moment = datetime.fromisoformat(one)
        for step in (timedelta(microseconds=1), timedelta(microseconds=-1)):
            try:
                yield fold_instant((moment + step).isoformat()) or one
            except OverflowError:
                continue
