"""A condition as alternatives: every way in which a set of conditions can hold, as terms that must be true or false.

Knows the shape of conditions only; whether a set of terms can be true of one value is decided in `values` and `elements`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scim_portal.protocol import filters
from scim_portal.protocol.filters import Bound, BoundAnd, BoundCompare, BoundNot, BoundOr

Term: TypeAlias = filters.BoundCompare | filters.BoundPresent | filters.BoundValuePath
Wanted: TypeAlias = tuple[Bound, bool]
Key: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A term, and whether it must hold; `ne` is written as an `eq` that must not."""

    term: Term
    holds: bool


class ExhaustedError(Exception):
    """The budget is spent: the answer stays unknown."""


class Budget:
    """How many nodes of conditions may be looked at, for one question and for all together, so that analysis ends in time."""

    def __init__(self, total: int = 20_000, question: int = 10_000) -> None:
        self.total = total
        self.question = question
        self._left = question

    def start(self) -> None:
        """Begin another question."""
        self._left = min(self.question, self.total)

    def spend(self, nodes: int = 1) -> None:
        """Pay for looking at some nodes. Raises `ExhaustedError`."""
        if self._left <= 0:
            raise ExhaustedError
        self._left -= nodes
        self.total -= nodes


def branches(wanted: Iterable[Wanted], budget: Budget) -> Iterator[tuple[Literal, ...]]:
    """Yield sets of literals; the conditions are as wanted exactly if all literals of one set hold.

    Sets with a term and its negation are left out. Raises `ExhaustedError`.
    """
    yield from ((*chosen.values(),) for chosen in _grown(tuple(wanted), {}, budget))


def key(term: Term) -> Key:
    """Identify a term: equal keys mean the same test of the same attribute."""
    target = term.target
    place = (target.schema_uri, target.names)
    match term:
        case BoundCompare(_, op, value):
            return (*place, op, value)
        case filters.BoundPresent():
            return (*place, "pr")
    return (*place, term.item)


def _grown(wanted: tuple[Wanted, ...], chosen: dict[Key, Literal], budget: Budget) -> Iterator[dict[Key, Literal]]:
    """Add what must hold in any case, then branch on the first choice that is still open."""
    chosen = dict(chosen)
    choices: list[Wanted] = []
    stack = list(reversed(wanted))
    while stack:
        budget.spend()
        tree, holds = _plain(*stack.pop())
        if isinstance(tree, BoundAnd | BoundOr):
            if isinstance(tree, BoundAnd) == holds:
                stack += ((one, holds) for one in reversed(tree.items))
            else:
                choices.append((tree, holds))
        elif chosen.setdefault(key(tree), Literal(tree, holds)).holds is not holds:
            return
    budget.spend(sum(len(_items(tree)) for tree, _ in choices))
    left = [choice for choice in choices if not _is_met(choice, chosen)]
    if not left:
        yield chosen
        return
    (choice, is_true), *others = left
    for one in _items(choice):
        yield from _grown(((one, is_true), *others), chosen, budget)


def _plain(tree: Bound, holds: bool) -> tuple[BoundAnd | BoundOr | Term, bool]:
    """Take negations off a condition."""
    if isinstance(tree, BoundNot):
        return _plain(tree.item, not holds)
    if isinstance(tree, BoundCompare) and tree.op == "ne":
        return BoundCompare(tree.target, "eq", tree.value), not holds
    return tree, holds


def _is_met(choice: Wanted, chosen: dict[Key, Literal]) -> bool:
    """Tell whether one of the alternatives is among the chosen literals already."""
    for one in _items(choice[0]):
        tree, holds = _plain(one, choice[1])
        if not isinstance(tree, BoundAnd | BoundOr):
            known = chosen.get(key(tree))
            if known is not None and known.holds is holds:
                return True
    return False


def _items(tree: Bound) -> tuple[Bound, ...]:
    assert isinstance(tree, BoundAnd | BoundOr)
    return tree.items
