"""Bring what a client sent into the canonical shape: names, lists, nothing unassigned, nothing read-only.

The attribute tables decide, a `Tolerance` widens. Types of single values, lengths and counts are checked afterwards,
in `checking`; only a wrong container is refused here, because there is no shape to bring it into.
"""

from __future__ import annotations

from typing import Any

from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.tolerance import Tolerance

_TRUTH = {"true": True, "false": False}
_KINDS = {bool: "a boolean", str: "a string", int: "a number", float: "a number", dict: "an object", list: "a list"}


def kind_of(value: object) -> str:
    """Name a JSON value's kind for a sentence."""
    return _KINDS.get(type(value), "null")


def shape(attribute: Attribute, value: Any, tolerance: Tolerance, path: str) -> Any:
    """Shape one attribute's value; None means unassigned (RFC 7643 §2.5: null and [] are the same)."""
    if not attribute.multi_valued:
        return shape_single(attribute, value, tolerance, path)
    if value is None:
        return None
    return shape_list(attribute, value, tolerance, path) or None


def shape_list(attribute: Attribute, value: Any, tolerance: Tolerance, path: str) -> list[Any]:
    """Shape the values of a multi-valued attribute, without those that say nothing."""
    if not isinstance(value, list):
        if not tolerance.single_for_list:
            raise InvalidValue(f"{path} must be a list, not {kind_of(value)}.", attribute=path, value=value)
        value = [value]
    shaped = (shape_single(attribute, one, tolerance, f"{path}[{index}]") for index, one in enumerate(value))
    return [one for one in shaped if one is not None]


def shape_single(attribute: Attribute, value: Any, tolerance: Tolerance, path: str) -> Any:
    """Shape one value, or one element of a list; None means unassigned."""
    if attribute.type == "complex":
        return None if value is None else _shape_complex(attribute, value, tolerance, path) or None
    if attribute.type == "boolean" and tolerance.string_booleans and isinstance(value, str):
        return _TRUTH.get(value.lower(), value)
    return value


def _shape_complex(attribute: Attribute, value: Any, tolerance: Tolerance, path: str) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    for name, one in as_object(attribute, value, tolerance, path).items():
        sub = attribute.sub(name)
        if sub is None or not writable(attribute, sub, tolerance):
            continue
        one = shape(sub, one, tolerance, f"{path}.{sub.name}")
        if one is not None:
            shaped[sub.name] = one
    return shaped


def as_object(attribute: Attribute, value: Any, tolerance: Tolerance, path: str) -> dict[str, Any]:
    """Read the value of a complex attribute as an object, unwrapping what the tolerance allows."""
    if isinstance(value, list) and len(value) == 1 and tolerance.list_for_single and not attribute.multi_valued:
        value = value[0]
    if isinstance(value, str) and tolerance.plain_values and attribute.sub("value"):
        return {"value": value} if value else {}
    if not isinstance(value, dict):
        raise InvalidValue(f"{path} must be an object, not {kind_of(value)}.", attribute=path, value=value)
    return value


def writable(parent: Attribute | None, attribute: Attribute, tolerance: Tolerance) -> bool:
    """Tell whether what a client sends for this attribute is kept; passwords and server facts are not."""
    if attribute.mutability == "readOnly":
        return parent is not None and parent.mutability != "readOnly" and tolerance.keep_read_only_parts
    return attribute.mutability != "writeOnly"
