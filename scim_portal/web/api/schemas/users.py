"""Shapes of users, their seats and tickets, overrides, and the explanation of what they have."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from scim_portal.services import erasure, overrides, people
from scim_portal.web.api.schemas.pieces import Instant, Query, text


class UserQuery(Query):
    """Which users: `filter` is a SCIM filter."""

    filter = fields.String()
    sort = fields.String(load_default="created", metadata={"enum": list(people.SORTS)})


class SeatState(Schema):
    """A seat in a list of users."""

    license_type = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["assigned", "releasing", "held", "suspended"]})


class User(Schema):
    """A provisioned person; `connector` is the id of the one that provisioned them. Of an erased one a pseudonym is left."""

    id = fields.String(required=True)
    user_name = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    deleted = fields.Boolean(required=True)
    erased = fields.Boolean(required=True)
    connector = fields.String(required=True, allow_none=True)
    display_name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    seats = fields.List(fields.Nested(SeatState), required=True)


class Source(Schema):
    """What a seat comes from, as it was when the source began to carry it."""

    kind = fields.String(required=True, metadata={"enum": ["rule", "default", "pin"]})
    rule_id = fields.String(required=True, allow_none=True)
    rule_name = fields.String(required=True, allow_none=True)
    policy_version = fields.Integer(required=True)


class Seat(SeatState):
    """A seat with its source; `overage` tells that it was granted above what was bought."""

    source = fields.Nested(Source, required=True)
    since = Instant(required=True)
    overage = fields.Boolean(required=True)


class Ticket(Schema):
    """A wish that waits; a parked one keeps its number and has no position."""

    license_type = fields.String(required=True)
    klass = fields.Integer(required=True, data_key="class")
    queue_priority = fields.Integer(required=True)
    number = fields.Integer(required=True)
    position = fields.Integer(required=True, allow_none=True)


class Standing(Schema):
    """All that one user has and waits for."""

    seats = fields.List(fields.Nested(Seat), required=True)
    tickets = fields.List(fields.Nested(Ticket), required=True)


class Erasure(Schema):
    """Why somebody is erased, for the record; it should not name the person."""

    reason = text(erasure.LONGEST_REASON, allow_none=True, load_default=None)


class NewOverride(Schema):
    """A pin or an exclusion to add, with its reason."""

    license_type = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(overrides.KINDS))
    reason = fields.String(required=True)
    ends_at = Instant(allow_none=True, load_default=None)


class Override(Schema):
    """An admin's word about one user and one type."""

    id = fields.String(required=True)
    user_id = fields.String(required=True)
    license_type = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(overrides.KINDS)})
    reason = fields.String(required=True)
    author = fields.String(required=True)
    created_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)
