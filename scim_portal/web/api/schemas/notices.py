"""Shapes of notices and of who is told by e-mail."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from scim_portal.services.notice_rules import Kind, Severity
from scim_portal.web.api.schemas.pieces import Instant, Query, text


class NoticeQuery(Query):
    """The query string of the list of notices."""

    state = fields.String(
        load_default="all",
        validate=validate.OneOf(("open", "all")),
        metadata={"description": "`open` leaves out what is over and what was put away."},
    )


class Notice(Schema):
    """Something admins were told; it is open until `ended_at`: the reason is gone, or `ended_by` put it away."""

    id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Kind)))
    subject = fields.String(
        required=True, metadata={"description": "What it is about, and since when it counts as new."}
    )
    severity = fields.String(required=True, validate=validate.OneOf(list(Severity)))
    text = fields.String(required=True)
    url = fields.String(required=True, allow_none=True, metadata={"description": "The page where it is put right."})
    at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)


class NoticeSettings(Schema):
    """Who is told by e-mail; null means all owners and license admins."""

    addresses = fields.List(text(200), required=True, allow_none=True)


class QueuedMail(Schema):
    """A mail that will be sent within seconds; what became of it stands in the portal under Notices."""

    id = fields.String(required=True)
    to = fields.List(fields.String(), required=True)
