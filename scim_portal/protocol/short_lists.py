"""Lists short enough to keep in memory: filtered, ordered and cut as the databases do it for users and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scim_portal.protocol import filters, folds, sorting
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.filters import Target
from scim_portal.protocol.queries import Query

Resource = dict[str, Any]


def select(resources: Sequence[Resource], kind: ResourceType, query: Query, *, bare_words: bool) -> list[Resource]:
    """Give the resources that meet the query's filter, in its order (RFC 7644 §3.4.2.2, §3.4.2.3), by id where it has none.

    Raises InvalidFilter and InvalidValue as lists of users do.
    """
    found = [(folds.fold(kind, one), one) for one in sorted(resources, key=lambda one: str(one["id"]))]
    if query.filter is not None:
        bound = filters.compiled(query.filter, kind, bare_words=bare_words)
        found = [pair for pair in found if filters.matches(bound, pair[0])]
    if query.sort_by:
        (target,) = sorting.bind(query.sort_by, (kind,))
        if target is not None:
            found = _ordered(found, target, query.descending)
    return [one for _, one in found]


def _ordered(
    found: list[tuple[Resource, Resource]], target: Target, descending: bool
) -> list[tuple[Resource, Resource]]:
    """Order by value; resources without one are last ascending and first descending."""
    without = [pair for pair in found if _value(pair[0], target) is None]
    having = [pair for pair in found if _value(pair[0], target) is not None]
    having.sort(key=lambda pair: _value(pair[0], target), reverse=descending)
    return without + having if descending else having + without


def _value(folded: Resource, target: Target) -> Any:
    value: Any = folded
    for name in target.names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
