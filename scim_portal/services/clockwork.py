"""What is due now: settle times and holds that are over, parked tickets, ended overrides, lapsed and renewed contracts,
rules whose window opened or closed or whose freeze is over.

Found by index, settled in small transactions of their own; late is harmless, twice as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select, union, update

from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import (
    ContractLine,
    Freeze,
    LicenseType,
    Override,
    PolicyVersion,
    Portal,
    Seat,
    Ticket,
)
from scim_portal.services import licensing, rulebook, work
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


def windows_turned(ctx: Ctx) -> bool:
    """Tell whether a rule began or ceased to decide since somebody last looked; mostly a glance at the policy is enough."""
    last = _last_boundary(rulebook.glance(ctx), ctx.now)
    if last is None:
        return False
    seen = db.session.scalar(select(Portal.windows_seen_at).where(Portal.id == ctx.portal.id))
    return seen is None or seen < last


def follow_windows(ctx: Ctx) -> bool:
    """Have everybody settled because windows turned: one job for all boundaries up to now, whoever else looks at them too.

    Boundaries before the last publish need none, since publishing settles everybody. Gives whether a job was made.
    """
    last = _last_boundary(rulebook.glance(ctx), ctx.now)
    if last is None:
        return False
    unseen = or_(Portal.windows_seen_at.is_(None), Portal.windows_seen_at < last)
    mine = update(Portal).where(Portal.id == ctx.portal.id, unseen).values(windows_seen_at=ctx.now)
    if db.session.execute(mine.returning(Portal.id)).first() is None or last <= (_published_at(ctx) or last):
        return False
    work.enqueue(ctx, "settle_all", windows_until=last.isoformat())
    return True


def _last_boundary(policy: Policy, now: datetime) -> datetime | None:
    """Give the latest moment up to now at which a deciding rule's window opened or closed, or its freeze ended.

    A freeze holds off more people than those it keeps: whoever met the rest of the condition meanwhile got nothing (L9).
    """
    turns = (turn for rule in policy.active for turn in (rule.valid_from, rule.valid_until, rule.frozen_until))
    return max((turn for turn in turns if turn is not None and turn <= now), default=None)


def _published_at(ctx: Ctx) -> datetime | None:
    published = select(func.max(PolicyVersion.created_at)).where(
        PolicyVersion.portal_id == ctx.portal.id, PolicyVersion.job_id.is_not(None)
    )
    return db.session.scalar(published)
