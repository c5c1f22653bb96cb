"""Shapes of groups."""

from __future__ import annotations

from marshmallow import Schema, fields

from scim_portal.web.api.schemas.pieces import Instant, Query


class GroupQuery(Query):
    """Which groups: those whose name contains `search`."""

    search = fields.String()


class UsingRule(Schema):
    """A rule of the policy in force that tests the group."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class OtherGroup(Schema):
    """A group nested in the group, or one that the group is nested in."""

    id = fields.String(required=True)
    display_name = fields.String(required=True)


class Group(Schema):
    """A pushed group; deleted users and groups do not count as members."""

    id = fields.String(required=True)
    display_name = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    connector = fields.String(required=True, allow_none=True)
    deleted = fields.Boolean(required=True)
    member_count = fields.Integer(required=True, metadata={"description": "Users who are members themselves."})
    indirect_member_count = fields.Integer(
        required=True, metadata={"description": "Users who are members only through nested groups."}
    )
    member_groups = fields.List(fields.Nested(OtherGroup), required=True)
    parent_groups = fields.List(fields.Nested(OtherGroup), required=True)
    created_at = Instant(required=True)
    last_push_at = Instant(required=True, metadata={"description": "When a push last changed it."})
    rules = fields.List(fields.Nested(UsingRule), required=True)
