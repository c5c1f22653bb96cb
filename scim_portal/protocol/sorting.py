"""What `sortBy` names (RFC 7644 §3.4.2.3): an attribute that has an order, found in each resource type asked for.

Values are compared in their folded form, so case counts only where the attribute says so; that and the place of resources
without a value are the business of whoever sorts.
"""

from __future__ import annotations

from collections.abc import Sequence

from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.filter_grammar import read_path
from scim_portal.protocol.filter_nodes import Target


def bind(sort_by: str, types: Sequence[ResourceType]) -> tuple[Target | None, ...]:
    """Find the attribute in each type; None where a type does not have it, for its resources then have no value.

    A complex attribute stands for its `value`, if it has one. Raises InvalidValue when no type can be sorted by it: an
    order that was left out could not be told from the one that was asked for.
    """
    targets = tuple(_find(sort_by, kind) for kind in types)
    if not any(targets):
        listed = " or ".join(kind.name for kind in types)
        raise InvalidValue(f"{sort_by[:100]!r} is no attribute of {listed}.", attribute="sortBy", value=sort_by)
    return targets


def _find(sort_by: str, kind: ResourceType) -> Target | None:
    path = read_path(sort_by)
    found = kind.find(path.uri, path.name) if path else None
    if path is None or found is None:
        return None
    uri, attribute = found
    names, multi = (attribute.name,), 0 if attribute.multi_valued else None
    sub = attribute.sub(path.sub or "value")
    if path.sub and sub is None:
        return None
    last = sub or attribute
    if last.type in ("complex", "binary") or "never" in (attribute.returned, last.returned):
        raise InvalidValue(f"There is no order by {sort_by[:100]!r}.", attribute="sortBy", value=sort_by)
    return Target(uri, (*names, sub.name) if sub else names, multi, last)
