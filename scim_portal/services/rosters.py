"""Who is in which group, as admins see it: how many members, which groups in which, and the groups of one user.

Deleted users and groups do not count. Reads only; what SCIM answers is in `directory`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, distinct, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Ancestry, Group, Membership, Nesting, User


@dataclass(frozen=True, slots=True)
class GroupName:
    """Another group, by id and name."""

    id: str
    display_name: str


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with how many users are in it, how many more only through groups in it, and its next groups both ways."""

    group: Group
    members: int
    indirect_members: int
    member_groups: tuple[GroupName, ...]
    parent_groups: tuple[GroupName, ...]


@dataclass(frozen=True, slots=True)
class GroupOfUser:
    """A group that a user is in: itself, or only through a group in it."""

    group: Group
    is_direct: bool


def lines(ctx: Ctx, groups: Sequence[Group]) -> list[GroupLine]:
    """Describe some groups, by three statements whatever their number."""
    ids = [group.id for group in groups]
    direct, indirect = _counts(_direct(ctx, ids)), _counts(_indirect(ctx, ids))
    below, above = _neighbors(ctx, ids)
    return [
        GroupLine(
            one, direct.get(one.id, 0), indirect.get(one.id, 0), tuple(below.get(one.id, ())), tuple(above.get(one.id, ()))
        )
        for one in groups
    ]  # fmt: skip


def groups_of(ctx: Ctx, user_id: str) -> list[GroupOfUser]:
    """List the groups a user is in, by name."""
    mine = exists().where(
        Membership.portal_id == Group.portal_id, Membership.group_id == Group.id, Membership.user_id == user_id
    )
    through = (
        select(1)
        .select_from(Ancestry)
        .join(Membership, _below(Membership))
        .where(Ancestry.portal_id == Group.portal_id, Ancestry.ancestor_id == Group.id, Membership.user_id == user_id)
    )
    query = select(Group, mine.label("is_direct")).where(
        Group.portal_id == ctx.portal.id, Group.deleted_at.is_(None), or_(mine, exists(through))
    )
    found = db.session.execute(query.order_by(Group.display_name_folded, Group.id))
    return [GroupOfUser(group, bool(is_direct)) for group, is_direct in found]


def everybody_in(ctx: Ctx, group_id: str) -> Any:
    """Select the ids of all users in a group, directly or through groups in it; some may come twice."""
    direct = select(Membership.user_id).where(Membership.portal_id == ctx.portal.id, Membership.group_id == group_id)
    through = (
        select(Membership.user_id)
        .join(Ancestry, _below(Membership))
        .where(Ancestry.portal_id == ctx.portal.id, Ancestry.ancestor_id == group_id)
    )
    return union_all(direct, through)


def _below(link: Any) -> Any:
    return and_(Ancestry.portal_id == link.portal_id, Ancestry.group_id == link.group_id)


def _direct(ctx: Ctx, ids: Sequence[str]) -> Select[Any]:
    user = and_(User.portal_id == Membership.portal_id, User.id == Membership.user_id)
    query = select(Membership.group_id, func.count()).join(User, user)
    return query.where(
        Membership.portal_id == ctx.portal.id, Membership.group_id.in_(ids), User.deleted_at.is_(None)
    ).group_by(Membership.group_id)


def _indirect(ctx: Ctx, ids: Sequence[str]) -> Select[Any]:
    itself = aliased(Membership)
    as_well = exists().where(
        itself.portal_id == Ancestry.portal_id, itself.group_id == Ancestry.ancestor_id, itself.user_id == User.id
    )
    query = (
        select(Ancestry.ancestor_id, func.count(distinct(User.id)))
        .join(Membership, _below(Membership))
        .join(User, and_(User.portal_id == Membership.portal_id, User.id == Membership.user_id))
    )
    return query.where(
        Ancestry.portal_id == ctx.portal.id, Ancestry.ancestor_id.in_(ids), User.deleted_at.is_(None), ~as_well
    ).group_by(Ancestry.ancestor_id)


def _counts(query: Select[Any]) -> dict[str, int]:
    return dict(db.session.execute(query).all())


Neighbors = dict[str, list[GroupName]]


def _neighbors(ctx: Ctx, ids: Sequence[str]) -> tuple[Neighbors, Neighbors]:
    found: tuple[Neighbors, Neighbors] = ({}, {})
    sides = ((Nesting.group_id, Nesting.member_id), (Nesting.member_id, Nesting.group_id))
    parts = [
        select(literal(place).label("side"), own.label("own"), Group.id, Group.display_name, Group.display_name_folded)
        .join(Group, and_(Group.portal_id == Nesting.portal_id, Group.id == other))
        .where(Nesting.portal_id == ctx.portal.id, own.in_(ids), Group.deleted_at.is_(None))
        for place, (own, other) in enumerate(sides)
    ]
    for row in db.session.execute(union_all(*parts).order_by("display_name_folded", "id")):
        found[row.side].setdefault(row.own, []).append(GroupName(row.id, row.display_name))
    return found
