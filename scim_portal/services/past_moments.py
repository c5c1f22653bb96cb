"""How full the licenses were at a moment, and what became of whom between two: read from the ledger, exact at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import LicenseType, SeatEntry
from scim_portal.services import capacity_history

MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Use:
    """One license type at a moment; `limit` None is unlimited, `used` counts held seats too."""

    license_type: str
    name: str
    used: int
    limit: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What one person had of one type before and after a period; None is no seat."""

    user_id: str
    user_name: str
    license_type: str
    before: str | None
    after: str | None


def uses(ctx: Ctx, moment: datetime) -> list[Use]:
    """Tell how full each license type was right before a moment: its last entry says so, and its contract since then."""
    types = db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.key))
    return [_use(ctx, type, moment) for type in types]


def differences(ctx: Ctx, since: datetime, until: datetime) -> list[Difference] | None:
    """Tell who has another seat at the end of a period than at its beginning; None where it has too many entries."""
    columns = (SeatEntry.user_id, SeatEntry.user_name, SeatEntry.license_type, SeatEntry.from_state, SeatEntry.to_state)
    query = select(*columns).where(SeatEntry.portal_id == ctx.portal.id, SeatEntry.at >= since, SeatEntry.at < until)
    rows = db.session.execute(query.order_by(SeatEntry.at, SeatEntry.id).limit(MOST_ENTRIES + 1)).all()
    if len(rows) > MOST_ENTRIES:
        return None
    return [one for one in _net(rows) if one.before != one.after]


def _net(rows: Iterable[object]) -> list[Difference]:
    found: dict[tuple[str, str], Difference] = {}
    for user_id, name, key, before, after in rows:  # type: ignore[misc]
        if {before, after} & {"waiting", "parked"}:  # a ticket; seats have other states
            continue
        earlier = found.get((user_id, key))
        found[user_id, key] = Difference(user_id, name, key, earlier.before if earlier else before, after)
    return list(found.values())


def _use(ctx: Ctx, type: LicenseType, moment: datetime) -> Use:
    entry, last = _last(ctx, type.key, moment), moment - timedelta.resolution
    if last < type.created_at:
        return Use(type.key, type.name, 0, None, 0)  # there was nothing to be full yet
    since = entry.at if entry else type.created_at
    step = capacity_history.at(capacity_history.steps(ctx, type, since), last)
    if entry is None:
        return Use(type.key, type.name, 0, step.limit, 0)
    # What was written with a seat is certain; the contract tells what changed since.
    limit = entry.limit_after if entry.at >= step.at else step.limit
    return Use(type.key, type.name, entry.use_after, limit, entry.waiting_after)


def _last(ctx: Ctx, key: str, moment: datetime) -> Any:
    mine = (SeatEntry.portal_id == ctx.portal.id, SeatEntry.license_type == key, SeatEntry.at < moment)
    query = select(SeatEntry.at, SeatEntry.use_after, SeatEntry.limit_after, SeatEntry.waiting_after).where(*mine)
    # Entries of one instant were written in the order of their numbers, and ids follow it.
    return db.session.execute(query.order_by(SeatEntry.at.desc(), SeatEntry.id.desc()).limit(1)).one_or_none()
