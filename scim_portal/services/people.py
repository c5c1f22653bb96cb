"""Users and groups as admins see them, deleted ones included: lists with search and filters, one person, one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, tuple_

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid, NotFound
from scim_portal.ids import is_id
from scim_portal.models import Group, Membership, Seat, Ticket, User
from scim_portal.protocol import filters
from scim_portal.protocol.folding import fold_text
from scim_portal.services import cursors, filter_sql, resource_types, rosters

STATES = ("active", "inactive", "deleted", "waiting")
SORTS = {"created": (User.id, False), "-created": (User.id, True), "user_name": (User.user_name_folded, False)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users are wanted: a SCIM filter, or the portal's search box and chips; all given parts must hold.

    `group_id` is met through groups in that group as well, `member_of` only by the group's own members.
    """

    filter: str | None = None
    search: str | None = None
    state: str | None = None
    license_type: str | None = None
    connector_id: str | None = None
    group_id: str | None = None
    member_of: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, with the cursor of what follows, and the total where it was asked for."""

    items: Sequence[Any]
    next: str | None
    total: int | None = None


def users(
    ctx: Ctx,
    wanted: Wanted,
    *,
    sort: str = "created",
    cursor: str | None = None,
    limit: int | None = None,
    count: bool = False,
) -> Page:
    """List users. Raises `Invalid` for an unknown sort, state or cursor, and the protocol's error for a bad filter."""
    if sort not in SORTS:
        raise Invalid(f"Users can be sorted by {', '.join(SORTS)}.", field="sort", value=sort)
    column, descending = SORTS[sort]
    where = _where(ctx, wanted)
    query = scoped(User, ctx).where(*where)
    if keys := cursors.decode(cursor, str, str):
        place = tuple_(column, User.id)
        query = query.where(place < tuple_(*keys) if descending else place > tuple_(*keys))
    order = (column.desc(), User.id.desc()) if descending else (column, User.id)
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.order_by(*order).limit(size + 1)))
    more = len(rows) > size
    last = rows[size - 1] if more else None
    key = None if last is None else cursors.encode(getattr(last, column.key), last.id)
    return Page(rows[:size], key, _total(where, rows, is_all=not (cursor or more)) if count else None)


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


def group_names(ctx: Ctx) -> dict[str, str]:
    """Give the name of every group by id: rules are written by id and shown by name."""
    query = select(Group.id, Group.display_name).where(Group.portal_id == ctx.portal.id)
    return dict(db.session.execute(query.order_by(Group.display_name_folded)).all())


def seats(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, list[Seat]]:
    """Give the seats of some users."""
    found: dict[str, list[Seat]] = {}
    for seat in db.session.scalars(scoped(Seat, ctx).where(Seat.user_id.in_(user_ids)).order_by(Seat.license_type)):
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


def _where(ctx: Ctx, wanted: Wanted) -> list[Any]:
    where: list[Any] = [User.portal_id == ctx.portal.id]
    if wanted.filter:
        bound = filters.compiled(wanted.filter, resource_types.user(ctx))
        where.append(filter_sql.condition(bound, User, db.engine.dialect.name, ctx.portal.id))
    if wanted.search:
        text = fold_text(wanted.search)
        in_name = User.user_name_folded.contains(text, autoescape=True)
        shown = User.folded["displayName"].as_string().contains(text, autoescape=True)
        where.append(or_(in_name, shown))
    if wanted.state:
        where.append(_state(wanted.state))
    if wanted.license_type:
        where.append(_has(Seat, Seat.license_type == wanted.license_type))
    if wanted.connector_id:
        where.append(User.connector_id == wanted.connector_id)
    if wanted.group_id:
        where.append(User.id.in_(rosters.everybody_in(ctx, wanted.group_id)))
    if wanted.member_of:
        where.append(_has(Membership, Membership.group_id == wanted.member_of))
    return where


def _state(state: str) -> Any:
    match state:
        case "active":
            return and_(User.active, User.deleted_at.is_(None))
        case "inactive":
            return and_(~User.active, User.deleted_at.is_(None))
        case "deleted":
            return User.deleted_at.is_not(None)
        case "waiting":
            return _has(Ticket, Ticket.parked_until.is_(None))
    raise Invalid(f"There is no state {state!r}; choose one of {', '.join(STATES)}.", field="state", value=state)


def _has(model: Any, *conditions: Any) -> Any:
    return exists().where(model.portal_id == User.portal_id, model.user_id == User.id, *conditions)


def _total(where: list[Any], rows: Sequence[Any], *, is_all: bool) -> int:
    """Count what meets the conditions, unless that was read already: a search may have to look at everybody."""
    if is_all:
        return len(rows)
    return db.session.scalar(select(func.count()).select_from(User).where(*where)) or 0
