"""Admins: who may come into the portal with which role. For owners."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.models import Admin
from scim_portal.services import admins, invitations
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import admins as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("admins", "Who may come into the portal, and with which role.", readers=OWNERS, writers=OWNERS)


@room.get("/admins")
@room.query(Query)
@room.response(200, list_of(shapes.Admin))
@doors.reads
def list_admins(ctx: Ctx, query: Body) -> Body:
    """List the admins by e-mail, disabled ones included."""
    return lists.short([_shape(one) for one in admins.everyone(ctx)], query)


@room.post("/admins")
@room.arguments(shapes.NewAdmin)
@room.response(201, shapes.Invited)
@guards.writes
def invite_admin(ctx: Ctx, body: Body) -> Body:
    """Invite somebody: they choose a password behind the link."""
    invitation = invitations.invite(ctx, **body)
    link = {"invitation_url": invitation.url, "expires_at": invitation.expires_at}
    return _shape(invitation.admin) | link


@room.patch("/admins/<id>")
@room.arguments(shapes.AdminChanges)
@room.response(200, shapes.Admin)
@guards.writes
def change_admin(ctx: Ctx, body: Body, id: str) -> Body:
    """Give an admin another role, disable or enable them; their sessions end with it."""
    admin = admins.find(ctx, id)
    if "role" in body:
        admin = admins.set_role(ctx, id, body["role"])
    if "disabled" in body:
        admin = admins.disable(ctx, id) if body["disabled"] else admins.enable(ctx, id)
    return _shape(admin)


def _shape(one: Admin) -> Body:
    names = ("id", "email", "role", "created_at", "last_sign_in_at")
    state = {"invited": admins.is_invited(one), "disabled": one.disabled_at is not None}
    return {name: getattr(one, name) for name in names} | state | {"two_factor": one.totp_since is not None}
