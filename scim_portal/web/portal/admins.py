"""Admins: who may come in with which role. For owners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import flash, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx, Role
from scim_portal.models import Admin
from scim_portal.services import admins as services
from scim_portal.services import invitations
from scim_portal.services.invitations import Invitation
from scim_portal.web.portal import door, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, text
from scim_portal.web.telling import told


@dataclass(frozen=True, slots=True)
class Line:
    """An admin as the list shows them."""

    id: str
    email: str
    role: str
    state: str
    is_me: bool
    has_two_factor: bool
    last_sign_in_at: datetime | None
    created_at: datetime


@blueprint.get("/admins")
def admins() -> Answer:
    """List the admins."""
    return _show()


@blueprint.post("/admins")
def admin_invite() -> Answer:
    """Invite somebody and show the link, this once."""
    email, role = text("email") or "", request.form.get("role", "")
    return _invited(lambda ctx: invitations.invite(ctx, email=email, role=role))


@blueprint.post("/admins/<admin_id>/invitation")
def admin_invite_again(admin_id: str) -> Answer:
    """Make a new link for somebody who has not come yet, and show it, this once."""
    return _invited(lambda ctx: invitations.again(ctx, admin_id))


@blueprint.post("/admins/<admin_id>/role")
def admin_role(admin_id: str) -> Answer:
    """Give an admin another role."""
    role = request.form.get("role", "")
    said = _("The role is changed. They sign in anew.")
    return door.attempt(lambda ctx: services.set_role(ctx, admin_id, role), said=said, back=_own())


@blueprint.post("/admins/<admin_id>/disable")
def admin_disable(admin_id: str) -> Answer:
    """Keep an admin out."""
    said = _("The admin is disabled and signed out everywhere.")
    return door.attempt(lambda ctx: services.disable(ctx, admin_id), said=said, back=_own())


@blueprint.post("/admins/<admin_id>/enable")
def admin_enable(admin_id: str) -> Answer:
    """Let an admin in again."""
    said = _("The admin may sign in again.")
    return door.attempt(lambda ctx: services.enable(ctx, admin_id), said=said, back=_own())


@blueprint.post("/admins/<admin_id>/sign-out")
def admin_sign_out(admin_id: str) -> Answer:
    """End all sessions of an admin."""
    said = _("The admin is signed out everywhere.")
    return door.attempt(lambda ctx: services.sign_out(ctx, admin_id), said=said, back=_own())


@blueprint.post("/admins/<admin_id>/two-factor/off")
def admin_two_factor_off(admin_id: str) -> Answer:
    """Take the second factor away from an admin who lost it."""
    said = _("Two-factor sign-in is off for this admin. They sign in anew.")
    return door.attempt(lambda ctx: services.turn_off_two_factor(ctx, admin_id), said=said, back=_own())


def _invited(work: Callable[[Ctx], Invitation]) -> Answer:
    try:
        return _show(invitation=door.change(work))
    except errors.Invalid as error:
        return _show(found=problems(error)), 422
    except errors.Conflict as error:
        if error.field != "email":
            flash(told(error.detail), "error")
        return _show(found=problems(error)), 409


def _show(*, invitation: Invitation | None = None, found: dict[str, str] | None = None) -> str:
    lines = [_line(one) for one in services.everyone(door.context())]
    return door.page(
        "admins.html", section="admins", admins=lines, invitation=invitation, roles=wording.ROLES, errors=found or {},
        form=request.form if found else {"role": Role.AUDITOR}, lives=invitations.LIVES.days,
    )  # fmt: skip


def _line(one: Admin) -> Line:
    state = "disabled" if one.disabled_at else "invited" if services.is_invited(one) else "active"
    return Line(
        one.id, one.email, one.role, state, one.id == door.me().id, one.totp_since is not None, one.last_sign_in_at,
        one.created_at,
    )  # fmt: skip


def _own() -> str:
    return url_for("portal.admins")
