"""In which order the operations of a bulk request run (RFC 7644 §3.7.1, §3.7.2), and their `bulkId:` references.

Whoever is referred to comes first; otherwise the order of the request stands. A circle is cut: one of it runs without
the references that close the circle, and is completed when they are known.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from scim_portal.protocol.bulk_request import Operation

PREFIX = "bulkId:"
_GONE = object()
Step = tuple[int, frozenset[str]]


def references(operation: Operation) -> frozenset[str]:
    """Name the bulkIds that an operation's path and data refer to."""
    return frozenset(_names(operation.data)) | frozenset(_names(operation.id))


def resolve(value: Any, ids: Mapping[str, str]) -> Any:
    """Copy a value with every reference replaced by the id it stands for."""
    if isinstance(value, dict):
        return {name: resolve(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [resolve(one, ids) for one in value]
    name = _name(value)
    return value if name is None else ids[name]


def without(value: Any, names: AbstractSet[str]) -> Any:
    """Copy a resource without the references to these; an object that loses its `value`, or all, goes as a whole."""
    kept = _without(value, names)
    return {} if kept is _GONE else kept


def order(operations: Sequence[Operation]) -> Iterator[Step]:
    """Give the index of each operation in the order to run, with the references that it must run without.

    References to what the request does not create do not count here. O((n + references) log n).
    """
    makers = {one.bulk_id: index for index, one in enumerate(operations) if one.method == "POST" and one.bulk_id}
    needs = {index: {makers[name] for name in references(one) & makers.keys()} for index, one in enumerate(operations)}
    users: dict[int, list[int]] = {}
    for index, needed in needs.items():
        for maker in needed:
            users.setdefault(maker, []).append(index)
    ready = [index for index, needed in needs.items() if not needed]
    heapq.heapify(ready)
    while needs:
        index = heapq.heappop(ready) if ready else _in_circle(needs)
        missing = needs.pop(index)
        for user in users.get(index, ()):
            if user in needs:
                needs[user].discard(index)
                if not needs[user]:
                    heapq.heappush(ready, user)
        yield index, frozenset(str(operations[maker].bulk_id) for maker in missing)


def _in_circle(needs: Mapping[int, set[int]]) -> int:
    """Find an operation that waits, over others, for itself."""
    index, seen = next(iter(needs)), set[int]()
    while index not in seen:
        seen.add(index)
        index = min(needs[index])
    return index


def _name(value: Any) -> str | None:
    return value[len(PREFIX) :] if isinstance(value, str) and value.startswith(PREFIX) else None


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _names(one)
    elif (name := _name(value)) is not None:
        yield name


def _without(value: Any, names: AbstractSet[str]) -> Any:
    if isinstance(value, list):
        return [one for one in (_without(one, names) for one in value) if one is not _GONE]
    if not isinstance(value, dict):
        return _GONE if _name(value) in names else value
    kept = {name: _without(one, names) for name, one in value.items()}
    left = {name: one for name, one in kept.items() if one is not _GONE}
    lost_value = any(one is _GONE and name.lower() == "value" for name, one in kept.items())
    return _GONE if lost_value or (value and not left) else left
