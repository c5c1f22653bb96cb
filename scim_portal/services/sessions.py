"""Signed-in browsers: opened, recognized, listed, ended. Who may open one is decided in `access` and `invitations`."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, CursorResult, delete, select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import NotFound
from scim_portal.ids import is_id
from scim_portal.models import Admin, AdminSession
from scim_portal.services import audit
from scim_portal.services.audit import Action
from scim_portal.services.secrets_format import digest

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
MOST_LISTED = 50


def start(ctx: Ctx, admin: Admin) -> str:
    """Open a session and give the value of its cookie, which is stored nowhere."""
    value = secrets.token_urlsafe(32)
    db.session.add(
        AdminSession(
            portal_id=ctx.portal.id, admin_id=admin.id, token_hash=digest(value), created_at=ctx.now, last_seen_at=ctx.now,
            expires_at=ctx.now + ABSOLUTE, ip=ctx.actor.ip, user_agent=(ctx.actor.user_agent or "")[:256],
        )
    )  # fmt: skip
    db.session.flush()
    return value


def who(ctx: Ctx, value: str | None) -> tuple[Admin, AdminSession] | None:
    """Tell whose session a cookie value is; None when there is none, it ended, or the admin was disabled."""
    if not value:
        return None
    mine = (
        select(Admin, AdminSession)
        .join(Admin, (Admin.portal_id == AdminSession.portal_id) & (Admin.id == AdminSession.admin_id))
        .where(AdminSession.portal_id == ctx.portal.id, AdminSession.token_hash == digest(value))
    )
    found = db.session.execute(mine).one_or_none()
    if found is None:
        return None
    admin, session = found
    ended = session.expires_at <= ctx.now or session.last_seen_at + IDLE <= ctx.now
    return None if ended or admin.disabled_at else (admin, session)


def needs_stamp(ctx: Ctx, session: AdminSession) -> bool:
    """Tell whether the session's last use is worth writing down again."""
    return bool(ctx.now - session.last_seen_at > SEEN_EVERY)


def seen(ctx: Ctx, session_id: str) -> None:
    """Note that a session is in use, so that it does not go idle."""
    session = db.session.scalar(scoped(AdminSession, ctx).where(AdminSession.id == session_id))
    if session is not None:
        session.last_seen_at = ctx.now


def listed(ctx: Ctx, admin_id: str) -> list[AdminSession]:
    """List an admin's sessions that are open now, the last used first, at most fifty."""
    query = scoped(AdminSession, ctx).where(
        AdminSession.admin_id == admin_id, AdminSession.expires_at > ctx.now, AdminSession.last_seen_at > ctx.now - IDLE
    )
    return list(
        db.session.scalars(query.order_by(AdminSession.last_seen_at.desc(), AdminSession.id).limit(MOST_LISTED))
    )


def end(ctx: Ctx, admin: Admin, session_id: str) -> None:
    """End one session of an admin. Raises `NotFound` for one that is somebody else's or gone."""
    if not (is_id(session_id) and _deleted(ctx, admin.id, AdminSession.id == session_id)):
        raise NotFound("There is no such session; it may have ended already.", field="id", value=session_id)
    audit.record(ctx, Action.SESSION_ENDED, "admin", admin.id, admin.email, after={"sessions": 1})


def end_others(ctx: Ctx, admin: Admin, keep: str | None) -> int:
    """End all sessions of an admin but one, or all of them, and say so in the record; gives how many."""
    count = forget(ctx, admin.id, keep=keep)
    audit.record(ctx, Action.SESSION_ENDED, "admin", admin.id, admin.email, after={"sessions": count})
    return count


def forget(ctx: Ctx, admin_id: str, *, keep: str | None = None) -> int:
    """End an admin's sessions as a part of something that has its own line in the record."""
    return _deleted(ctx, admin_id, *([AdminSession.id != keep] if keep else []))


def drop(ctx: Ctx, value: str) -> None:
    """End the session behind a cookie value."""
    mine = (AdminSession.portal_id == ctx.portal.id) & (AdminSession.token_hash == digest(value))
    db.session.execute(delete(AdminSession).where(mine))


def _deleted(ctx: Ctx, admin_id: str, *conditions: ColumnElement[bool]) -> int:
    mine = delete(AdminSession).where(AdminSession.portal_id == ctx.portal.id, AdminSession.admin_id == admin_id)
    result = db.session.execute(mine.where(*conditions))
    assert isinstance(result, CursorResult)
    return result.rowcount
