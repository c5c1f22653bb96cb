"""Reading users and groups as SCIM sees them: by id, by filter and page, with what other rows know about them.

Which rows a page holds is decided in `listing`; here one more statement reads everybody's groups or members, never one a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, bindparam, desc, literal_column, select, union_all

from scim_portal.context import Ctx
from scim_portal.ids import is_id
from scim_portal.models import Ancestry, Group, Membership, Nesting, User
from scim_portal.prepared import Prepared
from scim_portal.protocol.definitions import GROUP, USER
from scim_portal.protocol.errors import NotFound
from scim_portal.protocol.filters import Bound
from scim_portal.protocol.sentences import say
from scim_portal.services import license_views, listing, mapping
from scim_portal.services.listing import Page, Source

_U, _G, _M = User.__table__.c, Group.__table__.c, Membership.__table__.c
_N, _A = Nesting.__table__.c, Ancestry.__table__.c
GroupOf = tuple[str, str, str]
MemberOf = tuple[str, str | None, str]
USER_PARTS = (_U.id, _U.version, _U.document)
GROUP_PARTS = (_G.id, _G.version, _G.document)
_USER = Prepared(
    select(*USER_PARTS).where(_U.portal_id == bindparam("portal"), _U.id == bindparam("id"), _U.deleted_at.is_(None))
)
_GROUP = Prepared(
    select(*GROUP_PARTS).where(_G.portal_id == bindparam("portal"), _G.id == bindparam("id"), _G.deleted_at.is_(None))
)
_OF_USERS = (_M.portal_id == bindparam("portal"), _M.user_id.in_(bindparam("users", expanding=True)))
_GROUPS_OF = Prepared(
    union_all(
        select(_M.user_id, _G.id, _G.display_name, literal_column("'direct'", Text).label("type"))
        .join_from(Membership.__table__, Group.__table__, (_G.portal_id == _M.portal_id) & (_G.id == _M.group_id))
        .where(*_OF_USERS, _G.deleted_at.is_(None)),
        select(_M.user_id, _G.id, _G.display_name, literal_column("'indirect'", Text))
        .join_from(
            Membership.__table__, Ancestry.__table__, (_A.portal_id == _M.portal_id) & (_A.group_id == _M.group_id)
        )
        .join(Group.__table__, (_G.portal_id == _A.portal_id) & (_G.id == _A.ancestor_id))
        .where(*_OF_USERS),
    ).order_by("user_id", "type", "id")
)
# Each member is looked up by itself, and not joined: of a portal too young for statistics PostgreSQL believes that it holds
# one user, and would read all of them once a member.
_PRESENT_USER = select(_U.id).where(_U.portal_id == _M.portal_id, _U.id == _M.user_id, _U.deleted_at.is_(None))
_PRESENT_GROUP = select(_G.id).where(_G.portal_id == _N.portal_id, _G.id == _N.member_id, _G.deleted_at.is_(None))
_MEMBERS_OF = Prepared(
    union_all(
        select(_M.group_id, _M.user_id.label("id"), _M.display, literal_column("'User'", Text).label("type"))
        .where(_M.portal_id == bindparam("portal"), _M.group_id.in_(bindparam("groups", expanding=True)))
        .where(_PRESENT_USER.scalar_subquery().is_not(None)),
        select(_N.group_id, _N.member_id, _N.display, literal_column("'Group'", Text))
        .where(_N.portal_id == bindparam("portal"), _N.group_id.in_(bindparam("groups", expanding=True)))
        .where(_PRESENT_GROUP.scalar_subquery().is_not(None)),
    ).order_by("group_id", desc("type"), "id")
)
_SOME_MEMBERS = Prepared(
    union_all(
        select(_M.user_id).where(_M.portal_id == bindparam("portal"), _M.group_id == bindparam("group")),
        select(_N.member_id).where(_N.portal_id == bindparam("portal"), _N.group_id == bindparam("group")),
    ).limit(bindparam("most"))
)


def user(ctx: Ctx, id: str) -> Any:
    """Find a user by id. Raises the protocol's `NotFound`, also for what could never be an id."""
    row = _USER.one_or_none(portal=ctx.portal.id, id=id) if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no user with the id {id!r} in this portal.", id=id[:64]))
    return row


def group(ctx: Ctx, id: str) -> Any:
    """Find a group by id. Raises the protocol's `NotFound`."""
    row = _GROUP.one_or_none(portal=ctx.portal.id, id=id) if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no group with the id {id!r} in this portal.", id=id[:64]))
    return row


def users(ctx: Ctx, bound: Bound | None, *, start_index: int, count: int) -> Page:
    """List users that are not deleted and meet the filter, oldest first."""
    return listing.page(ctx, (Source(USER, bound),), start_index=start_index, count=count)


def groups(ctx: Ctx, bound: Bound | None, *, start_index: int, count: int) -> Page:
    """List groups that are not deleted and meet the filter, oldest first."""
    return listing.page(ctx, (Source(GROUP, bound),), start_index=start_index, count=count)


def groups_of(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, list[GroupOf]]:
    """Give (group id, name, type) of every group that each user is in, the direct ones first.

    A group that a user is in both directly and through another group is `direct`, all other ones above are `indirect`.
    """
    found: dict[str, dict[str, GroupOf]] = {}
    for user_id, id, name, type in _GROUPS_OF.all(portal=ctx.portal.id, users=user_ids) if user_ids else ():
        found.setdefault(user_id, {}).setdefault(id, (id, name, type))
    return {user_id: list(groups.values()) for user_id, groups in found.items()}


def members_of(ctx: Ctx, group_ids: Sequence[str]) -> dict[str, list[MemberOf]]:
    """Give (id, display as sent, `User` or `Group`) of every member of each group, users first, deleted ones left out."""
    found: dict[str, list[MemberOf]] = {}
    for group_id, id, display, type in _MEMBERS_OF.all(portal=ctx.portal.id, groups=group_ids) if group_ids else ():
        found.setdefault(group_id, []).append((id, display, type))
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
            [mapping.group_reference(base, *one) for one in groups.get(row.id, ())],
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
            [mapping.member_reference(base, *one) for one in members.get(row.id, ())] if with_members else None,
        )
        for row in rows
    ]


def has_more_members(ctx: Ctx, group_id: str, count: int) -> bool:
    """Tell whether a group has more than so many members, without counting them all."""
    # No order: with one, PostgreSQL sorts the whole group while it has no statistics yet.
    return len(_SOME_MEMBERS.all(portal=ctx.portal.id, group=group_id, most=count + 1)) > count
