"""The invariants of L12, checked against the rows as they stand: limits, families, queues, and the folded ledger.

Reads only, all of one moment, and says in sentences what does not agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from sqlalchemy import and_, case, func, select

from rules.standing import Pool, SeatState
from scim_portal.context import Ctx
from scim_portal.db import db, scoped, snapshot
from scim_portal.models import LicenseType, Seat, SeatEntry, Ticket
from scim_portal.services import licensing
from scim_portal.services.seats import LATER

MOST = 1000
TAKING = ("seat.granted", "seat.resumed")
Key = tuple[str, str, str]


def violations(ctx: Ctx) -> list[str]:
    """List what is wrong, at most 1,000 sentences; nothing is wrong when the list is empty."""
    snapshot()
    types = list(db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.key)))
    found = chain(
        _above_limit(ctx),
        _two_seats(ctx),
        _needless_waits(ctx, types),
        _counters(ctx, types),
        _gaps(ctx, types),
        _folded(ctx),
    )
    return list(islice(found, MOST))


def _above_limit(ctx: Ctx) -> Iterator[str]:
    """I1: no seat was ever given above the limit of that moment."""
    taken = scoped(SeatEntry, ctx).where(
        SeatEntry.event.in_(TAKING), SeatEntry.limit_after.is_not(None), SeatEntry.use_after > SeatEntry.limit_after
    )
    for entry in db.session.scalars(taken.order_by(SeatEntry.id).limit(MOST)):
        yield (
            f"I1: entry {entry.number} of {entry.license_type} gave {entry.user_name} a seat beyond the limit "
            f"({entry.use_after} of {entry.limit_after})."
        )


def _two_seats(ctx: Ctx) -> Iterator[str]:
    """I2: at most one seat that uses capacity per user and family."""
    query = (
        select(Seat.user_id, LicenseType.family, func.count())
        .join(LicenseType, and_(LicenseType.portal_id == Seat.portal_id, LicenseType.key == Seat.license_type))
        .where(Seat.portal_id == ctx.portal.id, Seat.state != SeatState.SUSPENDED)
        .group_by(Seat.user_id, LicenseType.family)
        .having(func.count() > 1)
    )
    for user, family, count in db.session.execute(query.limit(MOST)):
        yield f"I2: user {user} has {count} seats of the family {family} that use capacity."


def _needless_waits(ctx: Ctx, types: list[LicenseType]) -> Iterator[str]:
    """I3: nobody waits for a type that has room for them; a richer seat that is still settling keeps them from it (L4.3)."""
    pools = licensing.pools(ctx, types)
    ranks = {type.key: (type.family, type.rank) for type in types}
    for type in types:
        if not (type.waiting and _has_room(pools[type.key])):
            continue
        blocking = [key for key, (family, rank) in ranks.items() if family == type.family and rank >= type.rank]
        for user in db.session.scalars(_free_to_take(ctx, type.key, blocking).limit(MOST)):
            yield f"I3: user {user} waits for {type.key} although a seat is free."


def _has_room(pool: Pool) -> bool:
    return pool.capacity != 0 and (pool.limit is None or pool.used - pool.held < pool.limit)


def _free_to_take(ctx: Ctx, key: str, blocking: list[str]) -> Any:
    settling = (
        select(Seat.user_id)
        .where(Seat.portal_id == Ticket.portal_id, Seat.user_id == Ticket.user_id, Seat.license_type.in_(blocking))
        .where(Seat.state == SeatState.RELEASING)
        .exists()
    )
    return select(Ticket.user_id).where(
        Ticket.portal_id == ctx.portal.id, Ticket.license_type == key, Ticket.parked_until.is_(None), ~settling
    )


def _counters(ctx: Ctx, types: list[LicenseType]) -> Iterator[str]:
    """I6, in numbers: the counters of each type are what there is."""
    by_state = select(Seat.license_type, Seat.state, func.count()).where(Seat.portal_id == ctx.portal.id)
    counted = Counter(
        {(key, state): n for key, state, n in db.session.execute(by_state.group_by(Seat.license_type, Seat.state))}
    )
    live = select(Ticket.license_type, func.count()).where(
        Ticket.portal_id == ctx.portal.id, Ticket.parked_until.is_(None)
    )
    waiting = {key: number for key, number in db.session.execute(live.group_by(Ticket.license_type))}  # noqa: C416
    for type in types:
        using = sum(counted[type.key, state] for state in SeatState if state is not SeatState.SUSPENDED)
        present = {
            "used": using,
            "held": counted[type.key, SeatState.HELD],
            "suspended": counted[type.key, SeatState.SUSPENDED],
            "waiting": waiting.get(type.key, 0),
        }
        for name, number in present.items():
            if getattr(type, name) != number:
                yield f"I6: {type.key} counts {getattr(type, name)} {name}, but there are {number}."


def _gaps(ctx: Ctx, types: list[LicenseType]) -> Iterator[str]:
    """I6, in numbers: no ledger entry is missing."""
    query = select(SeatEntry.license_type, func.count(), func.max(SeatEntry.number))
    query = query.where(SeatEntry.portal_id == ctx.portal.id).group_by(SeatEntry.license_type)
    found = {key: (count, last) for key, count, last in db.session.execute(query)}
    for type in types:
        count, last = found.get(type.key, (0, 0))
        written = type.next_entry - 1
        if not count == last == written:
            yield f"I6: the ledger of {type.key} has {count} entries up to number {last}, but {written} were written."


def _folded(ctx: Ctx) -> Iterator[str]:
    """I6: the last entry about every seat and ticket is how it stands, and everything that stands has an entry."""
    live = _live(ctx)
    result = db.session.connection().execution_options(yield_per=1000).execute(_latest(ctx))
    for license_type, user, event, number, after in result:
        key = (license_type, user, event.partition(".")[0])
        row = live.pop(key, None)
        if after != row:
            yield f"I6: entry {number} of {license_type} leaves the {key[2]} of user {user} otherwise than it stands."
    for license_type, user, kind in sorted(live):
        yield f"I6: user {user} has a {kind} of {license_type} that the ledger does not know."


def _latest(ctx: Ctx) -> Any:
    """Select the last entry about each seat and ticket that is not known to be gone."""
    kind = case((SeatEntry.event.startswith("seat."), "seat"), else_="ticket")
    place = func.row_number().over(
        partition_by=(SeatEntry.license_type, SeatEntry.user_id, kind), order_by=SeatEntry.number.desc()
    )
    columns = (SeatEntry.license_type, SeatEntry.user_id, SeatEntry.event, SeatEntry.number, SeatEntry.after)
    ranked = (
        select(*columns, SeatEntry.to_state, place.label("place"))
        .where(SeatEntry.portal_id == ctx.portal.id)
        .subquery()
    )
    return select(*(ranked.c[column.key] for column in columns)).where(ranked.c.place == 1)


def _live(ctx: Ctx) -> dict[Key, dict[str, Any]]:
    found: dict[Key, dict[str, Any]] = {}
    for kind, model in (("seat", Seat), ("ticket", Ticket)):
        columns = [column for column in model.__table__.columns if column.name != "portal_id"]
        query = select(*columns).where(model.__table__.c.portal_id == ctx.portal.id)
        for row in db.session.connection().execution_options(yield_per=1000).execute(query):
            found[row.license_type, row.user_id, kind] = {"kind": kind} | {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in row._mapping.items()
                if not (value is None and name in LATER)
            }
    return found
