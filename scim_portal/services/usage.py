"""How many seats of a licence type were in use, day by day, from the ledger. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import ContractLine, LicenseType, SeatEntry
from scim_portal.services import capacity, catalog
from scim_portal.services.catalog import Summary


@dataclass(frozen=True, slots=True)
class Point:
    """Seats in use at the end of a day (or now, today), and the limit then; None is unlimited."""

    at: datetime
    used: int
    limit: int | None


def by_day(ctx: Ctx, item: Summary, *, days: int) -> list[Point]:
    """Give the last `days` days of one type, oldest first; a day without entries repeats the one before."""
    key = item.type.key
    midnight = datetime.combine(ctx.now.date(), time(), ctx.now.tzinfo)
    start = midnight - timedelta(days=days - 1)
    used = _last_before(ctx, key, start)
    ends = _at_day_ends(ctx, key, start)
    lines = catalog.lines(ctx, key)
    points = []
    for number in range(days):
        day = start + timedelta(days=number)
        used = ends.get(day.date().isoformat(), used)
        points.append(Point(day, used, _limit(lines, item.type, min(day + timedelta(days=1), ctx.now))))
    return points


def by_change(ctx: Ctx, item: Summary, *, most: int = 60) -> list[Point]:
    """Give the use after each of the latest changes of one type, oldest first, and the use now."""
    query = scoped(SeatEntry, ctx).where(SeatEntry.license_type == item.type.key)
    entries = list(db.session.scalars(query.order_by(SeatEntry.number.desc()).limit(most)))
    points = [Point(one.at, one.use_after, one.limit_after) for one in reversed(entries)]
    return [*points, Point(ctx.now, item.type.used, item.limit)]


def _last_before(ctx: Ctx, key: str, start: datetime) -> int:
    mine = select(SeatEntry.use_after).where(SeatEntry.portal_id == ctx.portal.id, SeatEntry.license_type == key)
    return db.session.scalar(mine.where(SeatEntry.at < start).order_by(SeatEntry.number.desc()).limit(1)) or 0


def _at_day_ends(ctx: Ctx, key: str, start: datetime) -> dict[str, int]:
    mine = (SeatEntry.portal_id == ctx.portal.id, SeatEntry.license_type == key)
    last = select(func.max(SeatEntry.number)).where(*mine, SeatEntry.at >= start).group_by(func.date(SeatEntry.at))
    rows = db.session.execute(select(SeatEntry.at, SeatEntry.use_after).where(*mine, SeatEntry.number.in_(last)))
    return {at.date().isoformat(): used for at, used in rows}


def _limit(lines: list[ContractLine], type: LicenseType, moment: datetime) -> int | None:
    """Add up the lines in force at a moment, given as rows; a line counts no earlier than it was written down."""
    total = 0
    for line in lines:
        if (line.starts_at or line.created_at) <= moment and (line.ends_at is None or line.ends_at > moment):
            if line.quantity is None:
                return None
            total += line.quantity
    return capacity.limit(total, type.allowance, type.allowance_percent)
