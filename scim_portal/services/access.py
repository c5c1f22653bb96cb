"""Coming into the portal: admins created with a one-time password, passwords and codes checked, sessions begun and ended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound, Unauthorized
from scim_portal.models import Admin
from scim_portal.protocol.folding import fold_text
from scim_portal.protocol.sentences import say
from scim_portal.services import admins, audit, passwords, sessions, signed_values, throttling, two_factor
from scim_portal.services.audit import Action

CODE_WITHIN = timedelta(minutes=5)
EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,128}@[^@\s\x00-\x1f]{1,128}\Z")


@dataclass(frozen=True, slots=True)
class SignIn:
    """A fresh session: the value goes into the cookie and nowhere else."""

    admin: Admin
    value: str


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """The password was right and a code is needed; `value` proves the first half for five minutes."""

    admin: Admin
    value: str


def create_admin(ctx: Ctx, *, email: str, role: str) -> tuple[Admin, str]:
    """Create an admin and give the one-time password with it. Raises `Invalid`, `Conflict`."""
    password = passwords.generate()
    admin = add(ctx, email=email, role=role, password_hash=passwords.hashed(password))
    audit.record(ctx, Action.ADMIN_CREATED, "admin", admin.id, email, after={"role": role})
    return admin, password


def add(ctx: Ctx, *, email: str, role: str, password_hash: str) -> Admin:
    """Write an admin down who has to choose a password yet. Raises `Invalid`, and `Conflict` for an e-mail that is taken."""
    if not EMAIL.match(email):
        raise Invalid(say("{email!r} is no e-mail address.", email=email), field="email", value=email)
    admins.known_role(role)
    if _by_email(ctx, email):
        raise Conflict(say("{email} is an admin of this portal already.", email=email), field="email", value=email)
    admin = Admin(
        portal_id=ctx.portal.id, email=email, email_folded=fold_text(email), role=role, password_hash=password_hash,
        must_change_password=True, created_at=ctx.now,
    )  # fmt: skip
    db.session.add(admin)
    db.session.flush()
    return admin


def sign_in(ctx: Ctx, *, email: str, password: str) -> SignIn | CodeNeeded | None:
    """Check a password and begin a session; None when they do not fit (and the failure is counted).

    Raises `TooMany` after too many failures. One answer and one duration for an unknown account and a wrong password.
    """
    account = fold_text(email)[:256]
    throttling.check(ctx, account=account, address=ctx.actor.ip)
    admin = _by_email(ctx, email)
    usable = admin is not None and admin.disabled_at is None and not admins.is_invited(admin)
    if not passwords.matches(password, admin.password_hash if usable and admin else None) or admin is None:
        throttling.failed(ctx, account=account, address=ctx.actor.ip)
        audit.record(ctx, Action.SIGN_IN_REFUSED, "admin", None, email[:256])
        return None
    throttling.forget(ctx, account=account)
    if two_factor.is_on(admin):
        until = ctx.now + CODE_WITHIN
        return CodeNeeded(admin, signed_values.sign(ctx, "second-step", admin.id, _half(admin), until=until))
    return enter(ctx, admin)


def second_step(ctx: Ctx, value: str, *, code: str) -> SignIn | None:
    """Check the code after the password and begin a session; None when it does not fit (and the failure is counted).

    Raises `NotFound` when the first half is too old or not true any more, and `TooMany` after too many failures.
    """
    admin_id, half = signed_values.read(ctx, "second-step", value)
    admin = admins.locked(ctx, admin_id)
    if admin.disabled_at or half != _half(admin):
        raise NotFound("Begin the sign-in anew.")
    account = f"code:{admin.email_folded}"
    throttling.check(ctx, account=account, address=ctx.actor.ip)
    if not two_factor.accept(ctx, admin, code):
        throttling.failed(ctx, account=account, address=ctx.actor.ip)
        audit.record(ctx, Action.SIGN_IN_REFUSED, "admin", admin.id, admin.email, after={"step": "code"})
        return None
    throttling.forget(ctx, account=account)
    return enter(ctx, admin)


def enter(ctx: Ctx, admin: Admin) -> SignIn:
    """Begin the session of somebody who has proved who they are."""
    admin.last_sign_in_at = ctx.now
    audit.record(ctx, Action.ADMIN_SIGNED_IN, "admin", admin.id, admin.email)
    return SignIn(admin, sessions.start(ctx, admin))


def prove(ctx: Ctx, admin_id: str, *, password: str, field: str = "password") -> Admin:
    """Ask for the password again before something grave; the admin's row is locked.

    Raises `Unauthorized` that names the field, and `TooMany`; the caller then has `count_failure` run by itself.
    """
    admin = admins.locked(ctx, admin_id)
    throttling.check(ctx, account=admin.email_folded, address=ctx.actor.ip)
    if not passwords.matches(password, admin.password_hash):
        raise Unauthorized("The present password is not right.", field=field)
    return admin


def count_failure(ctx: Ctx, admin_id: str) -> None:
    """Count a password that was not right; what was asked for with it has been undone by then."""
    throttling.failed(ctx, account=admins.find(ctx, admin_id).email_folded, address=ctx.actor.ip)


def change_password(ctx: Ctx, admin_id: str, *, old: str, new: str) -> str:
    """Set a new password, end every session of this admin, and begin a fresh one, whose value is returned."""
    admin = prove(ctx, admin_id, password=old, field="old")
    if old == new:
        raise Invalid("Choose a password that differs from the present one.", field="new")
    admin.password_hash, admin.must_change_password = passwords.hashed(new), False
    sessions.forget(ctx, admin.id)
    audit.record(ctx, Action.PASSWORD_CHANGED, "admin", admin.id, admin.email)
    return sessions.start(ctx, admin)


def sign_out(ctx: Ctx, value: str) -> None:
    """End the session behind a cookie value."""
    sessions.drop(ctx, value)
    audit.record(ctx, Action.ADMIN_SIGNED_OUT, "admin", ctx.actor.id, ctx.actor.name)


def _half(admin: Admin) -> str:
    """Mark what the first half of a sign-in rested on."""
    return signed_values.fingerprint(admin.password_hash, admin.totp_since)


def _by_email(ctx: Ctx, email: str) -> Admin | None:
    found: Admin | None = db.session.scalar(scoped(Admin, ctx).where(Admin.email_folded == fold_text(email)))
    return found
