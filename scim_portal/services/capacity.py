"""How many seats of each type were bought, at any instant, from the contract lines in force. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import ContractLine

Capacity = int | None


def at(ctx: Ctx, moment: datetime, keys: Collection[str] | None = None) -> dict[str, Capacity]:
    """Sum the lines in force at a moment per licence type; None is unlimited, a type without lines is absent."""
    started = or_(ContractLine.starts_at.is_(None), ContractLine.starts_at <= moment)
    lasting = or_(ContractLine.ends_at.is_(None), ContractLine.ends_at > moment)
    query = select(ContractLine.license_type, ContractLine.quantity).where(
        ContractLine.portal_id == ctx.portal.id, started, lasting
    )
    if keys is not None:
        query = query.where(ContractLine.license_type.in_(keys))
    totals: dict[str, Capacity] = {}
    for key, quantity in db.session.execute(query):
        before = totals.get(key, 0)
        totals[key] = None if quantity is None or before is None else before + quantity
    return totals


def limit(capacity: Capacity, allowance: int) -> Capacity:
    """Add the overage allowance, which is nothing where nothing was bought (L1)."""
    if capacity is None:
        return None
    return capacity + allowance if capacity > 0 else 0
