"""The one writer of seats, tickets and the ledger: it writes what an allocation decided, and counts along.

Called by `licensing`, and by `queue_places` for a ticket's priority, under the locks of the licence types they touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from rules.allocate import Change
from rules.standing import Seat, SeatState, Ticket
from scim_portal import models
from scim_portal.context import ActorKind, Ctx
from scim_portal.db import db, insert
from scim_portal.ids import new_id
from scim_portal.prepared import Prepared
from scim_portal.services.standings import source_columns

# Columns that older entries do not know; None is left out of new entries too, so that both fold alike.
LATER = frozenset({"given_priority"})
_CAUSES = {ActorKind.SCIM: "scim", ActorKind.CLOCK: "clock"}


@dataclass(frozen=True, slots=True)
class Cause:
    """What set the change off: `scim`, `policy`, `admin`, `clock` or `capacity`, and its id."""

    kind: str
    id: str | None


@dataclass(slots=True)
class Tally:
    """The counters of one licence type as the ledger advances, beside its limit."""

    key: str
    limit: int | None
    used: int
    held: int
    waiting: int
    suspended: int
    next_ticket: int
    next_entry: int


def cause_of(ctx: Ctx) -> Cause:
    """Name the cause that follows from who acts."""
    return Cause(_CAUSES.get(ctx.actor.kind, "admin"), ctx.request_id)


def apply(ctx: Ctx, changes: Iterable[Change], tallies: Mapping[str, Tally], cause: Cause) -> None:
    """Write changes in their order: rows, counters, and one ledger entry each."""
    writer = _Writer(ctx, tallies, cause)
    for change in changes:
        writer.add(change)
    writer.flush()


def rename(ctx: Ctx, user_id: str, name: str) -> set[str]:
    """Write another name into a user's ledger entries, as only erasing a person may; gives the names that stood there."""
    mine = (models.SeatEntry.portal_id == ctx.portal.id) & (models.SeatEntry.user_id == user_id)
    former = set(db.session.scalars(select(models.SeatEntry.user_name).where(mine).distinct()))
    db.session.execute(update(models.SeatEntry).where(mine).values(user_name=name))
    return former


class _Writer:
    def __init__(self, ctx: Ctx, tallies: Mapping[str, Tally], cause: Cause) -> None:
        self.ctx = ctx
        self.tallies = tallies
        self.cause = cause
        self.seats: dict[tuple[str, str], dict[str, Any] | None] = {}
        self.tickets: dict[tuple[str, str], dict[str, Any] | None] = {}
        self.entries: list[dict[str, Any]] = []

    def add(self, change: Change) -> None:
        tally = self.tallies[change.license_type]
        key = (change.user_id, change.license_type)
        for state, step in ((change.before, -1), (change.after, 1)):
            _count(tally, state, step)
        if isinstance(change.before or change.after, Seat):
            self.seats[key] = _seat_row(change.after) if isinstance(change.after, Seat) else None
        else:
            self.tickets[key] = _ticket_row(change.after) if isinstance(change.after, Ticket) else None
        self.entries.append(self._entry(change, tally))
        self.ctx.effects.append(
            {"user_id": change.user_id, "license_type": change.license_type, "event": str(change.event)}
        )

    def flush(self) -> None:
        _store(models.Seat.__table__, self.seats, self.ctx.portal.id)
        _store(models.Ticket.__table__, self.tickets, self.ctx.portal.id)
        if self.entries:
            _ENTRY.each(self.entries)
            touched = {entry["license_type"] for entry in self.entries}
            _COUNTERS.each([self._counters(self.tallies[key]) for key in sorted(touched)])

    def _counters(self, tally: Tally) -> dict[str, Any]:
        return {
            "portal": self.ctx.portal.id, "type": tally.key, "used": tally.used, "held": tally.held, "waiting": tally.waiting,
            "suspended": tally.suspended, "next_ticket": tally.next_ticket, "next_entry": tally.next_entry,
        }  # fmt: skip

    def _entry(self, change: Change, tally: Tally) -> dict[str, Any]:
        ctx, number = self.ctx, tally.next_entry
        tally.next_entry += 1
        ticket = next((one for one in (change.after, change.before) if isinstance(one, Ticket)), None)
        return {
            "portal_id": ctx.portal.id, "portal": ctx.portal.id, "id": new_id(), "at": ctx.now, "number": number,
            "license_type": change.license_type,
            "event": str(change.event), "user_id": change.user_id, "whose": change.user_id,
            "from_state": _state(change.before), "to_state": _state(change.after), "after": _snapshot(change.after),
            "reason_code": str(change.reason_code), "reason_text": change.reason_text, "rule_id": change.source.rule_id,
            "policy_version": change.source.policy_version, "cause_kind": self.cause.kind, "cause_id": self.cause.id,
            "actor_kind": ctx.actor.kind, "actor_id": ctx.actor.id, "actor_name": ctx.actor.name, "ip": ctx.actor.ip,
            "request_id": ctx.request_id, "use_after": tally.used, "held_after": tally.held, "limit_after": tally.limit,
            "waiting_after": tally.waiting,
            "ticket_no": ticket.number if ticket else None, "related_user_id": change.related_user_id,
        }  # fmt: skip


_TYPE = models.LicenseType.__table__
_COUNTERS = Prepared(update(_TYPE).where(_TYPE.c.portal_id == bindparam("portal"), _TYPE.c.key == bindparam("type")))


def _entry_insert() -> Any:
    # The name as it is at the event is read by the statement itself, which saves a query on every write.
    name = select(models.User.user_name).where(
        models.User.portal_id == bindparam("portal"), models.User.id == bindparam("whose")
    )
    return insert(models.SeatEntry.__table__).values(user_name=name.scalar_subquery())


_ENTRY = Prepared(build=_entry_insert)


@cache
def _upsert(table: Any) -> Prepared:
    return Prepared(build=lambda: _upserting(table))


def _upserting(table: Any) -> Any:
    statement = insert(table)
    changes = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=[*table.primary_key.columns], set_=changes)


@cache
def _delete(table: Any) -> Prepared:
    mine = (table.c.portal_id == bindparam("portal")) & (table.c.user_id == bindparam("whose"))
    return Prepared(delete(table).where(mine & (table.c.license_type == bindparam("type"))))


def _store(table: Any, rows: Mapping[tuple[str, str], dict[str, Any] | None], portal: str) -> None:
    gone = [{"portal": portal, "whose": user, "type": key} for (user, key), row in rows.items() if row is None]
    kept = [{"portal_id": portal} | row for row in rows.values() if row is not None]
    _delete(table).each(gone)
    _upsert(table).each(kept)


def _count(tally: Tally, state: Seat | Ticket | None, step: int) -> None:
    if isinstance(state, Seat):
        tally.used += step if state.uses_capacity else 0
        tally.held += step if state.state is SeatState.HELD else 0
        tally.suspended += step if state.state is SeatState.SUSPENDED else 0
    elif isinstance(state, Ticket):
        tally.waiting += step if state.parked_until is None else 0
        tally.next_ticket = max(tally.next_ticket, state.number + 1)


def _state(state: Seat | Ticket | None) -> str | None:
    if isinstance(state, Seat):
        return str(state.state)
    return None if state is None else "waiting" if state.parked_until is None else "parked"


def _seat_row(seat: Seat) -> dict[str, Any]:
    return {
        "user_id": seat.user_id, "license_type": seat.license_type, "state": str(seat.state), "overage": seat.overage,
        "assigned_at": seat.assigned_at, "since": seat.since, "due_at": seat.due_at, **source_columns(seat.source),
    }  # fmt: skip


def _ticket_row(ticket: Ticket) -> dict[str, Any]:
    return {
        "user_id": ticket.user_id, "license_type": ticket.license_type, "klass": ticket.klass,
        "queue_priority": ticket.queue_priority, "number": ticket.number, "entry": ticket.entry, "since": ticket.since,
        "parked_until": ticket.parked_until, "given_priority": ticket.given_priority, **source_columns(ticket.source),
    }  # fmt: skip


def _snapshot(state: Seat | Ticket | None) -> dict[str, Any] | None:
    """Write a whole state as JSON, so that folding the ledger gives the rows back."""
    if state is None:
        return None
    row = _seat_row(state) if isinstance(state, Seat) else _ticket_row(state)
    kind = "seat" if isinstance(state, Seat) else "ticket"
    return {"kind": kind} | {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
        if not (value is None and name in LATER)
    }
