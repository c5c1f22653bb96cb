"""A rule's condition: a SCIM filter with the limits that keep it readable and cheap (L2).

Grammar, binding, matching and the limit of 50 terms are the protocol's; here is what a license rule adds to a filter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rules.checking import Node
from rules.demands import Demand, demand
from scim_portal.protocol import filters
from scim_portal.protocol.definitions import ResourceType
from scim_portal.protocol.errors import InvalidFilter

MAX_BYTES: Final = 4096
MAX_DEPTH: Final = 10


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written and as bound; `reads` and `group_ids` say which changes can touch it (L2.5).

    `holds` tells whether a folded resource meets it; it is a function made once, since everybody is tried on it. `demand` is
    what it asks of everybody whom it matches, `size` the number of its terms.
    """

    text: str
    bound: filters.Bound = field(compare=False)
    reads: frozenset[str] = field(default=frozenset(), compare=False)
    group_ids: frozenset[str] = field(default=frozenset(), compare=False)
    holds: filters.Test = field(init=False, repr=False, compare=False)
    demand: Demand | None = field(init=False, repr=False, compare=False)
    size: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", size(self.bound))
        object.__setattr__(self, "demand", demand(self.bound))
        object.__setattr__(self, "holds", filters.function(self.bound))


def compile_condition(node: Node, key: str, resource_type: ResourceType) -> Condition:
    """Parse, limit and bind the condition in the field `key`; what is wrong is noted there."""
    text = node.text(key, limit=MAX_BYTES)
    try:
        if text:
            return _compile(text, resource_type)
    except InvalidFilter as refusal:
        node.note(refusal.detail, key)
    return Condition(text, filters.BoundOr(()))


def _compile(text: str, resource_type: ResourceType) -> Condition:
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InvalidFilter(f"must not be longer than {MAX_BYTES} bytes")
    tree = filters.parse(text)
    if depth(tree) > MAX_DEPTH:
        raise InvalidFilter(f"must not be nested deeper than {MAX_DEPTH} levels")
    bound = filters.bind(tree, resource_type)
    return Condition(
        text,
        bound,
        filters.reads(bound),
        filters.equality_values(bound, "groups.value"),
    )


def depth(tree: filters.Node) -> int:
    """Count the levels of groups in a filter; a single term has none."""
    inner = children(tree)
    return 1 + max(map(depth, inner)) if inner else 0


def children(tree: filters.Node) -> tuple[filters.Node, ...]:
    """List the conditions a group, a negation or a value path is made of."""
    if isinstance(tree, filters.And | filters.Or):
        return tree.items
    return (tree.item,) if isinstance(tree, filters.Not | filters.ValuePath) else ()


def size(bound: filters.Bound) -> int:
    """Count the terms of a bound condition."""
    match bound:
        case filters.BoundAnd(items) | filters.BoundOr(items):
            return sum(map(size, items))
        case filters.BoundNot(item) | filters.BoundValuePath(_, item):
            return size(item)
    return 1
