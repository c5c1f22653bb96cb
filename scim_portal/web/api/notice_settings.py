"""Who is told by e-mail, and a mail to try whether it arrives."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import notice_settings
from scim_portal.web import guards
from scim_portal.web.api import doors
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import notices as shapes

Body = dict[str, Any]
room = Room("notice-settings", "Who is told by e-mail.", writers=OWNERS)


@room.get("/notice-settings")
@room.response(200, shapes.NoticeSettings)
@doors.reads
def get_notice_settings(ctx: Ctx) -> Body:
    """Show who is told by e-mail."""
    return {"addresses": notice_settings.addresses(ctx)}


@room.put("/notice-settings")
@room.arguments(shapes.NoticeSettings)
@room.response(200, shapes.NoticeSettings)
@guards.writes
def put_notice_settings(ctx: Ctx, body: Body) -> Body:
    """Say who is told by e-mail."""
    notice_settings.change(ctx, body["addresses"])
    return {"addresses": notice_settings.addresses(ctx)}


@room.post("/notice-settings/test")
@room.response(202, shapes.QueuedMail)
@guards.writes
def send_test_mail(ctx: Ctx) -> Body:
    """Send a mail to everybody who is told; 422 when no mail server is configured."""
    written = notice_settings.post_test(ctx)
    return {"id": written.id, "to": written.payload["to"]}
