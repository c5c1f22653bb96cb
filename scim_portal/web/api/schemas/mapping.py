"""Shapes of attribute mappings. What a rule may say is checked in `protocol.conversion_rules`, so anything passes here."""

from __future__ import annotations

from typing import Any

from marshmallow import INCLUDE, Schema, fields, validate

from scim_portal.protocol.conversion_rules import DIRECTIONS, KINDS, TRANSFORMS


def _anything(kind: str, **options: Any) -> fields.Raw:
    return fields.Raw(allow_none=True, metadata={"type": kind} | options)


class MappingRule(Schema):
    """What feeds `target`: exactly one of `source`, `first_of` and `constant`."""

    target = _anything("string", example="name.familyName")
    source = _anything("string", example="displayName")
    first_of = _anything("array", items={"type": "string"})
    constant = fields.Raw(allow_none=True, metadata={"description": "A text, a number, true or false."})
    split = _anything("object", example={"separator": " ", "part": -1})
    transforms = _anything("array", items={"type": "string", "enum": list(TRANSFORMS)})
    drop_source = _anything("boolean")

    class Meta:
        """Unknown members are refused with their place, later."""

        unknown = INCLUDE


class MappingDirections(Schema):
    """Rules for what comes in, and for what is answered."""

    requests = fields.List(fields.Nested(MappingRule))
    answers = fields.List(fields.Nested(MappingRule))


class Mapping(Schema):
    """A connector's attribute mapping. Filters name stored attributes, whatever the rules say."""

    user = fields.Nested(MappingDirections)
    group = fields.Nested(MappingDirections)


class MappingTrial(Schema):
    """Rules and a sample to try them on; without `mapping`, the rules that are in force."""

    mapping = fields.Nested(Mapping)
    resource = fields.String(required=True, validate=validate.OneOf(KINDS))
    direction = fields.String(load_default="requests", validate=validate.OneOf(DIRECTIONS))
    sample = fields.Dict(keys=fields.String(), required=True)


class MappingPreview(Schema):
    """The sample as converted; for requests also what would be kept of it, or the `problem` that would refuse it."""

    result = fields.Dict(required=True)
    stored = fields.Dict(required=True, allow_none=True)
    problem = fields.String(required=True, allow_none=True)
