"""Admins: created with a one-time password, signed in by server-side sessions, out again."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from scim_portal.context import Ctx, Role
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, Unauthorized
from scim_portal.models import Admin, AdminSession
from scim_portal.protocol.folding import fold_text
from scim_portal.services import audit, passwords, throttling
from scim_portal.services.audit import Action
from scim_portal.services.secrets_format import digest

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,128}@[^@\s\x00-\x1f]{1,128}\Z")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session: the value goes into the cookie and nowhere else."""

    admin: Admin
    value: str


def create_admin(ctx: Ctx, *, email: str, role: str) -> tuple[Admin, str]:
    """Create an admin and give the one-time password with it. Raises `Invalid`, `Conflict`."""
    if not EMAIL.match(email):
        raise Invalid(f"{email!r} is no e-mail address.", field="email", value=email)
    if role not in set(Role):
        raise Invalid(f"There is no role {role!r}; choose one of {', '.join(Role)}.", field="role", value=role)
    if _by_email(ctx, email):
        raise Conflict(f"{email} is an admin of this portal already.", field="email", value=email)
    password = passwords.generate()
    admin = Admin(
        portal_id=ctx.portal.id, email=email, email_folded=fold_text(email), role=role,
        password_hash=passwords.hashed(password), must_change_password=True, created_at=ctx.now,
    )  # fmt: skip
    db.session.add(admin)
    db.session.flush()
    audit.record(ctx, Action.ADMIN_CREATED, "admin", admin.id, email, after={"role": role})
    return admin, password


def sign_in(ctx: Ctx, *, email: str, password: str) -> SignIn | None:
    """Check a password and open a session; None when they do not fit (and the failure is counted).

    Raises `TooMany` after too many failures. One answer and one duration for an unknown account and a wrong password.
    """
    account = fold_text(email)[:256]
    throttling.check(ctx, account=account, address=ctx.actor.ip)
    admin = _by_email(ctx, email)
    usable = admin is not None and admin.disabled_at is None
    if not passwords.matches(password, admin.password_hash if usable and admin else None) or admin is None:
        throttling.failed(ctx, account=account, address=ctx.actor.ip)
        audit.record(ctx, Action.SIGN_IN_REFUSED, "admin", None, email[:256])
        return None
    throttling.forget(ctx, account=account)
    admin.last_sign_in_at = ctx.now
    audit.record(ctx, Action.ADMIN_SIGNED_IN, "admin", admin.id, admin.email)
    return SignIn(admin, _open(ctx, admin))


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


def change_password(ctx: Ctx, admin_id: str, *, old: str, new: str) -> str:
    """Set a new password, end every session of this admin, and open a fresh one, whose value is returned."""
    admin = db.session.scalars(scoped(Admin, ctx).where(Admin.id == admin_id)).one()
    throttling.check(ctx, account=admin.email_folded, address=ctx.actor.ip)
    if not passwords.matches(old, admin.password_hash):
        raise Unauthorized("The present password is not right.", field="old")
    if old == new:
        raise Invalid("Choose a password that differs from the present one.", field="new")
    admin.password_hash, admin.must_change_password = passwords.hashed(new), False
    _end_all(ctx, admin.id)
    audit.record(ctx, Action.PASSWORD_CHANGED, "admin", admin.id, admin.email)
    return _open(ctx, admin)


def sign_out(ctx: Ctx, value: str) -> None:
    """End the session behind a cookie value."""
    mine = (AdminSession.portal_id == ctx.portal.id) & (AdminSession.token_hash == digest(value))
    db.session.execute(delete(AdminSession).where(mine))
    audit.record(ctx, Action.ADMIN_SIGNED_OUT, "admin", ctx.actor.id, ctx.actor.name)


def _open(ctx: Ctx, admin: Admin) -> str:
    value = secrets.token_urlsafe(32)
    db.session.add(
        AdminSession(
            portal_id=ctx.portal.id, admin_id=admin.id, token_hash=digest(value), created_at=ctx.now, last_seen_at=ctx.now,
            expires_at=ctx.now + ABSOLUTE, ip=ctx.actor.ip, user_agent=(ctx.actor.user_agent or "")[:256],
        )
    )  # fmt: skip
    db.session.flush()
    return value


def _end_all(ctx: Ctx, admin_id: str) -> None:
    mine = (AdminSession.portal_id == ctx.portal.id) & (AdminSession.admin_id == admin_id)
    db.session.execute(delete(AdminSession).where(mine))


def _by_email(ctx: Ctx, email: str) -> Admin | None:
    return db.session.scalar(scoped(Admin, ctx).where(Admin.email_folded == fold_text(email)))
