"""Shapes of policies: document, preview, publishing, versions. What a document may say is checked by `rules`."""

from __future__ import annotations

from marshmallow import Schema, fields

from rules.findings import Flaw, Severity
from scim_portal.web.api.schemas.pieces import Instant, whole

EXAMPLE = {
    "families": {"cal": {"mode": "first-match"}},
    "defaults": {"cal": "view"},
    "rules": [{"name": "Sales", "condition": 'title sw "Sales"', "grants": ["pro"], "fallback": ["std"]}],
}


def _document() -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True, metadata={"example": EXAMPLE})


class Policy(Schema):
    """The policy in force; version 0 is the empty one of a new portal."""

    version = fields.Integer(required=True)
    document = _document()


class PreviewRequest(Schema):
    """A document to try; with `cursor`, the changes after those shown already."""

    document = _document()
    cursor = fields.String(allow_none=True)


class PreviewChange(Schema):
    """What would change for one user in one family; `before` and `after` are license types."""

    user_id = fields.String(required=True)
    user_name = fields.String(required=True)
    license_type = fields.String(required=True)
    change = fields.String(required=True, metadata={"enum": ["grant", "swap", "queue", "release"]})
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)


class PreviewCounts(Schema):
    """How many changes there are of each kind, and how many users keep what they have."""

    grant = fields.Integer(required=True)
    swap = fields.Integer(required=True)
    queue = fields.Integer(required=True)
    release = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)


class PreviewUsage(Schema):
    """The seats of one type in use before and after; a null `limit` is unlimited."""

    before = fields.Integer(required=True)
    after = fields.Integer(required=True)
    limit = fields.Integer(required=True, allow_none=True)


class Preview(Schema):
    """What a document would do; `preview_token` publishes it, `document` is it with every rule's id."""

    preview_token = fields.String(required=True)
    base_version = fields.Integer(required=True)
    document = _document()
    counts = fields.Nested(PreviewCounts, required=True)
    changes = fields.List(fields.Nested(PreviewChange), required=True)
    next = fields.String(required=True, allow_none=True)
    usage = fields.Dict(keys=fields.String(), values=fields.Nested(PreviewUsage), required=True)


class PublishRequest(Schema):
    """The document as it was previewed, and the preview's token."""

    document = _document()
    preview_token = fields.String(required=True)


class Published(Schema):
    """The new version, and the job that brings everybody in line with it."""

    version = whole(required=True)
    job_id = fields.String(required=True)


class RuleName(Schema):
    """A rule by id and name; `fields` are those that changed, where that is asked."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    fields_changed = fields.List(fields.String(), data_key="fields")


class PolicyDiff(Schema):
    """What a version changed in the one before it; `moved` tells that rules changed places."""

    added = fields.List(fields.Nested(RuleName), required=True)
    removed = fields.List(fields.Nested(RuleName), required=True)
    changed = fields.List(fields.Nested(RuleName), required=True)
    moved = fields.Boolean(required=True)
    defaults = fields.List(fields.String(), required=True, metadata={"description": "Families whose default changed."})
    families = fields.List(fields.String(), required=True, metadata={"description": "Families whose mode changed."})


class PolicyVersion(Schema):
    """One version of the history; `predicted` are the counts of the preview it was published from."""

    version = fields.Integer(required=True)
    author = fields.String(required=True)
    created_at = Instant(required=True)
    job_id = fields.String(required=True, allow_none=True)
    predicted = fields.Dict(required=True, allow_none=True)
    diff = fields.Nested(PolicyDiff, required=True)


class LintRequest(Schema):
    """A document to look over."""

    document = _document()


class Finding(Schema):
    """What is odd about one rule; `witness` is a small user, folded as conditions compare it, who shows it."""

    kind = fields.String(required=True, metadata={"enum": [str(one) for one in Flaw]})
    severity = fields.String(required=True, metadata={"enum": [str(one) for one in Severity]})
    rule_id = fields.String(required=True)
    other_rule_id = fields.String(required=True, allow_none=True)
    sentence = fields.String(required=True)
    witness = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class Lint(Schema):
    """All findings, in the order of the rules."""

    findings = fields.List(fields.Nested(Finding), required=True)
