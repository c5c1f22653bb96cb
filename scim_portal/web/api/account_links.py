"""Links by which provisioned users reach their own page."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx, Role
from scim_portal.services import account_links
from scim_portal.web import guards
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import admins as shapes

MAKERS = (Role.OWNER, Role.LICENSE_ADMIN, Role.HELPDESK)
room = Room("account-links", "Links by which provisioned users reach their own page.", writers=MAKERS)


@room.post("/users/<id>/account-link")
@room.response(201, shapes.AccountLink)
@guards.writes
def make_account_link(ctx: Ctx, id: str) -> Any:
    """Make a link to a user's own page, good for seven days; an older one is dead."""
    return account_links.make(ctx, id)
