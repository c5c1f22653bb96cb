"""The rule editor's builder: blocks of terms, all or any of which must be true, and the SCIM filter that says the same.

Two levels deep: a block is one term, or several joined by `and` or `or`; the blocks are joined likewise. A filter is shown in
the builder only if what the builder would write means exactly the same; any other stays text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER, ResourceType
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.web.portal import terms
from scim_portal.web.portal.terms import Term

MOST_TERMS = 50
JOINS = ("and", "or")
ODD = frozenset("\r\n\0")
Groups = Mapping[str, str]


@dataclass(slots=True)
class Block:
    """One term, or several joined."""

    terms: list[Term] = field(default_factory=lambda: [Term()])
    join: str = "or"


@dataclass(slots=True)
class Builder:
    """What is in the builder's fields."""

    blocks: list[Block] = field(default_factory=lambda: [Block()])
    join: str = "and"

    @property
    def inner_join(self) -> str:
        """What joins the terms of a new block: the other word than between blocks."""
        return JOINS[self.join == "and"]

    @property
    def terms(self) -> list[Term]:
        """All terms, in the order of their numbers."""
        return [term for block in self.blocks for term in block.terms]

    def forgive(self) -> None:
        """Forget what is wrong with terms."""
        for term in self.terms:
            term.error, term.is_unfinished = None, False

    def add_block(self) -> None:
        """Add a block of one empty term."""
        self.blocks.append(Block(join=self.inner_join))

    def add_term(self, place: int) -> None:
        """Add an empty term to a block."""
        if 0 <= place < len(self.blocks):
            self.blocks[place].terms.append(Term(path=self.blocks[place].terms[-1].path))

    def remove(self, place: int) -> None:
        """Take out the term with a number, counted through all blocks; the last one is emptied."""
        count = 0
        for block in self.blocks:
            if count <= place < count + len(block.terms):
                del block.terms[place - count]
                break
            count += len(block.terms)
        self.blocks = [block for block in self.blocks if block.terms] or [Block()]


def posted(typed: Mapping[str, str]) -> Builder | None:
    """Read the builder's fields; None when the page had no builder. A term without a block is a block of its own."""
    rows = [number for number in range(MOST_TERMS) if f"path.{number}" in typed]
    if not rows:
        return None
    blocks: dict[str, Block] = {}
    for row in rows:
        place = typed.get(f"block.{row}", f"alone.{row}")
        join = typed.get(f"join.{place}", "or")
        block = blocks.setdefault(place, Block([], join if join in JOINS else "or"))
        block.terms.append(Term(*(typed.get(f"{part}.{row}", "").strip() for part in ("path", "op", "value"))))
    join = typed.get("join", "and")
    return Builder(list(blocks.values()), join if join in JOINS else "and")


def to_text(builder: Builder, groups: Groups, kind: ResourceType = USER) -> str | None:
    """Write the filter; None when some terms cannot be written, which carry their error."""
    parts = [terms.to_text(block.terms, block.join, groups, kind) for block in builder.blocks]
    if any(part is None for part in parts):
        return None
    several = len(parts) > 1
    return f" {builder.join} ".join(
        f"({part})" if several and len(block.terms) > 1 else str(part)
        for part, block in zip(parts, builder.blocks, strict=True)
    )


def from_text(text: str, groups: Groups, kind: ResourceType = USER) -> Builder | None:
    """Read a filter into the builder; None when it is nested deeper, or uses what the builder does not offer."""
    try:
        tree = filters.parse(text)
    except InvalidFilter:
        return None
    found = _read(tree)
    if found is None:
        return None
    for term in found.terms:
        term.path = _short(term.path, kind)
        terms.by_name(term, groups)
    return found if _says_the_same(found, tree, groups, kind) else None


def _short(path: str, kind: ResourceType) -> str:
    """Leave an extension's URN out where the name alone means the same."""
    name = path.rpartition(":")[2]
    try:
        bound = [filters.bind(filters.parse(f"{one} pr"), kind) for one in (path, name)]
    except InvalidFilter:
        return path
    return name if bound[0] == bound[1] else path


def same_fields(one: Builder, other: Builder) -> bool:
    """Tell whether both have the same in their fields, whatever is wrong with it."""
    return _fields(one) == _fields(other)


def _fields(builder: Builder) -> str:
    join = builder.join if len(builder.blocks) > 1 else ""
    blocks = [
        (block.join if len(block.terms) > 1 else "", [(term.path, term.op, term.value.strip()) for term in block.terms])
        for block in builder.blocks
    ]
    return json.dumps([join, blocks])


def _read(tree: filters.Node) -> Builder | None:
    if (alone := terms.term_of(tree)) is not None:
        return Builder([Block([alone])])
    if not isinstance(tree, filters.And | filters.Or):
        return None
    join = "and" if isinstance(tree, filters.And) else "or"
    blocks = [_block(item, JOINS[join == "and"]) for item in tree.items]
    return Builder([block for block in blocks if block], join) if all(blocks) else None


def _block(tree: filters.Node, usual: str) -> Block | None:
    if (alone := terms.term_of(tree)) is not None:
        return Block([alone], usual)
    if not isinstance(tree, filters.And | filters.Or):
        return None
    found = [terms.term_of(item) for item in tree.items]
    join = "and" if isinstance(tree, filters.And) else "or"
    return Block([term for term in found if term], join) if all(found) else None


def _says_the_same(builder: Builder, tree: filters.Node, groups: Groups, kind: ResourceType) -> bool:
    """Tell whether the builder would write a filter of the same meaning, and its fields can hold what it says."""
    if any(not ODD.isdisjoint(term.value) for term in builder.terms):  # a field of one line loses line ends
        return False
    written = to_text(builder, groups, kind)
    builder.forgive()
    try:
        return written is not None and _meaning(filters.parse(written), kind) == _meaning(tree, kind)
    except InvalidFilter:
        return False


def _meaning(tree: filters.Node, kind: ResourceType) -> filters.Bound:
    return _without_ne(filters.bind(tree, kind))


def _without_ne(bound: filters.Bound) -> filters.Bound:
    """Write `ne` as what it means, `not (eq)`."""
    match bound:
        case filters.BoundAnd(items):
            return filters.BoundAnd(tuple(map(_without_ne, items)))
        case filters.BoundOr(items):
            return filters.BoundOr(tuple(map(_without_ne, items)))
        case filters.BoundNot(item):
            return filters.BoundNot(_without_ne(item))
        case filters.BoundCompare(target, "ne", value):
            return filters.BoundNot(filters.BoundCompare(target, "eq", value))
    return bound
