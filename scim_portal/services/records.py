"""The records as admins read them: the ledger, the waitlist, the provisioning log, the admin actions. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import AdminAction, ProvisioningEntry, Seat, SeatEntry, Ticket, User
from scim_portal.services import cursors
from scim_portal.services.people import Page


def ledger(
    ctx: Ctx,
    *,
    user_id: str | None = None,
    license_type: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> Page:
    """List ledger entries (`SeatEntry`) in the order they were written, or the newest first; `until` is exclusive."""
    query = ledger_query(ctx, since=since, until=until)
    if user_id:
        query = query.where(SeatEntry.user_id == user_id)
    if license_type:
        query = query.where(SeatEntry.license_type == license_type)
    # Within a type numbers are the order, and have an index; by id, a type of few entries is looked for in all of them.
    order = SeatEntry.number if license_type and not user_id else SeatEntry.id
    return _in_order(query, order, cursor, limit, newest_first)


def ledger_query(ctx: Ctx, *, since: datetime | None = None, until: datetime | None = None) -> Select[Any]:
    """Select the ledger entries of a period."""
    query = scoped(SeatEntry, ctx)
    if since:
        query = query.where(SeatEntry.at >= since)
    return query.where(SeatEntry.at < until) if until else query


def waitlist(ctx: Ctx, *, license_type: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page:
    """List live tickets with their users, (Ticket, User) in queue order, type by type."""
    query = (
        select(Ticket, User)
        .join(User, (User.portal_id == Ticket.portal_id) & (User.id == Ticket.user_id))
        .where(Ticket.portal_id == ctx.portal.id, Ticket.parked_until.is_(None))
    )
    if license_type:
        query = query.where(Ticket.license_type == license_type)
    place = (Ticket.license_type, Ticket.klass, Ticket.queue_priority, Ticket.number)
    if keys := cursors.decode(cursor, str, int, int, int):
        query = query.where(tuple_(*place) > tuple_(*keys))
    size = cursors.limit(limit)
    rows = [tuple(row) for row in db.session.execute(query.order_by(*place).limit(size + 1))]
    last = rows[size - 1][0] if len(rows) > size else None
    following = last and cursors.encode(last.license_type, last.klass, last.queue_priority, last.number)
    return Page(rows[:size], following)


def provisioning(
    ctx: Ctx,
    *,
    failed: bool = False,
    resource_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page:
    """List what identity providers asked for (`ProvisioningEntry`), newest first."""
    query = scoped(ProvisioningEntry, ctx)
    if failed:
        query = query.where(ProvisioningEntry.status >= 400)
    if resource_id:
        query = query.where(ProvisioningEntry.resource_id == resource_id)
    return _in_order(query, ProvisioningEntry.id, cursor, limit, True)


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
    return _in_order(query, AdminAction.id, cursor, limit, True)


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


def _in_order(query: Select[Any], column: Any, cursor: str | None, limit: int | None, newest_first: bool) -> Page:
    """Give a page in the order of a column that is never the same twice."""
    if keys := cursors.decode(cursor, column.type.python_type):
        query = query.where(column < keys[0] if newest_first else column > keys[0])
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.order_by(column.desc() if newest_first else column).limit(size + 1)))
    last = getattr(rows[size - 1], column.key) if len(rows) > size else None
    return Page(rows[:size], None if last is None else cursors.encode(last))
