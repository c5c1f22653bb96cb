"""Resources as plain canonical dictionaries: read one from a client, fold it for look-ups, write it out.

Canonical means: names in the case of the tables, nothing unassigned, nothing read-only, extensions under their URN.
Projection (`attributes`, `excludedAttributes`) lives in `projection`; who stores what is not known here.
"""

from __future__ import annotations

from typing import Any

import orjson

from scim_portal.protocol import checking, primaries, shaping
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.errors import InvalidSyntax, InvalidValue
from scim_portal.protocol.folds import fold
from scim_portal.protocol.limits import DEFAULT, Limits
from scim_portal.protocol.projection import project
from scim_portal.protocol.tolerance import Tolerance

__all__ = ["carried_schemas", "dumps", "fold", "load", "project"]


def load(
    resource_type: ResourceType, payload: dict[str, Any], *, tolerance: Tolerance, limits: Limits = DEFAULT
) -> dict[str, Any]:
    """Read a resource that a client sent by POST or PUT (RFC 7644 §3.3, §3.5.1); the payload is not changed.

    What is read-only, null, empty or unknown is dropped silently, and so is `password`. `schemas` of the result names
    the core and the extensions that carry data. Raises InvalidValue naming the attribute, or InvalidSyntax for
    `schemas`.
    """
    shaped: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    for name, value in payload.items():
        attribute = resource_type.attribute(name)
        if attribute is None:
            _shape_extension(resource_type, extensions, name, value, tolerance, limits)
        elif shaping.writable(None, attribute, tolerance):
            value = shaping.shape(attribute, value, tolerance, attribute.name)
            if value is not None:
                shaped[attribute.name] = value
    if not tolerance.loose_schemas:
        _check_schemas(resource_type, payload)
    known = {uri: extensions.pop(uri) for uri in list(extensions) if resource_type.extension(uri)}
    checked = checking.check(resource_type, shaped | known, limits)
    primaries.settle(checked, tolerance)
    checked.update(extensions)
    return {"schemas": carried_schemas(resource_type, checked), **checked}


def carried_schemas(resource_type: ResourceType, resource: dict[str, Any]) -> list[str]:
    """List the core URN and the URNs of the extensions that the resource carries, known ones first."""
    known = [one.id for one in resource_type.extensions if one.id in resource]
    others = sorted(name for name in resource if name[:4].lower() == "urn:" and name not in known)
    return [resource_type.schema.id, *known, *others]


def _shape_extension(
    resource_type: ResourceType,
    extensions: dict[str, Any],
    name: str,
    value: Any,
    tolerance: Tolerance,
    limits: Limits,
) -> None:
    if name[:4].lower() != "urn:" or not value:
        return
    schema = resource_type.extension(name)
    if schema is None:
        if tolerance.keep_unknown_extensions and isinstance(value, dict) and not resource_type.is_core(name):
            extensions[name] = unknown_extension(name, value, limits)
        return
    if not isinstance(value, dict):
        raise InvalidValue(f"{schema.id} must be an object, not {shaping.kind_of(value)}.", attribute=schema.id)
    shaped: dict[str, Any] = {}
    for sub_name, one in value.items():
        attribute = schema.attribute(sub_name)
        if attribute is not None and shaping.writable(None, attribute, tolerance):
            one = shaping.shape(attribute, one, tolerance, f"{schema.id}:{attribute.name}")
            if one is not None:
                shaped[attribute.name] = one
    if shaped:
        extensions[schema.id] = shaped


def unknown_extension(name: str, value: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Keep the object of an extension nobody described, as it is, within the size limit."""
    size = len(orjson.dumps(value)) + len(name)
    if size > limits.long_text:
        raise InvalidValue(f"{name} is {size} bytes long; at most {limits.long_text} are accepted.", attribute=name)
    return value


def _check_schemas(resource_type: ResourceType, payload: dict[str, Any]) -> None:
    sent = next((value for name, value in payload.items() if name.lower() == "schemas"), None)
    if not isinstance(sent, list) or not all(isinstance(one, str) for one in sent):
        raise InvalidSyntax("'schemas' must be a list of schema URNs.", attribute="schemas", value=sent)
    if not any(resource_type.is_core(one) for one in sent):
        raise InvalidSyntax(f"'schemas' must contain '{resource_type.schema.id}'.", attribute="schemas", value=sent)
    for one in sent:
        if not resource_type.is_core(one) and resource_type.extension(one) is None:
            raise InvalidSyntax(f"'schemas' names '{one}', which is unknown here.", attribute="schemas", value=one)


def dumps(resource: dict[str, Any]) -> bytes:
    """Write a resource or message as compact UTF-8 JSON."""
    return orjson.dumps(resource)
