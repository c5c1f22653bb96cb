"""Users and groups as admins see them, deleted ones included: lists with search and filters, one person, one group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, tuple_

from scim_portal.context import Ctx
from scim_portal.db import db, scoped, unindexed
from scim_portal.errors import Invalid, NotFound
from scim_portal.ids import is_id
from scim_portal.models import Group, Seat, Ticket, User
from scim_portal.protocol.folding import fold_text
from scim_portal.protocol.sentences import say
from scim_portal.services import cursors, rosters, user_conditions
from scim_portal.services.pages import COUNTED, Page
from scim_portal.services.user_conditions import Conditions, Wanted

COUNTED_IN_INDEX = 200_000
SORTS = {
    "user_name": (User.user_name_folded, False), "-user_name": (User.user_name_folded, True), "created": (User.id, False),
    "-created": (User.id, True), "-updated": (User.updated_at, True),
}  # fmt: skip


def users(
    ctx: Ctx,
    wanted: Wanted,
    *,
    sort: str = "created",
    cursor: str | None = None,
    limit: int | None = None,
    count: bool = False,
) -> Page:
    """List users. Raises `Invalid` for an unknown sort, state or cursor, and the protocol's error for a bad filter.

    The total is counted with the first page, and goes from cursor to cursor.
    """
    column, descending = _order(sort)
    conditions = user_conditions.of(ctx, wanted)
    query = select(User.id, column.label("place")).where(*conditions.all)
    keys = cursors.decode(cursor, *((str, str, int, bool) if count else (str, str)))
    if keys:
        place, after = tuple_(column, User.id), tuple_(cursors.instant(column, keys[0]), keys[1])
        query = query.where(place < after if descending else place > after)
    order = _directed(column, descending, conditions)
    size = cursors.limit(limit)
    found = db.session.execute(query.order_by(*order).limit(size + 1)).all()
    more, found = len(found) > size, found[:size]
    total: tuple[int, bool] | tuple[()] = ()
    if count:
        total = (keys[2], keys[3]) if keys else (_total(conditions, wanted) if more else (len(found), False))
    next = cursors.encode(cursors.text(found[-1].place), found[-1].id, *total) if more else None
    return Page(by_id(ctx, [row.id for row in found]), next, *total)


def by_id(ctx: Ctx, ids: Sequence[str]) -> list[User]:
    """Read users, in the order of their ids as given."""
    if not ids:
        return []
    rows = {one.id: one for one in db.session.scalars(scoped(User, ctx).where(User.id.in_(ids)))}
    return [rows[id] for id in ids if id in rows]


def every_id(ctx: Ctx, wanted: Wanted, *, sort: str = "created") -> Any:
    """Select the ids of all users who are wanted, in order."""
    column, descending = _order(sort)
    conditions = user_conditions.of(ctx, wanted)
    return select(User.id).where(*conditions.all).order_by(*_directed(column, descending, conditions))


def user(ctx: Ctx, id: str) -> User:
    """Find a user, deleted or not. Raises `NotFound`."""
    found = db.session.scalar(scoped(User, ctx).where(User.id == id)) if is_id(id) else None
    if found is None:
        raise NotFound("There is no such user in this portal.", field="id", value=id)
    return found


def group(ctx: Ctx, id: str) -> Group:
    """Find a group, deleted or not. Raises `NotFound`."""
    found = db.session.scalar(scoped(Group, ctx).where(Group.id == id)) if is_id(id) else None
    if found is None:
        raise NotFound("There is no such group in this portal.", field="id", value=id)
    return found


def groups(ctx: Ctx, *, search: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page:
    """List groups by name, deleted ones included, as `rosters.GroupLine`."""
    query = scoped(Group, ctx)
    if search:
        query = query.where(Group.display_name_folded.contains(fold_text(search), autoescape=True))
    if keys := cursors.decode(cursor, str, str):
        query = query.where(tuple_(Group.display_name_folded, Group.id) > tuple_(*keys))
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.order_by(Group.display_name_folded, Group.id).limit(size + 1)))
    last = rows[size - 1] if len(rows) > size else None
    return Page(rosters.lines(ctx, rows[:size]), cursors.encode(last.display_name_folded, last.id) if last else None)


def group_names(ctx: Ctx, *, limit: int | None = None) -> dict[str, str]:
    """Give the name of every group by id, or of the first by name: rules are written by id and shown by name."""
    query = select(Group.id, Group.display_name).where(Group.portal_id == ctx.portal.id).limit(limit)
    return dict(db.session.execute(query.order_by(Group.display_name_folded)).all())


def seats(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, list[Seat]]:
    """Give the seats of some users, each user's by license type."""
    found: dict[str, list[Seat]] = {}
    # Sorted here: asked for this order, SQLite reads the seats of everybody in the index that has it.
    rows = db.session.scalars(scoped(Seat, ctx).where(Seat.user_id.in_(user_ids)))
    for seat in sorted(rows, key=lambda row: row.license_type):
        found.setdefault(seat.user_id, []).append(seat)
    return found


def tickets(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, list[Ticket]]:
    """Give the tickets of some users, parked ones included."""
    found: dict[str, list[Ticket]] = {}
    query = scoped(Ticket, ctx).where(Ticket.user_id.in_(user_ids))
    for ticket in db.session.scalars(query.order_by(Ticket.entry)):
        found.setdefault(ticket.user_id, []).append(ticket)
    return found


def position(ctx: Ctx, ticket: Ticket) -> int | None:
    """Tell a ticket's place in its queue, from 1; None while it is parked."""
    if ticket.parked_until is not None:
        return None
    place = tuple_(Ticket.klass, Ticket.queue_priority, Ticket.number)
    before = select(func.count()).where(
        Ticket.portal_id == ctx.portal.id,
        Ticket.license_type == ticket.license_type,
        Ticket.parked_until.is_(None),
        place < tuple_(ticket.klass, ticket.queue_priority, ticket.number),
    )
    return (db.session.scalar(before) or 0) + 1


def _order(sort: str) -> tuple[Any, bool]:
    if sort not in SORTS:
        raise Invalid(say("Users can be sorted by {choices}.", choices=", ".join(SORTS)), field="sort", value=sort)
    return SORTS[sort]


def _directed(column: Any, descending: bool, conditions: Conditions) -> tuple[Any, Any]:
    """Give the order; where the users are few already they are sorted, not looked for in the order of an index."""
    first, second = (unindexed(one) if conditions.driver else one for one in (column, User.id))
    return (first.desc(), second.desc()) if descending else (first, second)


def _total(conditions: Conditions, wanted: Wanted) -> tuple[int, bool]:
    """Count who meets the conditions, but no further than anybody reads; what one index tells alone, much further."""
    most = COUNTED if conditions.probes or wanted.filter else COUNTED_IN_INDEX
    some = select(User.id).where(*conditions.all).limit(most + 1).subquery()
    total = db.session.scalar(select(func.count()).select_from(some)) or 0
    return min(total, most), total > most
