"""What is due now: settle times and holds that are over, parked tickets, ended overrides, lapsed and renewed contracts.

Found by index, settled in small transactions of their own; late is harmless, twice as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select, union

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import AdminSession, ContractLine, Freeze, LicenseType, Override, Seat, Ticket
from scim_portal.services import licensing
from scim_portal.services.seats import Cause

BATCH = 100


def due_users(ctx: Ctx, *, most: int = BATCH) -> Sequence[str]:
    """Name some users for whom a time has run out."""
    portal = ctx.portal.id
    seats = select(Seat.user_id).where(Seat.portal_id == portal, Seat.due_at <= ctx.now)
    tickets = select(Ticket.user_id).where(Ticket.portal_id == portal, Ticket.parked_until <= ctx.now)
    overrides = select(Override.user_id).where(Override.portal_id == portal, Override.ends_at <= ctx.now)
    freezes = select(Freeze.user_id).where(Freeze.portal_id == portal, Freeze.until <= ctx.now)
    return db.session.scalars(union(seats, tickets, overrides, freezes).limit(most)).all()


def settle_due(ctx: Ctx, user_ids: Sequence[str]) -> None:
    """Settle them; overrides and freezes that ended are taken away first."""
    ended = (Override.portal_id == ctx.portal.id) & Override.user_id.in_(user_ids) & (Override.ends_at <= ctx.now)
    db.session.execute(delete(Override).where(ended))
    thawed = (Freeze.portal_id == ctx.portal.id) & Freeze.user_id.in_(user_ids) & (Freeze.until <= ctx.now)
    db.session.execute(delete(Freeze).where(thawed))
    licensing.settle(ctx, user_ids, cause=Cause("clock", ctx.request_id))


def dated_families(ctx: Ctx) -> Sequence[str]:
    """Name the families with contract lines that start or end at some time, whose capacity the clock can change."""
    query = (
        select(LicenseType.family)
        .join(
            ContractLine,
            (ContractLine.portal_id == LicenseType.portal_id) & (ContractLine.license_type == LicenseType.key),
        )
        .where(LicenseType.portal_id == ctx.portal.id)
        .where(or_(ContractLine.starts_at.is_not(None), ContractLine.ends_at.is_not(None)))
    )
    return db.session.scalars(query.distinct().order_by(LicenseType.family)).all()


def sweep(ctx: Ctx) -> None:
    """Remove sign-in sessions that ended."""
    ended = (AdminSession.portal_id == ctx.portal.id) & (AdminSession.expires_at <= ctx.now)
    db.session.execute(delete(AdminSession).where(ended))
