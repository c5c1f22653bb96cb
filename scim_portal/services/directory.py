"""Reading users and groups as SCIM sees them: by id, by filter and page, with what other rows know about them.

One statement for the page, one for its total, one for everybody's groups or members: never one a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.ids import is_id
from scim_portal.models import Group, Membership, User
from scim_portal.protocol.errors import NotFound
from scim_portal.protocol.filters import Bound
from scim_portal.services import filter_sql, mapping

USER_PARTS = (User.id, User.version, User.document)
GROUP_PARTS = (Group.id, Group.version, Group.document)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: the rows (id, version, document), the total, and where it starts (from 1)."""

    rows: Sequence[Row[Any]]
    total: int
    start_index: int


_USER = select(*USER_PARTS).where(
    User.portal_id == bindparam("portal"), User.id == bindparam("id"), User.deleted_at.is_(None)
)
_GROUP = select(*GROUP_PARTS).where(
    Group.portal_id == bindparam("portal"), Group.id == bindparam("id"), Group.deleted_at.is_(None)
)
_GROUPS_OF = (
    select(Membership.user_id, Group.id, Group.display_name)
    .join(Group, (Group.portal_id == Membership.portal_id) & (Group.id == Membership.group_id))
    .where(
        Membership.portal_id == bindparam("portal"),
        Membership.user_id.in_(bindparam("users", expanding=True)),
        Group.deleted_at.is_(None),
    )
    .order_by(Membership.user_id, Group.id)
)
_MEMBERS_OF = (
    select(Membership.group_id, Membership.user_id, Membership.display)
    .join(User, (User.portal_id == Membership.portal_id) & (User.id == Membership.user_id))
    .where(
        Membership.portal_id == bindparam("portal"),
        Membership.group_id.in_(bindparam("groups", expanding=True)),
        User.deleted_at.is_(None),
    )
    .order_by(Membership.group_id, Membership.user_id)
)


def user(ctx: Ctx, id: str) -> Row[Any]:
    """Find a user by id. Raises the protocol's `NotFound`, also for what could never be an id."""
    row = db.session.execute(_USER, {"portal": ctx.portal.id, "id": id}).one_or_none() if is_id(id) else None
    if row is None:
        raise NotFound(f"There is no user with the id {id!r} in this portal.")
    return row


def group(ctx: Ctx, id: str) -> Row[Any]:
    """Find a group by id. Raises the protocol's `NotFound`."""
    row = db.session.execute(_GROUP, {"portal": ctx.portal.id, "id": id}).one_or_none() if is_id(id) else None
    if row is None:
        raise NotFound(f"There is no group with the id {id!r} in this portal.")
    return row


def users(ctx: Ctx, bound: Bound | None, *, start_index: int, count: int) -> Page:
    """List users that are not deleted and meet the filter, oldest first."""
    return _page(ctx, User, USER_PARTS, bound, start_index, count)


def groups(ctx: Ctx, bound: Bound | None, *, start_index: int, count: int) -> Page:
    """List groups that are not deleted and meet the filter, oldest first."""
    return _page(ctx, Group, GROUP_PARTS, bound, start_index, count)


def groups_of(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Give (group id, name) of every group that each user is in."""
    found: dict[str, list[tuple[str, str]]] = {}
    for user_id, id, name in db.session.execute(_GROUPS_OF, {"portal": ctx.portal.id, "users": list(user_ids)}):
        found.setdefault(user_id, []).append((id, name))
    return found


def members_of(ctx: Ctx, group_ids: Sequence[str]) -> dict[str, list[tuple[str, str | None]]]:
    """Give (user id, display as sent) of every member of each group, deleted users left out."""
    found: dict[str, list[tuple[str, str | None]]] = {}
    for group_id, id, display in db.session.execute(_MEMBERS_OF, {"portal": ctx.portal.id, "groups": list(group_ids)}):
        found.setdefault(group_id, []).append((id, display))
    return found


def finished_users(ctx: Ctx, rows: Sequence[Any]) -> list[bytes]:
    """Finish the answers of a page of users: their groups and the portal's address go in."""
    base = ctx.portal.scim_base_url
    groups = groups_of(ctx, [row.id for row in rows]) if rows else {}
    return [
        mapping.finished_user(
            row.document, row.id, base, [mapping.group_reference(base, id, name) for id, name in groups.get(row.id, ())]
        )
        for row in rows
    ]


def finished_groups(ctx: Ctx, rows: Sequence[Any], *, with_members: bool = True) -> list[bytes]:
    """Finish the answers of a page of groups; members are read only when they are wanted."""
    base = ctx.portal.scim_base_url
    members = members_of(ctx, [row.id for row in rows]) if rows and with_members else {}
    return [
        mapping.finished_group(
            row.document,
            row.id,
            base,
            [mapping.member_reference(base, id, display) for id, display in members.get(row.id, ())]
            if with_members
            else None,
        )
        for row in rows
    ]


def has_more_members(ctx: Ctx, group_id: str, count: int) -> bool:
    """Tell whether a group has more than so many members, without counting them all."""
    mine = select(Membership.user_id).where(Membership.portal_id == ctx.portal.id, Membership.group_id == group_id)
    return db.session.scalar(mine.order_by(Membership.user_id).offset(count).limit(1)) is not None


def _page(ctx: Ctx, model: Any, parts: Any, bound: Bound | None, start_index: int, count: int) -> Page:
    where = [model.portal_id == ctx.portal.id, model.deleted_at.is_(None)]
    if bound is not None:
        where.append(filter_sql.condition(bound, model, db.engine.dialect.name))
    rows: Sequence[Row[Any]] = []
    if count > 0:
        query = select(*parts).where(*where).order_by(model.id).limit(count).offset(start_index - 1)
        rows = db.session.execute(query).all()
    if rows and len(rows) < count:  # the page is the last one: its end is the total
        return Page(rows, start_index - 1 + len(rows), start_index)
    total = db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
    return Page(rows, total, start_index)
