"""Inviting admins: a signed link, good for seven days and once, by which somebody chooses a password and is in.

The link carries a mark of the invited row, so accepting it, inviting anew and disabling all end it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scim_portal.context import Actor, ActorKind, Ctx, Role
from scim_portal.errors import Conflict, NotFound
from scim_portal.models import Admin
from scim_portal.services import access, admins, audit, mail, outbox, passwords, signed_values
from scim_portal.services.access import SignIn
from scim_portal.services.audit import Action
from scim_portal.services.outbox import Channel

LIVES = timedelta(days=7)
PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation and, this once, its link; `is_mailed` says that it goes out by e-mail, too."""

    admin: Admin
    url: str
    expires_at: datetime
    is_mailed: bool


def invite(ctx: Ctx, *, email: str, role: str) -> Invitation:
    """Invite somebody. Raises `Invalid`, and `Conflict` for an e-mail that is taken."""
    return _issue(ctx, access.add(ctx, email=email.strip(), role=role, password_hash=_nobodys()))


def again(ctx: Ctx, id: str) -> Invitation:
    """Make a new link for somebody who has not come yet; the old one is dead. Raises `Conflict` for everybody else."""
    admin = admins.locked(ctx, id)
    if not admins.is_invited(admin):
        raise Conflict("This admin has accepted already.", field="id", value=id)
    if admin.disabled_at:
        raise Conflict("This admin is disabled; enable them first.", field="id", value=id)
    admin.password_hash = _nobodys()
    return _issue(ctx, admin)


def invited(ctx: Ctx, value: str) -> Admin:
    """Tell whom a link invites. Raises `NotFound` when it is not, or no longer, good."""
    admin_id, mark = signed_values.read(ctx, PURPOSE, value)
    return _awaited(admins.find(ctx, admin_id), mark)


def accept(ctx: Ctx, value: str, *, password: str) -> SignIn:
    """Set the password of somebody invited and begin their first session. Raises `NotFound`, `Invalid`."""
    admin_id, mark = signed_values.read(ctx, PURPOSE, value)
    admin = _awaited(admins.locked(ctx, admin_id), mark)
    admin.password_hash, admin.must_change_password = passwords.hashed(password), False
    known = Actor(ActorKind.ADMIN, admin.id, admin.email, Role(admin.role), ctx.actor.ip, ctx.actor.user_agent)
    ctx = replace(ctx, actor=known)
    audit.record(ctx, Action.INVITATION_ACCEPTED, "admin", admin.id, admin.email)
    return access.enter(ctx, admin)


def _issue(ctx: Ctx, admin: Admin) -> Invitation:
    expires_at = (ctx.now + LIVES).replace(microsecond=0)
    value = signed_values.sign(ctx, PURPOSE, admin.id, _mark(admin), until=expires_at)
    after = {"role": admin.role, "expires_at": expires_at.isoformat()}
    audit.record(ctx, Action.ADMIN_INVITED, "admin", admin.id, admin.email, after=after)
    url = f"{ctx.portal.base_url}/invitation/{value}"
    is_mailed = mail.is_configured(ctx.settings)
    if is_mailed:
        outbox.write(ctx, Channel.EMAIL, _letter(ctx, admin, url, expires_at))
    return Invitation(admin, url, expires_at, is_mailed)


def _letter(ctx: Ctx, admin: Admin, url: str, expires_at: datetime) -> dict[str, Any]:
    text = (
        f"{ctx.actor.name} invites you to manage the portal “{ctx.portal.name}” as {admin.role}.\n\n"
        f"Open this link and choose a password:\n{url}\n\n"
        f"It works once, until {expires_at:%Y-%m-%d %H:%M} UTC. If you expected no invitation, do nothing."
    )
    subject = f"Invitation to the portal {ctx.portal.name}"
    return {"to": [admin.email], "subject": subject, "text": text, "secret": True}


def _awaited(admin: Admin, mark: str) -> Admin:
    if not admins.is_invited(admin) or admin.disabled_at or mark != _mark(admin):
        raise NotFound("This invitation was accepted already, withdrawn, or replaced by a newer one.")
    return admin


def _mark(admin: Admin) -> str:
    return signed_values.fingerprint(admin.password_hash)


def _nobodys() -> str:
    return admins.INVITED + secrets.token_urlsafe(16)
