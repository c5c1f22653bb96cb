"""Shapes of the records: ledger, waitlist, provisioning log, admin actions."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from rules.policy import HIGHEST_PRIORITY
from scim_portal.services import queue_places
from scim_portal.web.api.schemas.pieces import Instant, Query, text, wanted, whole
from scim_portal.web.api.schemas.users import Source, Ticket


class LedgerQuery(Query):
    """Which ledger entries: `user` is an id, `to` is exclusive."""

    since = Instant(data_key="from")
    until = Instant(data_key="to")
    user_id = wanted(data_key="user")
    license_type = wanted()
    event = wanted()
    rule = wanted(metadata={"description": "The id of a rule."})


class LedgerEntry(Schema):
    """One change of one seat or ticket; `number` counts up per license type without gaps."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    at = Instant(required=True)
    event = fields.String(required=True)
    user_id = fields.String(required=True)
    user = fields.Function(
        lambda entry: entry.user_id, metadata={"type": "string", "description": "The same as `user_id`."}
    )
    user_name = fields.String(required=True)
    license_type = fields.String(required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True, allow_none=True)
    reason_code = fields.String(required=True)
    reason_text = fields.String(required=True)
    rule_id = fields.String(required=True, allow_none=True)
    policy_version = fields.Integer(required=True)
    cause_kind = fields.String(required=True)
    cause_id = fields.String(required=True, allow_none=True)
    actor_kind = fields.String(required=True)
    actor_id = fields.String(required=True, allow_none=True)
    actor_name = fields.String(required=True)
    ip = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True)
    use_after = fields.Integer(required=True)
    limit_after = fields.Integer(required=True, allow_none=True)
    waiting_after = fields.Integer(required=True)
    ticket_no = fields.Integer(required=True, allow_none=True)
    related_user_id = fields.String(required=True, allow_none=True)


class TicketQuery(Query):
    """Which tickets."""

    license_type = wanted()


class TicketChange(Schema):
    """Another place in the queue, with the reason for it."""

    queue_priority = whole(
        required=True, allow_none=True, validate=validate.Range(0, HIGHEST_PRIORITY),
        metadata={"description": "Lower is served first; null is that of the rule."},
    )  # fmt: skip
    reason = text(queue_places.LONGEST_REASON, required=True)


class WaitingTicket(Ticket):
    """A ticket of the waitlist with its user; `given_priority` is there while an admin's word goes before the rule's."""

    id = fields.String(required=True)
    given_priority = fields.Integer(required=True, allow_none=True)
    user_id = fields.String(required=True)
    user_name = fields.String(required=True)
    since = Instant(required=True)
    source = fields.Nested(Source, required=True)


class LogQuery(Query):
    """Which lines of the provisioning log: with `failed`, only failures; `resource` is an id; `to` is exclusive."""

    failed = fields.Boolean(load_default=False)
    resource_id = wanted(data_key="resource")
    status = wanted(metadata={"description": "A number such as 409, or a class such as 4xx."})
    method = wanted()
    connector_id = wanted(data_key="connector")
    since = Instant(data_key="from")
    until = Instant(data_key="to")


LINE = (
    "id", "at", "method", "path", "status", "milliseconds", "connector_id", "credential_id", "resource_kind", "resource_id",
    "resource_name", "detail", "effects", "ip", "request_id",
)  # fmt: skip


class LogEntry(Schema):
    """One SCIM write or failed call, in debug mode any call.

    `ms` is how long it took, `token` the credential's id, `effects` what seats did.
    """

    id = fields.String(required=True)
    at = Instant(required=True)
    method = fields.String(required=True)
    path = fields.String(required=True)
    status = fields.Integer(required=True)
    ms = fields.Integer(required=True, attribute="milliseconds")
    connector = fields.String(required=True, allow_none=True, attribute="connector_id")
    token = fields.String(required=True, allow_none=True, attribute="credential_id")
    resource = fields.Function(
        lambda line: {part: line[f"resource_{part}"] for part in ("kind", "id", "name")}, metadata={"type": "object"}
    )
    detail = fields.String(required=True, allow_none=True)
    effects = fields.List(fields.Dict(), required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True)
    request_body = fields.String(metadata={"description": "Query string and body, without secrets; in debug mode."})
    response_body = fields.String(metadata={"description": "What was answered, without secrets; in debug mode."})


class ActionQuery(Query):
    """Which admin actions: those on one kind of object, or on one object."""

    object_kind = wanted()
    object_id = wanted()


class AdminAction(Schema):
    """One thing that somebody did, with what it changed."""

    id = fields.String(required=True)
    at = Instant(required=True)
    action = fields.String(required=True)
    actor_kind = fields.String(required=True)
    actor_id = fields.String(required=True, allow_none=True)
    actor_name = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    object_kind = fields.String(required=True)
    object_id = fields.String(required=True, allow_none=True)
    object_name = fields.String(required=True, allow_none=True)
    before = fields.Dict(required=True, allow_none=True)
    after = fields.Dict(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    ip = fields.String(required=True, allow_none=True)
    request_id = fields.String(required=True)
