"""Shapes of extension schemas that a portal declares; their attributes have the members of RFC 7643 §7."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from scim_portal.protocol.schema_documents import LONGEST_TEXT, LONGEST_URN, MOST_ATTRIBUTES, TYPES
from scim_portal.services.extensions import KINDS
from scim_portal.web.api.schemas.pieces import Instant, text

ABOUT = (
    "RFC 7643 §7: `name`, `type` (" + ", ".join(TYPES) + "), `multiValued`, `caseExact`, `mutability` (readWrite or "
    "readOnly), `returned` (default or always), `canonicalValues`, `referenceTypes`, `description`, `subAttributes`."
)


def _attributes(**options: Any) -> fields.List:
    """Take attributes as they are: the protocol reads them, and says where one is wrong."""
    return fields.List(
        fields.Dict(keys=fields.String(), metadata={"description": ABOUT}),
        validate=validate.Length(1, MOST_ATTRIBUTES),
        **options,
    )


def _about(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_TEXT), **options)


class NewSchema(Schema):
    """An extension to declare, of users unless said otherwise."""

    urn = text(LONGEST_URN, required=True)
    name = text(100, required=True)
    description = _about()
    resource_kind = fields.String(validate=validate.OneOf(KINDS))
    attributes = _attributes(required=True)


class SchemaChanges(Schema):
    """What can be changed of an extension; `attributes` is the whole list, and what is missing in it goes."""

    name = text(100)
    description = _about()
    attributes = _attributes()


class ExtensionSchema(Schema):
    """An extension that the portal declared."""

    id = fields.String(required=True)
    urn = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    resource_kind = fields.String(required=True, metadata={"enum": list(KINDS)})
    attributes = _attributes(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)


class ChangedSchema(ExtensionSchema):
    """An extension just declared or changed, and the job that folds what is stored anew (null: nothing to do)."""

    job_id = fields.String(required=True, allow_none=True)
