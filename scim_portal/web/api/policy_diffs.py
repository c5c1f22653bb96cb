"""What differs between two policy documents, as data."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def between(before: Document, after: Document) -> dict[str, Any]:
    """Tell what a document changed in the one before it, rule by rule."""
    old, new = ({rule["id"]: rule for rule in one["rules"]} for one in (before, after))
    kept = [id for id in new if id in old]
    return {
        "added": [_name(rule) for id, rule in new.items() if id not in old],
        "removed": [_name(rule) for id, rule in old.items() if id not in new],
        "changed": [
            _name(new[id]) | {"fields_changed": _different(old[id], new[id])} for id in kept if old[id] != new[id]
        ],
        "moved": kept != [id for id in old if id in new],
        "defaults": _different(before["defaults"], after["defaults"]),
        "families": _different(before["families"], after["families"]),
    }


def _name(rule: Document) -> Document:
    return {"id": rule["id"], "name": rule["name"]}


def _different(before: Document, after: Document) -> list[str]:
    """Name the members that differ; being there with null is not the same as being absent."""
    absent = object()
    return sorted(name for name in {*before, *after} if before.get(name, absent) != after.get(name, absent))
