"""Texts that could meet a set of tests: pieces put together, or the proof that none can.

Proposes only; whether a proposal is right is tried in `values`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.branches import Literal
from scim_portal.protocol import filters
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.folds import fold_one

_LETTERS: Final = "xyzabcdefghijklmnopqrstuvw0123456789"
_NOT_BELOW: Final = {("ge", True): False, ("gt", True): True, ("lt", False): False, ("le", False): True}
_NOT_ABOVE: Final = {("le", True): False, ("lt", True): True, ("gt", False): False, ("ge", False): True}


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests of one text by operator, and its bounds; `above` and `below` tell whether a bound itself is left out."""

    required: Mapping[str, tuple[str, ...]]
    refused: Mapping[str, tuple[str, ...]]
    low: str | None
    above: bool
    high: str | None
    below: bool

    @property
    def start(self) -> str:
        """The longest text it must start with."""
        return max(self.required.get("sw", ()), key=len, default="")

    @property
    def end(self) -> str:
        """The longest text it must end with."""
        return max(self.required.get("ew", ()), key=len, default="")

    @property
    def inner(self) -> tuple[str, ...]:
        """The texts it must contain."""
        return self.required.get("co", ())


def candidates(attribute: Attribute, literals: Sequence[Literal]) -> tuple[Iterable[str], bool]:
    """Give texts worth trying, and whether none but these could do."""
    tests = _tests(literals)
    exact = list(tests.required.get("eq", ()))
    if any(isinstance(one.term, filters.BoundPresent) and not one.holds for one in literals):
        exact.append("")
    if exact:
        return exact[:1], True
    if _is_impossible(tests):
        return (), True
    if tests.low is not None and tests.low == tests.high:
        return (tests.low,), True
    fold = fold_one(attribute)
    return (text for text in _built(tests) if fold(text) == text), False


def _tests(literals: Iterable[Literal]) -> Tests:
    required: dict[str, tuple[str, ...]] = {}
    refused: dict[str, tuple[str, ...]] = {}
    lows: list[tuple[str, bool]] = []
    highs: list[tuple[str, bool]] = []
    for one in literals:
        if isinstance(one.term, filters.BoundCompare):
            op, value, side = one.term.op, str(one.term.value), required if one.holds else refused
            side[op] = (*side.get(op, ()), value)
            if (op, one.holds) in _NOT_BELOW:
                lows.append((value, _NOT_BELOW[op, one.holds]))
            if (op, one.holds) in _NOT_ABOVE:
                highs.append((value, _NOT_ABOVE[op, one.holds]))
    low, above = max(lows, default=(None, False))
    high, below = min(highs, key=lambda bound: (bound[0], not bound[1]), default=(None, False))
    return Tests(required, refused, low, above, high, below)


def _is_impossible(tests: Tests) -> bool:
    """Tell whether the tests contradict each other for certain."""
    start, end = tests.start, tests.end
    contained = (start, end, *tests.inner)
    return (
        any(not start.startswith(one) for one in tests.required.get("sw", ()))
        or any(not end.endswith(one) for one in tests.required.get("ew", ()))
        or any(start.startswith(one) for one in tests.refused.get("sw", ()))
        or any(end.endswith(one) for one in tests.refused.get("ew", ()))
        or any(one in piece for one in tests.refused.get("co", ()) for piece in contained)
        or _is_out_of_bounds(tests, start)
    )


def _is_out_of_bounds(tests: Tests, start: str) -> bool:
    low, high = tests.low, tests.high
    if low is not None and high is not None and (low > high or (low == high and (tests.above or tests.below))):
        return True
    if high is not None and (start > high or (start == high and tests.below)):
        return True
    return low is not None and low > start and bool(start) and not low.startswith(start)


def _built(tests: Tests) -> Iterator[str]:
    """Put the pieces together, with and without letters that no test names before, between and after them."""
    spare = _spare_letter(tests)
    for head in _heads(tests, spare):
        for glue in ("", spare):
            for left in ("",) if head else ("", spare):
                for right in ("",) if tests.end else ("", spare):
                    text = left + head
                    for piece in (*tests.inner, tests.end):
                        text = _joined(text, piece, glue)
                    yield text + right


def _heads(tests: Tests, spare: str) -> list[str]:
    """List beginnings that keep the bounds."""
    start, low, high = tests.start, tests.low, tests.high
    if low is None and high is None:
        return [start]
    heads = [start, start + "!", start + spare]
    if high is not None:
        heads = [high, high[:-1], high[:-1] + chr(max(ord(high[-1:] or "a") - 1, 33)), *heads]
    return [low, low + "!", low + spare, *heads] if low is not None and low >= start else heads


def _joined(text: str, piece: str, glue: str) -> str:
    """Append a piece, overlapping it with the end of the text where there is no glue."""
    if glue:
        return text + glue + piece if piece else text
    overlap = next(size for size in range(len(piece), -1, -1) if text.endswith(piece[:size]))
    return text + piece[overlap:]


def _spare_letter(tests: Tests) -> str:
    named = "".join(value for side in (tests.required, tests.refused) for values in side.values() for value in values)
    return next((letter for letter in _LETTERS if letter not in named), "-")
