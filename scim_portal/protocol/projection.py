"""Which attributes an answer carries: `attributes` and `excludedAttributes` (RFC 7644 §3.9).

The characteristic `returned` (RFC 7643 §2.2) decides what is always, never or only on request in an answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.filter_grammar import read_path

MAX_NAMES = 100


@dataclass(frozen=True, slots=True)
class _Names:
    """Lower-case names: whole attributes or extensions, and parts by their attribute."""

    whole: frozenset[tuple[str | None, str]]
    parts: Mapping[tuple[str | None, str], frozenset[str]]
    extensions: frozenset[str]


def project(
    resource: Mapping[str, Any],
    resource_type: ResourceType,
    *,
    attributes: Sequence[str] = (),
    excluded: Sequence[str] = (),
) -> dict[str, Any]:
    """Choose what of a resource is returned; `attributes` wins over `excluded`. Unknown names select nothing.

    Names may be dotted, may carry a URN, or be the URN of an extension. More than 100 names: InvalidValue.
    """
    check_count(attributes, excluded)
    asked = bool(attributes)
    names = _read(resource_type, tuple(attributes if asked else excluded))
    chosen: dict[str, Any] = {}
    for name, value in resource.items():
        attribute = resource_type.attribute(name)
        if attribute is not None:
            kept = _choose(None, attribute, value, names, asked)
        else:
            kept = _choose_extension(resource_type, name, value, names, asked)
        if kept is not None:
            chosen[name] = kept
    return chosen


def check_count(attributes: Sequence[str], excluded: Sequence[str]) -> None:
    """Refuse more than 100 names, which no client needs, with InvalidValue."""
    if len(attributes) + len(excluded) > MAX_NAMES:
        raise InvalidValue(f"At most {MAX_NAMES} attribute names can be chosen.", attribute="attributes")


def _choose_extension(resource_type: ResourceType, uri: str, value: Any, names: _Names, asked: bool) -> Any:
    if uri.lower() in names.extensions:
        return value if asked else None
    schema = resource_type.extension(uri)
    if schema is None or not isinstance(value, dict):
        return None if asked else value
    kept: dict[str, Any] = {}
    for name, one in value.items():
        attribute = schema.attribute(name) or Attribute(name)
        one = _choose(schema.id, attribute, one, names, asked)
        if one is not None:
            kept[name] = one
    return kept or None


def _choose(uri: str | None, attribute: Attribute, value: Any, names: _Names, asked: bool) -> Any:
    key = (uri, attribute.name.lower())
    if attribute.returned == "always":
        return value
    if attribute.returned == "never":
        return None
    if key in names.whole:
        return value if asked else None
    parts = names.parts.get(key)
    if parts is not None:
        return _choose_parts(attribute, value, parts, asked)
    return None if asked or attribute.returned == "request" else value


def _choose_parts(attribute: Attribute, value: Any, parts: frozenset[str], asked: bool) -> Any:
    if isinstance(value, list):
        kept = [_choose_parts(attribute, one, parts, asked) for one in value]
        return [one for one in kept if one is not None] or None
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if (name.lower() in parts) == asked} or None


@lru_cache(maxsize=1024)
def _read(resource_type: ResourceType, names: tuple[str, ...]) -> _Names:
    whole: set[tuple[str | None, str]] = set()
    parts: dict[tuple[str | None, str], frozenset[str]] = {}
    # Microsoft's samples ask for emails[type eq "work"]; the brackets choose elements, which an answer does not.
    cleaned = [name.partition("[")[0].strip() for name in names]
    for name in cleaned:
        path = read_path(name)
        found = resource_type.find(path.uri, path.name) if path else None
        if path is None or found is None:
            continue
        key = (found[0], found[1].name.lower())
        if path.sub is None:
            whole.add(key)
        else:
            parts[key] = parts.get(key, frozenset()) | {path.sub.lower()}
    return _Names(frozenset(whole), parts, frozenset(name.lower() for name in cleaned))
