"""Groups as the portal lists them: searched by name, with members counted no further than anybody reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, tuple_
from sqlalchemy.orm import aliased

from scim_portal.context import Ctx
from scim_portal.db import db, scoped, unindexed
from scim_portal.errors import Invalid
from scim_portal.models import Ancestry, Group, Membership, Nesting, User
from scim_portal.protocol.folding import fold_text
from scim_portal.protocol.sentences import say
from scim_portal.services import cursors
from scim_portal.services.pages import COUNTED, Page

STATES = ("present", "deleted", "empty")
SORTS = {
    "name": (Group.display_name_folded, False), "-name": (Group.display_name_folded, True),
    "-updated": (Group.updated_at, True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which groups are wanted; `empty` is a group that was pushed without anybody in it. `ids` are those that rules name."""

    search: str | None = None
    state: str | None = None
    connector_id: str | None = None
    ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A group of the list; `members` and `indirect` are counted up to `COUNTED` and one more, deleted users left out."""

    group: Group
    members: int
    indirect: int
    nested: int


def page(
    ctx: Ctx,
    wanted: Wanted,
    *,
    sort: str = "name",
    cursor: str | None = None,
    limit: int | None = None,
    count: bool = False,
) -> Page:
    """List groups as `Line`. Raises `Invalid` for an unknown sort, state or cursor."""
    if sort not in SORTS:
        raise Invalid(say("Groups can be sorted by {choices}.", choices=", ".join(SORTS)), field="sort", value=sort)
    column, descending = SORTS[sort]
    query = _query(ctx, wanted)
    if keys := cursors.decode(cursor, str, str):
        place, after = tuple_(column, Group.id), tuple_(cursors.instant(column, keys[0]), keys[1])
        query = query.where(place < after if descending else place > after)
    order = (column.desc(), Group.id.desc()) if descending else (column, Group.id)
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.order_by(*order).limit(size + 1)))
    last = rows[size - 1] if len(rows) > size else None
    next = cursors.encode(cursors.text(getattr(last, column.key)), last.id) if last else None
    if not count:
        return Page(_lines(ctx, rows[:size]), next)
    if last is None and cursor is None:
        return Page(_lines(ctx, rows), None, len(rows))
    some = _query(ctx, wanted).with_only_columns(Group.id).limit(COUNTED + 1).subquery()
    total = db.session.scalar(select(func.count()).select_from(some)) or 0
    return Page(_lines(ctx, rows[:size]), next, min(total, COUNTED), total > COUNTED)


def _query(ctx: Ctx, wanted: Wanted) -> Select[Any]:
    query = scoped(Group, ctx)
    if wanted.search:
        query = query.where(Group.display_name_folded.contains(fold_text(wanted.search), autoescape=True))
    if wanted.connector_id:
        query = query.where(Group.connector_id == wanted.connector_id)
    if wanted.ids is not None:
        query = query.where(Group.id.in_(wanted.ids))
    return query.where(_state(wanted.state)) if wanted.state else query


def _state(state: str) -> Any:
    filled = exists().where(Membership.portal_id == Group.portal_id, Membership.group_id == Group.id)
    nested = exists().where(Nesting.portal_id == Group.portal_id, Nesting.group_id == Group.id)
    match state:
        case "present":
            return Group.deleted_at.is_(None)
        case "deleted":
            return Group.deleted_at.is_not(None)
        case "empty":
            return and_(Group.deleted_at.is_(None), Group.connector_id.is_not(None), ~filled, ~nested)
    raise Invalid(
        say("There is no state {state!r}; choose one of {choices}.", state=state, choices=", ".join(STATES)),
        field="state",
        value=state,
    )


def _lines(ctx: Ctx, groups: Sequence[Group]) -> list[Line]:
    ids = [one.id for one in groups]
    if not ids:
        return []
    members, gone, nested = _members(ctx, ids), _gone(ctx, ids), _nested(ctx, ids)
    indirect = _indirect(ctx, list(nested)) if nested else {}
    return [
        Line(one, members[one.id] - gone.get(one.id, 0), indirect.get(one.id, 0), nested.get(one.id, 0))
        for one in groups
    ]


def _members(ctx: Ctx, ids: Sequence[str]) -> dict[str, int]:
    """Count each group's memberships as far as one reads, so that fifty large groups cost what fifty pages do."""
    mine = select(Membership.user_id).where(Membership.portal_id == Group.portal_id, Membership.group_id == Group.id)
    some = mine.correlate(Group).limit(COUNTED + 1).subquery()
    counted = select(func.count()).select_from(some).scalar_subquery()
    query = select(Group.id, counted).where(Group.portal_id == ctx.portal.id, Group.id.in_(ids))
    return dict(db.session.execute(query).all())


def _gone(ctx: Ctx, ids: Sequence[str]) -> dict[str, int]:
    """Count the memberships of deleted users, beginning with those: they are the fewer."""
    deleted = select(User.id).where(User.portal_id == ctx.portal.id, User.deleted_at.is_not(None))
    query = select(Membership.group_id, func.count())
    mine = (
        Membership.portal_id == ctx.portal.id,
        Membership.user_id.in_(deleted),
        unindexed(Membership.group_id).in_(ids),
    )
    return dict(db.session.execute(query.where(*mine).group_by(Membership.group_id)).all())


def _nested(ctx: Ctx, ids: Sequence[str]) -> dict[str, int]:
    inner = and_(Group.portal_id == Nesting.portal_id, Group.id == Nesting.member_id)
    query = select(Nesting.group_id, func.count()).join(Group, inner)
    mine = (Nesting.portal_id == ctx.portal.id, Nesting.group_id.in_(ids), Group.deleted_at.is_(None))
    return dict(db.session.execute(query.where(*mine).group_by(Nesting.group_id)).all())


def _indirect(ctx: Ctx, ids: Sequence[str]) -> dict[str, int]:
    """Count who is in a group only through groups in it."""
    below = and_(Ancestry.portal_id == Membership.portal_id, Ancestry.group_id == Membership.group_id)
    user = and_(User.portal_id == Membership.portal_id, User.id == Membership.user_id)
    itself = aliased(Membership)
    as_well = exists().where(
        itself.portal_id == User.portal_id, itself.group_id == Ancestry.ancestor_id, itself.user_id == User.id
    )
    theirs = (
        Ancestry.portal_id == Group.portal_id,
        Ancestry.ancestor_id == Group.id,
        User.deleted_at.is_(None),
        ~as_well,
    )
    some = select(User.id).distinct().select_from(Ancestry).join(Membership, below).join(User, user).where(*theirs)
    counted = select(func.count()).select_from(some.correlate(Group).limit(COUNTED + 1).subquery()).scalar_subquery()
    query = select(Group.id, counted).where(Group.portal_id == ctx.portal.id, Group.id.in_(ids))
    return dict(db.session.execute(query).all())
