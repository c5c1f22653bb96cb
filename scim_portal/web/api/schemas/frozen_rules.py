"""Shapes of rules that need attention."""

from __future__ import annotations

from marshmallow import Schema, fields

from scim_portal.web.api.schemas.groups import OtherGroup
from scim_portal.web.api.schemas.pieces import Instant
from scim_portal.web.api.schemas.policy import Published


class FrozenRule(Schema):
    """A rule one of whose groups was deleted; until `until` it only keeps what its people have."""

    rule_id = fields.String(required=True)
    name = fields.String(required=True)
    gone = fields.List(
        fields.Nested(OtherGroup), required=True, metadata={"description": "Its groups that are deleted."}
    )
    people = fields.Integer(required=True, metadata={"description": "How many people it keeps."})
    until = Instant(required=True, allow_none=True)


class Relink(Schema):
    """Which deleted group is replaced, and by which."""

    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)


class Pinned(Published):
    """What the pinning led to."""

    pinned = fields.Integer(required=True)
