"""What contracts will do to a license type, now and later: lapses, renewals, shrinking, reckoned with the seats of today (L11).

Nothing is written: the same reckoning explains the lines there are and previews those an admin is about to change.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Seat, User
from scim_portal.services import capacity
from scim_portal.services.capacity import Capacity
from scim_portal.services.capacity_history import Term
from scim_portal.services.catalog import Summary


class Kind(StrEnum):
    """What a change of capacity is to the people."""

    LAPSE = "lapse"
    RETURN = "return"
    SHRINK = "shrink"
    GROW = "grow"


@dataclass(frozen=True, slots=True)
class Event:
    """A change of the limit at a moment, with the seats as they will be then if nobody comes or goes.

    `suspended` seats lose their use at a lapse, and `ended` ones (held, or being released) are given up; `back` ones can be
    used again, of `suspended` that waited for it; `over` stand above the limit.
    """

    kind: Kind
    at: datetime
    before: Capacity
    limit: Capacity
    suspended: int = 0
    ended: int = 0
    back: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """The seats of a type: in use, settling or held, and suspended."""

    used: int
    suspended: int
    passing: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What changing the lines does: at once, later, and whether anybody gets less than without the change."""

    now: Event | None
    later: list[Event]
    is_loss: bool


def stands(ctx: Ctx, items: Sequence[Summary]) -> list[Stand]:
    """Count for each type the seats that a lapse would suspend, and those it would end; one statement for all types."""
    keys = [item.type.key for item in items]
    passing = (
        select(Seat.license_type, func.count().label("number"))
        .where(Seat.portal_id == ctx.portal.id, Seat.license_type.in_(keys), Seat.state.in_(("held", "releasing")))
        .group_by(Seat.license_type)
    )
    found = {row.license_type: row.number for row in db.session.execute(passing)}
    return [Stand(item.type.used, item.type.suspended, found.get(item.type.key, 0)) for item in items]


def terms(lines: Iterable[object]) -> list[Term]:
    """Take from contract lines what counts."""
    return [Term(line.quantity, line.starts_at, line.ends_at) for line in lines]  # type: ignore[attr-defined]


def events(item: Summary, seats: Stand, lines: Sequence[Term], now: datetime) -> list[Event]:
    """List what lies ahead, the next first."""
    found, before = [], limit_at(item, lines, now)
    for at in sorted(_turns(lines, now)):
        limit = limit_at(item, lines, at)
        if limit != before:
            event, seats = _step(at, before, limit, seats)
            found.append(event)
        before = limit
    return found


def compare(item: Summary, seats: Stand, before: Sequence[Term], after: Sequence[Term], now: datetime) -> Effect:
    """Tell what putting the lines `after` in the place of `before` would do."""
    was, will = limit_at(item, before, now), limit_at(item, after, now)
    at_once = None
    if was != will:
        at_once, seats = _step(now, was, will, seats)
    moments = [now, *_turns([*before, *after], now)]
    is_loss = any(_is_less(limit_at(item, after, at), limit_at(item, before, at)) for at in moments)
    return Effect(at_once, events(item, seats, after, now), is_loss)


def limit_at(item: Summary, lines: Iterable[Term], moment: datetime) -> Capacity:
    """Give the limit of a type under some lines."""
    bought = capacity.totals(("", line.quantity) for line in lines if line.counts(moment))
    return capacity.limit(bought.get("", 0), item.type.allowance, item.type.allowance_percent)


def gaps(lines: Sequence[Term]) -> list[tuple[datetime, datetime]]:
    """List the times between the first line's start and the last one's end in which nothing is bought."""
    if not lines or any(line.starts_at is None for line in lines):
        first = None
    else:
        first = min(line.starts_at for line in lines if line.starts_at)
    turns = sorted({turn for line in lines for turn in (line.starts_at, line.ends_at) if turn})
    spans = itertools.pairwise(turns)
    return [(start, end) for start, end in spans if (first is None or start >= first) and not _bought(lines, start)]


def holders(ctx: Ctx, key: str, *, most: int) -> list[tuple[str, str]]:
    """Name who would be suspended by a lapse, (id, user name), in the order in which they would come back."""
    query = (
        select(User.id, User.user_name)
        .join(Seat, (Seat.portal_id == User.portal_id) & (Seat.user_id == User.id))
        .where(Seat.portal_id == ctx.portal.id, Seat.license_type == key, Seat.state == "assigned")
    )
    rows = db.session.execute(query.order_by(Seat.assigned_at, Seat.user_id).limit(most))
    return [(row.id, row.user_name) for row in rows]


def _step(at: datetime, before: Capacity, limit: Capacity, seats: Stand) -> tuple[Event, Stand]:
    if limit == 0:
        lost = max(0, seats.used - seats.passing)
        event = Event(Kind.LAPSE, at, before, 0, suspended=lost, ended=seats.passing)
        return event, Stand(0, seats.suspended + lost, 0)
    room = seats.suspended if limit is None else max(0, limit - seats.used)
    back = min(seats.suspended, room)
    after = Stand(seats.used + back, seats.suspended - back, seats.passing)
    over = 0 if limit is None else max(0, seats.used - limit)
    kind = Kind.RETURN if before == 0 else Kind.SHRINK if _is_less(limit, before) else Kind.GROW
    return Event(kind, at, before, limit, suspended=seats.suspended, back=back, over=over), after


def _turns(lines: Iterable[Term], now: datetime) -> set[datetime]:
    return {turn for line in lines for turn in (line.starts_at, line.ends_at) if turn and turn > now}


def _bought(lines: Iterable[Term], moment: datetime) -> bool:
    return any(line.counts(moment) and line.quantity != 0 for line in lines)


def _is_less(one: Capacity, other: Capacity) -> bool:
    return one is not None and (other is None or one < other)
