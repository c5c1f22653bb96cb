"""How many seats of each type were bought, at any instant, from the contract lines in force. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import ContractLine

Capacity = int | None
_LINE = ContractLine.__table__.c
_IN_FORCE = select(_LINE.license_type, _LINE.quantity).where(
    _LINE.portal_id == bindparam("portal"),
    or_(_LINE.starts_at.is_(None), _LINE.starts_at <= bindparam("moment")),
    or_(_LINE.ends_at.is_(None), _LINE.ends_at > bindparam("moment")),
)
_IN_FORCE_OF = _IN_FORCE.where(_LINE.license_type.in_(bindparam("keys", expanding=True)))


def at(ctx: Ctx, moment: datetime, keys: Collection[str] | None = None) -> dict[str, Capacity]:
    """Sum the lines in force at a moment per licence type; None is unlimited, a type without lines is absent."""
    parameters = {"portal": ctx.portal.id, "moment": moment}
    if keys is None:
        rows = db.session.execute(_IN_FORCE, parameters)
    else:
        rows = db.session.execute(_IN_FORCE_OF, parameters | {"keys": list(keys)})
    totals: dict[str, Capacity] = {}
    for key, quantity in rows:
        before = totals.get(key, 0)
        totals[key] = None if quantity is None or before is None else before + quantity
    return totals


def limit(capacity: Capacity, allowance: int) -> Capacity:
    """Add the overage allowance, which is nothing where nothing was bought (L1)."""
    if capacity is None:
        return None
    return capacity + allowance if capacity > 0 else 0
