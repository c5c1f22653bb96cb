"""Bind a filter to a resource type: names to attributes, literals to the folded form of stored values.

Everything that could go wrong with a filter goes wrong here, so that evaluating a bound filter never raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filter_grammar import parse, to_text
from scim_portal.protocol.filter_nodes import (
    And,
    Bound,
    BoundAnd,
    BoundCompare,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundValuePath,
    Compare,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Present,
    Target,
    ValuePath,
)
from scim_portal.protocol.folding import exact_text, fold_instant, fold_piece, fold_text
from scim_portal.protocol.sentences import say

_SUBSTRING = frozenset({"co", "sw", "ew"})
_ORDER = frozenset({"gt", "ge", "lt", "le"})
_TEXT_TYPES = frozenset({"string", "reference", "binary"})
_TRIM: Mapping[str, Callable[[str], str]] = {"co": str, "sw": str.lstrip, "ew": str.rstrip}
# An Okta app whose unique field is set to "email" may look users up by that name.
_ALIASES = {"email": "emails"}
_TRUTH = {"true": True, "false": False}


@lru_cache(maxsize=512)
def compiled(text: str, resource_type: ResourceType, *, bare_words: bool = False) -> Bound:
    """Parse and bind in one step, remembering the result."""
    return bind(parse(text, bare_words=bare_words), resource_type)


def bind(node: Node, resource_type: ResourceType) -> Bound:
    """Resolve every name and literal of a filter; raises InvalidFilter naming the term.

    A complex attribute stands for its `value` in comparisons (`emails eq "x"`); an attribute of an extension may be
    named without its URN if the core has none of that name; text "True" is accepted for booleans, as Entra writes it.
    """
    match node:
        case And(items):
            return BoundAnd(tuple(bind(one, resource_type) for one in items))
        case Or(items):
            return BoundOr(tuple(bind(one, resource_type) for one in items))
        case Not(item):
            return BoundNot(bind(item, resource_type))
        case ValuePath(path, item):
            target = _resolve(path, resource_type, to_text(node))
            return BoundValuePath(target, bind_element(item, target.attribute))
    return _bind_term(node, _resolve(node.path, resource_type, to_text(node)))


def bind_element(node: Node, attribute: Attribute) -> Bound:
    """Bind a filter that stands in brackets: its names are sub-attributes of one multi-valued attribute."""
    match node:
        case And(items):
            return BoundAnd(tuple(bind_element(one, attribute) for one in items))
        case Or(items):
            return BoundOr(tuple(bind_element(one, attribute) for one in items))
        case Not(item):
            return BoundNot(bind_element(item, attribute))
        case ValuePath(path):
            raise InvalidFilter(say("'{path}[...]' cannot stand inside other brackets.", path=path))
    path = node.path
    sub = None if path.uri or path.sub else attribute.sub(path.name)
    if sub is None or not attribute.multi_valued:
        raise InvalidFilter(say("'{name}' has no values with '{path}' to choose by.", name=attribute.name, path=path))
    return _bind_term(node, Target(None, (sub.name,), None, sub))


def _resolve(path: Path, resource_type: ResourceType, term: str) -> Target:
    alias = _ALIASES.get(path.name.lower(), "")
    found = resource_type.find(path.uri, path.name) or resource_type.find(path.uri, alias)
    if found is None:
        raise InvalidFilter(
            say("'{path}' in '{term}' is no attribute of {name}.", path=path, term=term, name=resource_type.name),
            attribute=str(path),
        )
    uri, attribute = found
    if attribute.returned == "never":
        raise InvalidFilter(say("'{path}' cannot be searched.", path=path), attribute=str(path))
    multi = 0 if attribute.multi_valued else None
    if path.sub is None:
        return Target(uri, (attribute.name,), multi, attribute)
    sub = attribute.sub(path.sub)
    if sub is None:
        raise InvalidFilter(
            say("'{name}' in '{term}' has no part '{sub}'.", name=attribute.name, term=term, sub=path.sub),
            attribute=str(path),
        )
    return Target(uri, (attribute.name, sub.name), multi, sub)


def _bind_term(node: Compare | Present, target: Target) -> Bound:
    if isinstance(node, Present):
        return BoundPresent(target)
    if node.value is None:
        if node.op not in ("eq", "ne"):
            raise _unfit(node, say("null can only be compared with eq and ne"))
        return BoundNot(BoundPresent(target)) if node.op == "eq" else BoundPresent(target)
    value_of = target.attribute.sub("value")
    if value_of is not None:
        target = Target(target.schema_uri, (*target.names, value_of.name), target.multi, value_of)
    _check_operator(node, target.attribute)
    return BoundCompare(target, node.op, _fold_literal(node, node.value, target.attribute))


def _check_operator(node: Compare, attribute: Attribute) -> None:
    kind = attribute.type
    if kind == "complex":
        raise _unfit(node, say("'{name}' has parts; compare one of them", name=attribute.name))
    if node.op in _SUBSTRING and kind not in _TEXT_TYPES:
        raise _unfit(
            node,
            say("'{op}' compares text, and '{name}' is of type {kind}", op=node.op, name=attribute.name, kind=kind),
        )
    if node.op in _ORDER and kind in ("boolean", "binary"):
        raise _unfit(node, say("values of type {kind} have no order", kind=kind))


def _fold_literal(node: Compare, value: Literal, attribute: Attribute) -> str | int | float | bool:
    match attribute.type, value:
        case "boolean", bool():
            return value
        case "boolean", str() if value.lower() in _TRUTH:
            return _TRUTH[value.lower()]
        case (("integer" | "decimal"), int() | float()) if not isinstance(value, bool):
            return value
        case "dateTime", str() if (instant := fold_instant(value)) is not None:
            return instant
        case (("string" | "reference" | "binary"), str()):
            return _fold_string(node.op, value, attribute)
    raise _unfit(node, say("'{name}' is of type {type}", name=attribute.name, type=attribute.type))


def _fold_string(op: str, value: str, attribute: Attribute) -> str:
    if attribute.case_exact:
        return exact_text(value)
    # Stored values are trimmed; a piece of one is trimmed only where it touches an end.
    return _TRIM[op](fold_piece(value)) if op in _SUBSTRING else fold_text(value)


def _unfit(node: Compare, reason: str) -> InvalidFilter:
    return InvalidFilter(
        say("'{term}' cannot be compared: {reason}.", term=to_text(node), reason=reason),
        attribute=str(node.path),
        value=node.value,
    )
