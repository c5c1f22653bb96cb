"""The names of users by id, for lists that know only ids."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import User


def of(ctx: Ctx, ids: Collection[str]) -> dict[str, str]:
    """Give the name of each of these users, in one statement."""
    query = select(User.id, User.user_name).where(User.portal_id == ctx.portal.id, User.id.in_(ids))
    return {row.id: row.user_name for row in db.session.execute(query)} if ids else {}
