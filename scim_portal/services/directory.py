"""Reading users and groups as SCIM sees them: by id, by filter and page, with what other rows know about them.

Which rows a page holds is decided in `listing`; here one more statement reads everybody's groups or members, never one a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.ids import is_id
from scim_portal.models import Group, Membership, User
from scim_portal.protocol.definitions import GROUP, USER
from scim_portal.protocol.errors import NotFound
from scim_portal.protocol.filters import Bound
from scim_portal.services import license_views, listing, mapping
from scim_portal.services.listing import Page, Source

_U, _G, _M = User.__table__.c, Group.__table__.c, Membership.__table__.c
USER_PARTS = (_U.id, _U.version, _U.document)
GROUP_PARTS = (_G.id, _G.version, _G.document)
_USER = select(*USER_PARTS).where(
    _U.portal_id == bindparam("portal"), _U.id == bindparam("id"), _U.deleted_at.is_(None)
)
_GROUP = select(*GROUP_PARTS).where(
    _G.portal_id == bindparam("portal"), _G.id == bindparam("id"), _G.deleted_at.is_(None)
)
_GROUPS_OF = (
    select(_M.user_id, _G.id, _G.display_name)
    .join_from(Membership.__table__, Group.__table__, (_G.portal_id == _M.portal_id) & (_G.id == _M.group_id))
    .where(
        _M.portal_id == bindparam("portal"), _M.user_id.in_(bindparam("users", expanding=True)), _G.deleted_at.is_(None)
    )
    .order_by(_M.user_id, _G.id)
)
_MEMBERS_OF = (
    select(_M.group_id, _M.user_id, _M.display)
    .join_from(Membership.__table__, User.__table__, (_U.portal_id == _M.portal_id) & (_U.id == _M.user_id))
    .where(
        _M.portal_id == bindparam("portal"),
        _M.group_id.in_(bindparam("groups", expanding=True)),
        _U.deleted_at.is_(None),
    )
    .order_by(_M.group_id, _M.user_id)
)


_SOME_MEMBERS = (
    select(_M.user_id)
    .where(_M.portal_id == bindparam("portal"), _M.group_id == bindparam("group"))
    .limit(bindparam("most"))
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
    return listing.page(ctx, (Source(USER, bound),), start_index=start_index, count=count)


def groups(ctx: Ctx, bound: Bound | None, *, start_index: int, count: int) -> Page:
    """List groups that are not deleted and meet the filter, oldest first."""
    return listing.page(ctx, (Source(GROUP, bound),), start_index=start_index, count=count)


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
    """Finish the answers of a page of users: their groups, the portal's address and (where shown) licenses go in."""
    base = ctx.portal.scim_base_url
    ids = [row.id for row in rows if not getattr(row, "groupless", False)]
    groups = groups_of(ctx, ids) if ids else {}
    shown = ctx.connector is not None and ctx.connector.show_licenses
    licenses = license_views.of_users(ctx, [row.id for row in rows]) if shown else {}
    return [
        mapping.finished_user(
            row.document,
            row.id,
            base,
            [mapping.group_reference(base, id, name) for id, name in groups.get(row.id, ())],
            licenses.get(row.id),
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
    # No order: with one, PostgreSQL sorts the whole group while it has no statistics yet.
    return (
        len(db.session.execute(_SOME_MEMBERS, {"portal": ctx.portal.id, "group": group_id, "most": count + 1}).all())
        > count
    )
