"""How many seats of each type were bought, at any instant, from the contract lines in force. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from scim_portal.context import Ctx
from scim_portal.models import ContractLine
from scim_portal.prepared import Prepared

Capacity = int | None
_LINE = ContractLine.__table__.c
_IN_FORCE = select(_LINE.license_type, _LINE.quantity).where(
    _LINE.portal_id == bindparam("portal"),
    or_(_LINE.starts_at.is_(None), _LINE.starts_at <= bindparam("moment")),
    or_(_LINE.ends_at.is_(None), _LINE.ends_at > bindparam("moment")),
)
_IN_FORCE_OF = Prepared(_IN_FORCE.where(_LINE.license_type.in_(bindparam("keys", expanding=True))))
_ALL_IN_FORCE = Prepared(_IN_FORCE)


def at(ctx: Ctx, moment: datetime, keys: Collection[str] | None = None) -> dict[str, Capacity]:
    """Sum the lines in force at a moment per licence type; None is unlimited, a type without lines is absent."""
    if keys is None:
        rows = _ALL_IN_FORCE.all(portal=ctx.portal.id, moment=moment)
    else:
        rows = _IN_FORCE_OF.all(portal=ctx.portal.id, moment=moment, keys=keys) if keys else []
    return totals((key, quantity) for key, quantity in rows)


def totals(lines: Iterable[tuple[str, Capacity]]) -> dict[str, Capacity]:
    """Add up the quantities of lines in force, given as (licence type, quantity)."""
    found: dict[str, Capacity] = {}
    for key, quantity in lines:
        before = found.get(key, 0)
        found[key] = None if quantity is None or before is None else before + quantity
    return found


def limit(capacity: Capacity, allowance: int, percent: int | None = None) -> Capacity:
    """Add the overage allowance, so many seats or a percentage rounded down; nothing where nothing was bought (L1)."""
    if capacity is None:
        return None
    more = allowance if percent is None else capacity * percent // 100
    return capacity + more if capacity > 0 else 0
