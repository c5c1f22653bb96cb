"""Erasing a user's personal data: for owners, and for good."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import erasure
from scim_portal.web import guards
from scim_portal.web.api import users
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import users as shapes

Body = dict[str, Any]
room = Room("erasure", "Removing a user's personal data for good.", writers=OWNERS)


@room.post("/users/<id>/erase")
@room.arguments(shapes.Erasure, required=False)
@room.response(200, shapes.User)
@guards.writes
def erase_user(ctx: Ctx, body: Body, id: str) -> Body:
    """Remove a user's personal data for good; erasing twice changes nothing."""
    erasure.erase(ctx, id, reason=body["reason"])
    return users.one(ctx, id)
