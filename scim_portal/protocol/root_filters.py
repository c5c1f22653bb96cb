"""A filter over several resource types at once (RFC 7644 §3.4.2.1): an attribute one type lacks has no value there."""

from __future__ import annotations

from collections.abc import Sequence

from scim_portal.protocol.attributes import COMMON_ATTRIBUTES, ResourceType
from scim_portal.protocol.filter_binding import bind
from scim_portal.protocol.filter_grammar import parse
from scim_portal.protocol.filter_nodes import (
    And,
    Bound,
    BoundAnd,
    BoundNot,
    BoundOr,
    BoundPresent,
    Compare,
    Node,
    Not,
    Or,
    Target,
)

_ID = next(one for one in COMMON_ATTRIBUTES if one.name == "id")
# Every resource has an id.
ALWAYS = BoundPresent(Target(None, ("id",), None, _ID))
NEVER = BoundNot(ALWAYS)


def bind_each(text: str, types: Sequence[ResourceType], *, bare_words: bool = False) -> tuple[Bound, ...]:
    """Bind a filter to each type. Raises InvalidFilter for an attribute that none of them has."""
    node = parse(text, bare_words=bare_words)
    return tuple(_bind(node, kind, types) for kind in types)


def _bind(node: Node, kind: ResourceType, types: Sequence[ResourceType]) -> Bound:
    match node:
        case And(items):
            return BoundAnd(tuple(_bind(one, kind, types) for one in items))
        case Or(items):
            return BoundOr(tuple(_bind(one, kind, types) for one in items))
        case Not(item):
            return BoundNot(_bind(item, kind, types))
    path = node.path
    if kind.find(path.uri, path.name) is None and any(one.find(path.uri, path.name) for one in types):
        return ALWAYS if _holds_without_value(node) else NEVER
    return bind(node, kind)


def _holds_without_value(node: Node) -> bool:
    return isinstance(node, Compare) and (node.op == "ne") == (node.value is not None) and node.op in ("eq", "ne")
