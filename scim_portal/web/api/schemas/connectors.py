"""Shapes of connectors, their tokens, and API keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from scim_portal import clock
from scim_portal.context import Role
from scim_portal.services import connectors, tokens
from scim_portal.web.api.schemas.pieces import Instant, text, truth, whole

LONGEST_DEBUG = connectors.LONGEST_DEBUG // timedelta(hours=1)
LONGEST_OVERLAP = int(tokens.LONGEST_OVERLAP.total_seconds())


class Until(Instant):
    """An instant that is shown as long as it lies ahead."""

    def _serialize(self, value: datetime | None, *args: Any, **kwargs: Any) -> str | None:
        return super()._serialize(value if value and value > clock.now() else None, *args, **kwargs)


class ConnectorChanges(Schema):
    """What can be changed of a connector; enabling needs a decided default license and a valid token."""

    name = text(100)
    enabled = truth()
    strict = truth()
    show_licenses = truth()
    tolerance = fields.String(metadata={"enum": list(connectors.TOLERANCES)})
    debug_hours = whole(
        validate=validate.Range(0, LONGEST_DEBUG),
        metadata={"description": "For so long the provisioning log keeps every call with its bodies; 0 ends it."},
    )


class NewConnector(Schema):
    """A connector to create, switched off."""

    kind = fields.String(required=True, metadata={"enum": list(connectors.KINDS)})
    name = text(100)
    strict = truth()
    show_licenses = truth()
    tolerance = fields.String(metadata={"enum": list(connectors.TOLERANCES)})


class Connector(Schema):
    """One identity provider's connection."""

    id = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": list(connectors.KINDS)})
    name = fields.String(required=True)
    enabled = fields.Boolean(required=True)
    strict = fields.Boolean(required=True)
    show_licenses = fields.Boolean(required=True)
    tolerance = fields.String(required=True)
    created_at = Instant(required=True)
    last_call_at = Instant(required=True, allow_none=True)
    debug_until = Until(required=True, allow_none=True)


class NewToken(Schema):
    """A token to issue."""

    expires_at = Instant(required=True)
    name = text(100)


class Regeneration(Schema):
    """A new value for a token; with an overlap, at most 7 days, the old value works until then."""

    expires_at = Instant(required=True)
    overlap_seconds = whole(load_default=0, validate=validate.Range(0, LONGEST_OVERLAP))


class Revocation(Schema):
    """Why a credential ends, for the record."""

    reason = text(500, allow_none=True)


class IssuedToken(Schema):
    """A new token; its value is in this answer and never again."""

    id = fields.String(required=True)
    token = fields.String(required=True, attribute="value")
    expires_at = Instant(required=True)


class Credential(Schema):
    """A token or key as far as it may be shown."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    masked = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    connector = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    expires_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True)
    replaced_by = fields.String(required=True, allow_none=True)
    revoked_at = Instant(required=True, allow_none=True)


class NewApiKey(Schema):
    """An API key to issue."""

    role = fields.Enum(Role, by_value=True, required=True)
    expires_at = Instant(required=True)
    name = text(100)


class IssuedKey(Schema):
    """A new API key; its value is in this answer and never again."""

    id = fields.String(required=True)
    key = fields.String(required=True, attribute="value")
    expires_at = Instant(required=True)
