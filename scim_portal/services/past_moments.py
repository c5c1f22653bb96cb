"""How full the licenses were at a moment, and what became of whom between two: read from the ledger, exact at any time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import LicenseType, SeatEntry

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
    """Tell how full each license type was: its last entry up to the moment says so."""
    types = select(LicenseType.key, LicenseType.name).where(LicenseType.portal_id == ctx.portal.id)
    found = []
    for key, name in db.session.execute(types.order_by(LicenseType.key)):
        entry = _last(ctx, key, moment)
        found.append(Use(key, name, *(entry or (0, None, 0))))
    return found


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


def _last(ctx: Ctx, key: str, moment: datetime) -> tuple[int, int | None, int] | None:
    mine = (SeatEntry.portal_id == ctx.portal.id, SeatEntry.license_type == key, SeatEntry.at < moment)
    query = select(SeatEntry.use_after, SeatEntry.limit_after, SeatEntry.waiting_after).where(*mine)
    # Entries of one instant were written in the order of their numbers, and ids follow it.
    row = db.session.execute(query.order_by(SeatEntry.at.desc(), SeatEntry.id.desc()).limit(1)).one_or_none()
    return None if row is None else (row.use_after, row.limit_after, row.waiting_after)
