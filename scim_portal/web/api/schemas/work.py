"""Shapes of jobs, exports, and checks."""

from __future__ import annotations

from marshmallow import Schema, fields

from scim_portal.services import exports
from scim_portal.web.api.schemas.pieces import Instant


class Job(Schema):
    """A long piece of work with its progress."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["queued", "running", "done", "failed"]})
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    message = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)


class NewExport(Schema):
    """What to export: `as_of` is for seats, `from` and `to` (exclusive) for the ledger; `profile` is for CSV."""

    dataset = fields.String(required=True, metadata={"enum": list(exports.DATASETS)})
    format = fields.String(required=True, metadata={"enum": list(exports.FORMATS)})
    as_of = Instant(allow_none=True)
    since = Instant(allow_none=True, data_key="from")
    until = Instant(allow_none=True, data_key="to")
    profile = fields.String(metadata={"enum": list(exports.PROFILES)})


class BegunExport(Schema):
    """The export that was begun."""

    id = fields.String(required=True)


class Export(Job):
    """An export with its progress; `result` tells rows, bytes and SHA-256 of the file once it is done."""

    result = fields.Dict(required=True, allow_none=True)


class Invariants(Schema):
    """Whether the invariants hold now; violations are sentences."""

    ok = fields.Boolean(required=True)
    violations = fields.List(fields.String(), required=True)


class EntitlementQuery(Schema):
    """Whose right to what is asked."""

    user_name = fields.String(required=True)
    license_type = fields.String(required=True)


class Entitlement(Schema):
    """Whether an application may let somebody in; `state` is that of the seat, null without one."""

    allowed = fields.Boolean(required=True)
    state = fields.String(required=True, allow_none=True)
