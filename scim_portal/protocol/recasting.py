"""A stored resource in the spelling of its type: for extensions that were described after data had come in.

What nobody had described was kept as it was written; names match in any case (RFC 7643 §2.1), but only canonical names are
read later. Values stay as they are, and so do names that the description does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.resource import carried_schemas


def recast(resource_type: ResourceType, resource: dict[str, Any]) -> dict[str, Any]:
    """Spell extensions and their attributes as the type does; where both spellings stand, the canonical one is kept."""
    recasted: dict[str, Any] = {}
    for name, value in resource.items():
        schema = resource_type.extension(name) if name[:4].lower() == "urn:" else None
        if schema is None or not isinstance(value, dict):
            recasted[name] = value
            continue
        spelled = _spelled(schema.attributes, value)
        other = recasted.get(schema.id, {})
        recasted[schema.id] = {**spelled, **other} if name != schema.id else {**other, **spelled}
    return {**recasted, "schemas": carried_schemas(resource_type, recasted)}


def _spelled(attributes: Sequence[Attribute], value: Mapping[str, Any]) -> dict[str, Any]:
    known = {one.name.lower(): one for one in attributes}
    found: dict[str, Any] = {}
    for name, one in value.items():
        attribute = known.get(name.lower())
        if attribute is None:
            found.setdefault(name, one)
        elif attribute.name == name or attribute.name not in value:
            found[attribute.name] = _deeper(attribute, one)
    return found


def _deeper(attribute: Attribute, value: Any) -> Any:
    if isinstance(value, list):
        return [_deeper(attribute, one) for one in value]
    return _spelled(attribute.sub_attributes, value) if isinstance(value, dict) and attribute.sub_attributes else value
