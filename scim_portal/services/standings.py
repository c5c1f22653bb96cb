"""What people hold and await, read from the rows: standings for some people, and the book behind the queues.

The book is read lazily and under the locks of `licensing`; nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, cast, null, select, union_all

from rules.decide import Decision, Kind, Source
from rules.standing import Seat, SeatState, Standing, Ticket
from scim_portal import models
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.prepared import Prepared
from scim_portal.services import work

Decided = Callable[[str], Decision]
CHUNK = 500
FIRST_PAGE, NEXT_PAGES = 8, 200
_SEAT = models.Seat.__table__.c
_TICKET = models.Ticket.__table__.c
_TYPE = models.LicenseType.__table__.c
_SHARED = ("user_id", "license_type", "since", "source_kind", "rule_id", "rule_name", "policy_version")
_OF_SEATS = ("state", "overage", "assigned_at", "due_at")
_OF_TICKETS = ("klass", "queue_priority", "number", "entry", "parked_until", "given_priority")


def _part(mine: Any, others: Any, own: Sequence[str], foreign: Sequence[str]) -> Any:
    """Select one table's rows in the shape that both share, so that one statement reads seats and tickets."""
    empty = {name: cast(null(), others[name].type).label(name) for name in foreign}
    columns = {name: mine[name] for name in (*_SHARED, *own)} | empty
    ordered = [columns[name] for name in (*_SHARED, *_OF_SEATS, *_OF_TICKETS)]
    return select(*ordered).where(
        mine.portal_id == bindparam("portal"), mine.user_id.in_(bindparam("users", expanding=True))
    )


_STANDINGS = Prepared(
    union_all(_part(_SEAT, _TICKET, _OF_SEATS, _OF_TICKETS), _part(_TICKET, _SEAT, _OF_TICKETS, _OF_SEATS))
)


def load(ctx: Ctx, user_ids: Iterable[str]) -> dict[str, Standing]:
    """Read the standing of each of these users; nobody is left out."""
    ids = list(user_ids)
    found: dict[str, Standing] = {}
    for start in range(0, len(ids), CHUNK):
        found |= _chunk(ctx, ids[start : start + CHUNK])
    return found


def first_in_queues(ctx: Ctx, most: int) -> list[tuple[str, datetime]]:
    """Give who stands first in each queue of the portal, and since when."""
    mine = select(_TYPE.key).where(_TYPE.portal_id == ctx.portal.id, _TYPE.waiting > 0).order_by(_TYPE.key)
    found: list[tuple[str, datetime]] = []
    for key in db.session.scalars(mine).all():
        live = select(_TICKET.user_id, _TICKET.since).where(
            _TICKET.portal_id == ctx.portal.id, _TICKET.license_type == key, _TICKET.parked_until.is_(None)
        )
        order = (_TICKET.klass, _TICKET.queue_priority, _TICKET.number)
        found += [(id, since) for id, since in db.session.execute(live.order_by(*order).limit(most))]
    return found


class SqlBook:
    """The people who are not evaluated but may be touched (see `rules.standing.Book`).

    `waiting` and `suspended` name the types that have live tickets or suspended seats at all: the counters know. `decided`
    decides what somebody wishes, by what is committed about them. While a job has yet to settle people, claims of theirs
    that the policy in force does not know are passed over: met, they would be taken back by the job (L10.2).
    """

    def __init__(
        self, ctx: Ctx, besides: Collection[str], waiting: Collection[str], suspended: Collection[str], decided: Decided
    ) -> None:
        self.ctx = ctx
        self.decided = decided
        self.besides = besides
        self.with_queue = waiting
        self.with_suspended = suspended

    def queue(self, key: str) -> Iterator[Standing]:
        """Yield those with a live ticket of the type, in queue order."""
        order = (_TICKET.klass, _TICKET.queue_priority, _TICKET.number)
        if key in self.with_queue:
            yield from self._of_today(key, self._pages(_TICKET, key, order, _TICKET.parked_until.is_(None)))

    def holds(self, key: str) -> Iterator[Standing]:
        """Yield those with a held seat of the type, oldest hold first."""
        yield from self._pages(_SEAT, key, (_SEAT.since, _SEAT.user_id), _SEAT.state == SeatState.HELD)

    def suspended(self, key: str) -> Iterator[Standing]:
        """Yield those with a suspended seat of the type, first assigned first."""
        if key in self.with_suspended:
            found = self._pages(_SEAT, key, (_SEAT.assigned_at, _SEAT.user_id), _SEAT.state == SeatState.SUSPENDED)
            yield from self._of_today(key, found)

    @cached_property
    def is_unsettled(self) -> bool:
        """Tell whether claims may be of yesterday."""
        return work.is_settling(self.ctx)

    def _of_today(self, key: str, found: Iterator[Standing]) -> Iterator[Standing]:
        for one in found:
            wishes = self.decided(one.user_id).families.values() if self.is_unsettled else None
            if wishes is None or any(key in wish.chain for wish in wishes):
                yield one

    def chain(self, user_id: str, family: str) -> tuple[str, ...]:
        """Give what somebody wishes of a family, best first."""
        return self.decided(user_id).families[family].chain

    def _pages(self, table: Any, key: str, order: Sequence[Any], condition: Any) -> Iterator[Standing]:
        mine = select(table.user_id).where(table.portal_id == self.ctx.portal.id, table.license_type == key, condition)
        start, size = 0, FIRST_PAGE
        while True:  # rows stay as they are until the allocation is done, so offsets cannot shift
            ids = list(db.session.scalars(mine.order_by(*order).offset(start).limit(size)))
            standings = load(self.ctx, [id for id in ids if id not in self.besides])
            yield from standings.values()
            if len(ids) < size:
                return
            start, size = start + len(ids), NEXT_PAGES


def seat_of(row: Any) -> Seat:
    """Read a seat from its row."""
    return Seat(
        row.user_id,
        row.license_type,
        SeatState(row.state),
        row.assigned_at,
        row.since,
        _source(row),
        row.due_at,
        row.overage,
    )


def ticket_of(row: Any) -> Ticket:
    """Read a ticket from its row."""
    return Ticket(
        row.user_id, row.license_type, row.klass, row.queue_priority, row.number, row.entry, row.since, _source(row),
        row.parked_until, row.given_priority,
    )  # fmt: skip


def source_columns(source: Source) -> dict[str, Any]:
    """Write a source into the columns that seats and tickets share."""
    return {
        "source_kind": source.kind.value,
        "rule_id": source.rule_id,
        "rule_name": source.rule_name,
        "policy_version": source.policy_version,
    }


def _source(row: Any) -> Source:
    return Source(Kind(row.source_kind), row.rule_id, row.rule_name, row.policy_version)


def _chunk(ctx: Ctx, ids: list[str]) -> dict[str, Standing]:
    seats: dict[str, list[Seat]] = {}
    tickets: dict[str, list[Ticket]] = {}
    for row in _STANDINGS.all(portal=ctx.portal.id, users=ids) if ids else ():
        if row.state is not None:
            seats.setdefault(row.user_id, []).append(seat_of(row))
        else:
            tickets.setdefault(row.user_id, []).append(ticket_of(row))
    return {id: Standing(id, tuple(seats.get(id, ())), tuple(tickets.get(id, ()))) for id in ids}
