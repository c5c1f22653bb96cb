"""Whom a condition matches among active users: how many, and some of them. For the editor, while it is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import Group, User
from scim_portal.protocol import filters
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.folding import fold_text
from scim_portal.services import filter_sql

SAMPLE = 6
MOST_SUGGESTED = 30


@dataclass(frozen=True, slots=True)
class Matching:
    """How many of all active users match, and a few of them (id, user name, display name)."""

    count: int
    total: int
    sample: Sequence[Row[Any]] = field(default_factory=list)


def of(ctx: Ctx, text: str, kind: ResourceType) -> Matching:
    """Count and sample. Raises the protocol's `InvalidFilter`."""
    condition = filter_sql.condition(filters.compiled(text, kind), User, db.engine.dialect.name, ctx.portal.id)
    mine = (User.portal_id == ctx.portal.id, User.active, User.deleted_at.is_(None))
    total, count = (
        select(func.count()).select_from(User).where(*where).scalar_subquery() for where in (mine, (*mine, condition))
    )
    numbers = db.session.execute(select(total, count)).one()
    query = select(User.id, User.user_name, User.display_name).where(*mine, condition)
    return Matching(numbers[1], numbers[0], db.session.execute(query.order_by(User.id).limit(SAMPLE)).all())


def groups(ctx: Ctx) -> Sequence[tuple[str, str, bool]]:
    """List every group by name: id, name, and whether it is deleted."""
    query = select(Group.id, Group.display_name, Group.deleted_at.is_not(None)).where(Group.portal_id == ctx.portal.id)
    return [(id, name, bool(gone)) for id, name, gone in db.session.execute(query.order_by(Group.display_name_folded))]


def groups_like(ctx: Ctx, search: str) -> Sequence[Group]:
    """List groups that are there and whose name contains a text."""
    query = scoped(Group, ctx).where(Group.deleted_at.is_(None))
    if search:
        query = query.where(Group.display_name_folded.contains(fold_text(search), autoescape=True))
    return db.session.scalars(query.order_by(Group.display_name_folded, Group.id).limit(MOST_SUGGESTED)).all()
