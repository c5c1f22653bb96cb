"""Notices: what admins are told. Who is told by e-mail is `notice_settings`."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.models import Notice
from scim_portal.services import notices
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import notices as shapes
from scim_portal.web.api.schemas.pieces import list_of

Body = dict[str, Any]
room = Room("notices", "What admins are told: full licenses, expiring tokens and contracts, rules that need attention.")


@room.get("/notices")
@room.query(shapes.NoticeQuery)
@room.response(200, list_of(shapes.Notice))
@doors.reads
def list_notices(ctx: Ctx, query: Body) -> Body:
    """List notices, newest first."""
    is_open = query.pop("state") == "open"
    return lists.page(notices.listed(ctx, open_only=is_open, **query), lambda one: _shape(ctx, one))


@room.post("/notices/<id>/dismiss")
@room.response(200, shapes.Notice)
@guards.writes
def dismiss_notice(ctx: Ctx, id: str) -> Body:
    """Put a notice away; it is not told again before its reason was gone."""
    return _shape(ctx, notices.dismiss(ctx, id))


def _shape(ctx: Ctx, one: Notice) -> Body:
    names = ("id", "kind", "severity", "text", "at", "ended_at", "ended_by")
    url = f"{ctx.portal.base_url}{one.link}" if one.link else None
    return {name: getattr(one, name) for name in names} | {"subject": notices.subject(one), "url": url}
