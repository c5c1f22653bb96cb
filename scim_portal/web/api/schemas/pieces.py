"""What shapes are made of: instants, plain text, query strings of lists, lists themselves, problem details."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate


class Instant(fields.AwareDateTime):
    """An instant: RFC 3339 with an offset when read, in UTC with `Z` when written."""

    default_error_messages = {  # noqa: RUF012
        "invalid_awareness": "Needs a time zone: end it with Z or an offset like +02:00.",
        "invalid": "Must be an instant like 2027-01-31T00:00:00Z.",
    }

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None


class Query(Schema):
    """The query string of every list."""

    cursor = fields.String(metadata={"description": "The `next` of the page before."})
    limit = fields.Integer(validate=validate.Range(min=1), metadata={"description": "At most 500; 50 when left out."})


class FieldProblem(Schema):
    """One thing that is wrong; `field` is a member's name, or a JSON pointer into a document."""

    field = fields.String(required=True)
    detail = fields.String(required=True)


class Problem(Schema):
    """An RFC 9457 problem; `errors` names the offending fields."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblem))


@cache
def list_of(item: type[Schema]) -> type[Schema]:
    """Make the shape of a list: `items`, and the cursor of what follows or null."""
    parts: dict[str, Any] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(required=True, allow_none=True),
    }
    return Schema.from_dict(parts, name=f"{item.__name__}List")


def truth() -> fields.Boolean:
    """Make a true or false that must be written as one."""
    return fields.Boolean(truthy={True}, falsy={False})


def text(length: int, **options: Any) -> fields.String:
    """Make a text of 1 to so many characters."""
    return fields.String(validate=validate.Length(1, length), **options)


def wanted(**options: Any) -> fields.String:
    """Make a text that a list is filtered by; an empty one is refused, lest a value that got lost filter nothing."""
    return fields.String(validate=validate.Length(min=1), **options)


def whole(**options: Any) -> fields.Integer:
    """Make a whole number that must be written as one."""
    return fields.Integer(strict=True, **options)
