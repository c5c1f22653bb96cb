"""Seats and tickets as the API writes them, whether they come from rows or from the rules."""

from __future__ import annotations

from typing import Any

from scim_portal.services import standings

Written = dict[str, Any]


def seat(found: Any) -> Written:
    """Write a seat; `found` is a row or a `rules.standing.Seat`."""
    names = ("license_type", "state", "since", "overage")
    return {name: getattr(found, name) for name in names} | {"source": source(found)}


def ticket(found: Any, position: int | None) -> Written:
    """Write a ticket with its place in the queue, None for a parked one."""
    names = ("license_type", "klass", "queue_priority", "number")
    return {name: getattr(found, name) for name in names} | {"position": position}


def source(found: Any) -> Written:
    """Write what a seat or ticket comes from."""
    if hasattr(found, "source"):
        columns = standings.source_columns(found.source)
        return columns | {"kind": columns["source_kind"]}
    return {
        "kind": found.source_kind,
        "rule_id": found.rule_id,
        "rule_name": found.rule_name,
        "policy_version": found.policy_version,
    }
