"""How many seats of a license type were used, held and waited for over a period, and the limit, from the ledger. Reads only.

Every ledger entry carries the numbers after it, so each point is exact at its moment, by a handful of statements however long
the ledger is: a period in which little happened is given change by change, any other at the moments that are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import SeatEntry
from scim_portal.services import capacity_history, ledger_seek
from scim_portal.services.capacity_history import Step
from scim_portal.services.catalog import Summary

MOST_CHANGES = 60
_ENTRY = SeatEntry.__table__.c
_NUMBERS = select(
    _ENTRY.number, _ENTRY.at, _ENTRY.use_after, _ENTRY.held_after, _ENTRY.waiting_after, _ENTRY.limit_after
)
_ENTRIES = _NUMBERS.where(
    _ENTRY.portal_id == bindparam("portal"),
    _ENTRY.license_type == bindparam("type"),
    _ENTRY.number.in_(bindparam("numbers", expanding=True)),
)
Entry = Row[tuple[int, datetime, int, int | None, int, int | None]]


@dataclass(frozen=True, slots=True)
class Point:
    """The numbers right after a moment's events; a limit of None is unlimited. Held seats are among the used ones."""

    at: datetime
    used: int
    held: int
    waiting: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class History:
    """What a chart draws, oldest first, the last one being now; `is_complete` says that no change lies between points."""

    points: list[Point]
    is_complete: bool

    @property
    def peak(self) -> Point:
        """Give the point of highest use, the latest of several."""
        return max(reversed(self.points), key=lambda point: point.used)


def history(ctx: Ctx, item: Summary, moments: Sequence[datetime]) -> History:
    """Tell a type's numbers from the first of some moments until now.

    Moments at which the limit changed are added, and those before the type was made are left out.
    """
    made = item.type.created_at
    start = max(moments[0], made)
    limits = capacity_history.steps(ctx, item.type, start)
    newest = item.type.next_entry - 1
    asked = sorted({start, *(one for one in moments if start < one < ctx.now), *(step.at for step in limits)})
    numbers = ledger_seek.last_numbers(ctx, item.type.key, newest, asked)
    is_complete = newest - numbers[0] <= MOST_CHANGES
    if is_complete:
        entries = _entries(ctx, item.type.key, range(numbers[0], newest + 1))
        points = _at_changes(entries, limits, start)
    else:
        entries = _entries(ctx, item.type.key, set(numbers))
        points = [_point(at, entries.get(number), limits) for at, number in zip(asked, numbers, strict=True)]
    now = Point(ctx.now, item.type.used, item.type.held, item.type.waiting, item.limit)
    return History([*(one for one in points if one.at < ctx.now), now], is_complete)


def _entries(ctx: Ctx, key: str, numbers: Iterable[int]) -> dict[int, Entry]:
    wanted = {"portal": ctx.portal.id, "type": key, "numbers": sorted(numbers)}
    return {row.number: row for row in db.session.execute(_ENTRIES, wanted)}


def _at_changes(entries: dict[int, Entry], limits: list[Step], start: datetime) -> list[Point]:
    """Make a point of the beginning, and of each moment at which something changed."""
    last = {max(entry.at, start): entry for _, entry in sorted(entries.items())}
    found, entry = [], None
    for at in sorted({start, *last, *(step.at for step in limits)}):
        entry = last.get(at, entry)
        found.append(_point(at, entry, limits))
    return found


def _point(at: datetime, entry: Entry | None, limits: list[Step]) -> Point:
    step = capacity_history.at(limits, at)
    if entry is None:
        return Point(at, 0, 0, 0, step.limit)
    # What was written with a seat is certain; the contract tells what changed since.
    limit = entry.limit_after if entry.at >= step.at else step.limit
    return Point(at, entry.use_after, entry.held_after or 0, entry.waiting_after, limit)
