"""The records as admins read them: the ledger, the waitlist, the provisioning log, the admin actions. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal_column, select, tuple_

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid
from scim_portal.models import AdminAction, LicenseType, ProvisioningEntry, Seat, SeatEntry, Ticket, User
from scim_portal.services import cursors, pages
from scim_portal.services.pages import Page


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which ledger entries are wanted; `until` is exclusive. Without `user_ids` those of everybody."""

    user_ids: Sequence[str] | None = None
    license_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    event: str | None = None
    rule_id: str | None = None


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of the provisioning log are wanted; `until` is exclusive. `status` is a number or a class such as `4xx`."""

    failed: bool = False
    status: str | None = None
    method: str | None = None
    kind: str | None = None
    resource_ids: Sequence[str] | None = None
    connector_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def ledger(
    ctx: Ctx,
    wanted: LedgerFilter = LedgerFilter(),
    *,
    cursor: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> Page:
    """List ledger entries (`SeatEntry`) in the order they were written, or the newest first."""
    order: tuple[Any, ...] = (SeatEntry.id,)
    if wanted.since or wanted.until:
        order = (SeatEntry.at, SeatEntry.id)
    elif wanted.license_type and not wanted.user_ids:
        # Within a type numbers are the order, and have an index; by id, a type of few entries is looked for in all of them.
        order = (SeatEntry.number,)
    sifted = [column == value for column, value in _sifting(wanted) if value]
    return pages.page(
        _ledger(ctx, wanted),
        SeatEntry,
        order,
        sifted,
        cursor,
        limit,
        newest_first=newest_first,
        few=bool(wanted.user_ids),
    )


def ledger_query(ctx: Ctx, wanted: LedgerFilter) -> Select[Any]:
    """Select all ledger entries that are wanted, in no order."""
    return _ledger(ctx, wanted).where(*(column == value for column, value in _sifting(wanted) if value))


def ledger_total(ctx: Ctx, wanted: LedgerFilter) -> tuple[int, bool] | tuple[None, bool]:
    """Count the entries that are wanted, where that is cheap; True says that there are more."""
    if any(value for _, value in _sifting(wanted)):
        return None, False
    if wanted.user_ids or wanted.since or wanted.until:
        return pages.total(_ledger(ctx, wanted), SeatEntry)
    written = select(func.sum(LicenseType.next_entry - 1)).where(LicenseType.portal_id == ctx.portal.id)
    if wanted.license_type:
        written = written.where(LicenseType.key == wanted.license_type)
    return db.session.scalar(written) or 0, False


def waitlist(
    ctx: Ctx,
    *,
    license_type: str | None = None,
    user_ids: Sequence[str] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page:
    """List live tickets with their users, (Ticket, User) in queue order, type by type."""
    query = (
        select(Ticket, User)
        .join(User, (User.portal_id == Ticket.portal_id) & (User.id == Ticket.user_id))
        .where(Ticket.portal_id == ctx.portal.id, Ticket.parked_until.is_(None))
    )
    if license_type:
        query = query.where(Ticket.license_type == license_type)
    if user_ids is not None:
        query = query.where(Ticket.user_id.in_(user_ids))
    place = (Ticket.license_type, Ticket.klass, Ticket.queue_priority, Ticket.number)
    if keys := cursors.decode(cursor, str, int, int, int):
        query = query.where(tuple_(*place) > tuple_(*keys))
    size = cursors.limit(limit)
    rows = [tuple(row) for row in db.session.execute(query.order_by(*place).limit(size + 1))]
    last = rows[size - 1][0] if len(rows) > size else None
    following = last and cursors.encode(last.license_type, last.klass, last.queue_priority, last.number)
    return Page(rows[:size], following)


def provisioning(
    ctx: Ctx, wanted: LogFilter = LogFilter(), *, cursor: str | None = None, limit: int | None = None
) -> Page:
    """List what identity providers asked for (`ProvisioningEntry`), newest first."""
    line = ProvisioningEntry
    order: tuple[Any, ...] = (line.at, line.id) if wanted.since or wanted.until else (line.id,)
    return pages.page(
        _log(ctx, wanted),
        line,
        order,
        _log_sifting(wanted),
        cursor,
        limit,
        newest_first=True,
        few=bool(wanted.resource_ids),
    )


def log_query(ctx: Ctx, wanted: LogFilter) -> Select[Any]:
    """Select all lines of the log that are wanted, in no order."""
    return _log(ctx, wanted).where(*_log_sifting(wanted))


def log_total(ctx: Ctx, wanted: LogFilter) -> tuple[int, bool] | tuple[None, bool]:
    """Count the lines that are wanted, where that is cheap; True says that there are more."""
    return (None, False) if _log_sifting(wanted) else pages.total(_log(ctx, wanted), ProvisioningEntry)


def admin_actions(
    ctx: Ctx, *, object_kind: str | None = None, object_id: str | None = None, cursor: str | None = None,
    limit: int | None = None,
) -> Page:  # fmt: skip
    """List what admins did (`AdminAction`), newest first."""
    query = scoped(AdminAction, ctx)
    if object_kind:
        query = query.where(AdminAction.object_kind == object_kind)
    if object_id:
        query = query.where(AdminAction.object_id == object_id)
    return pages.page(query, AdminAction, (AdminAction.id,), [], cursor, limit, newest_first=True)


def seats_query(ctx: Ctx) -> Select[Any]:
    """Select every seat with its user, (Seat, User), in a fixed order."""
    return (
        select(Seat, User)
        .join(User, (User.portal_id == Seat.portal_id) & (User.id == Seat.user_id))
        .where(Seat.portal_id == ctx.portal.id)
        .order_by(Seat.license_type, Seat.user_id)
    )


def stream(query: Select[Any], *, chunk: int = 1000) -> Iterator[Any]:
    """Run a query row by row in constant memory; `db.snapshot` comes first."""
    yield from db.session.execute(query.execution_options(yield_per=chunk))


def _ledger(ctx: Ctx, wanted: LedgerFilter) -> Select[Any]:
    query = _between(scoped(SeatEntry, ctx), SeatEntry.at, wanted.since, wanted.until)
    if wanted.user_ids is not None:
        query = query.where(SeatEntry.user_id.in_(wanted.user_ids))
    return query.where(SeatEntry.license_type == wanted.license_type) if wanted.license_type else query


def _sifting(wanted: LedgerFilter) -> list[tuple[Any, str | None]]:
    """Give the conditions that no index answers."""
    return [(SeatEntry.event, wanted.event), (SeatEntry.rule_id, wanted.rule_id)]


def _log(ctx: Ctx, wanted: LogFilter) -> Select[Any]:
    query = _between(scoped(ProvisioningEntry, ctx), ProvisioningEntry.at, wanted.since, wanted.until)
    if wanted.failed:
        query = query.where(ProvisioningEntry.status >= literal_column("400"))  # as its index says it
    if wanted.resource_ids is not None:
        query = query.where(ProvisioningEntry.resource_id.in_(wanted.resource_ids))
    return query


def _log_sifting(wanted: LogFilter) -> list[Any]:
    line = ProvisioningEntry
    pairs = ((line.method, wanted.method), (line.resource_kind, wanted.kind), (line.connector_id, wanted.connector_id))
    found = [column == value for column, value in pairs if value]
    if wanted.status:
        low, high = _statuses(wanted.status)
        found.append(line.status.between(low, high))
    return found


def _statuses(text: str) -> tuple[int, int]:
    if text.isascii() and text.isdigit() and len(text) == 3:
        return int(text), int(text)
    if len(text) == 3 and text[0] in "12345" and text[1:] == "xx":
        return int(text[0]) * 100, int(text[0]) * 100 + 99
    raise Invalid("A status is a number such as 409, or a class such as 4xx.", field="status", value=text)


def _between(query: Select[Any], column: Any, since: datetime | None, until: datetime | None) -> Select[Any]:
    if since:
        query = query.where(column >= since)
    return query.where(column < until) if until else query
