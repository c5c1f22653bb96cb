"""At most one value of a list is primary (RFC 7643 §2.4): the rule, for resources and for patches."""

from __future__ import annotations

from typing import Any

from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.tolerance import Tolerance


def settle(resource: dict[str, Any], tolerance: Tolerance) -> None:
    """Let one value per list be primary, in place: the first one if the tolerance says so, else refuse."""
    for name, value in resource.items():
        if isinstance(value, list):
            resource[name] = settled(name, value, tolerance)
        elif isinstance(value, dict):
            settle(value, tolerance)


def settled(path: str, values: list[Any], tolerance: Tolerance) -> list[Any]:
    """Return the list with at most one primary value."""
    marked = marks(values)
    if len(marked) < 2:
        return values
    if not tolerance.many_primaries:
        raise InvalidValue(f"{path} has {len(marked)} primary values; only one may be primary.", attribute=path)
    return only(values, marked[0])


def marks(values: list[Any]) -> list[int]:
    """List the places of primary values."""
    return [place for place, one in enumerate(values) if isinstance(one, dict) and one.get("primary") is True]


def only(values: list[Any], kept: int) -> list[Any]:
    """Return the list with one primary value left; the others say false, as RFC 7644 §3.5.2 asks."""
    return [
        {**one, "primary": False} if isinstance(one, dict) and one.get("primary") is True and place != kept else one
        for place, one in enumerate(values)
    ]
