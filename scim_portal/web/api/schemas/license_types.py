"""Shapes of license types and contract lines."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from scim_portal.services.license_fields import PERCENT
from scim_portal.web.api.schemas.pieces import Instant, text, whole

HIGHEST_PRICE = 9_999_999_999


class Allowance(fields.Field[Any]):
    """So many seats as a whole number, or a text such as `10%` of what was bought."""

    default_error_messages = {"invalid": "Must be a whole number, or a percentage like “10%”."}  # noqa: RUF012
    SHAPE = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]{1,4} ?%$"}]}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(metadata=self.SHAPE, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if is_whole or (isinstance(value, str) and PERCENT.match(value)):
            return value
        raise self.make_error("invalid")


def currency() -> fields.String:
    """Make a currency code, or null."""
    return fields.String(
        allow_none=True, validate=validate.Regexp(r"[A-Z]{3}\Z", error="Must be an ISO 4217 code like EUR.")
    )


class LicenseTypeChanges(Schema):
    """What can be changed of a license type; what is left out stays."""

    name = text(100)
    family = fields.String()
    rank = whole()
    hold_days = whole()
    settle_seconds = whole()
    allowance = Allowance()
    thresholds = fields.List(
        whole(validate=validate.Range(1, 100)),
        allow_none=True,
        validate=validate.Length(max=10),
        metadata={"description": "Per cents of the limit at which admins are told; null means 80, 90 and 100."},
    )
    unit_cost = fields.Decimal(allow_none=True, validate=validate.Range(0, HIGHEST_PRICE))
    currency = currency()


class NewLicenseType(LicenseTypeChanges):
    """A license type to create; a family that is new is created, none means one of its own."""

    key = fields.String(required=True)
    name = text(100, required=True)


class LicenseType(Schema):
    """A license type with its numbers of this moment; a null `capacity` or `limit` is unlimited.

    `used` counts assigned, releasing and held seats; `over` those above the limit, `overage` those above what was bought.
    """

    key = fields.String(required=True)
    name = fields.String(required=True)
    family = fields.String(required=True)
    rank = fields.Integer(required=True)
    hold_days = fields.Integer(required=True)
    settle_seconds = fields.Integer(required=True)
    allowance = Allowance(required=True)
    thresholds = fields.List(fields.Integer(), required=True)
    unit_cost = fields.Float(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    limit = fields.Integer(required=True, allow_none=True)
    used = fields.Integer(required=True)
    held = fields.Integer(required=True)
    suspended = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    over = fields.Integer(required=True)
    overage = fields.Integer(required=True)
    free = fields.Integer(required=True, allow_none=True)
    retired_at = Instant(required=True, allow_none=True)


class ContractLineChanges(Schema):
    """What can be changed of a contract line; what is left out stays. `ends_at` is the first instant without the seats."""

    quantity = whole(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    purchase_order = text(200, allow_none=True)
    vendor = text(200, allow_none=True)
    unit_price = fields.Decimal(allow_none=True, validate=validate.Range(0, HIGHEST_PRICE))
    currency = currency()


class NewContractLine(ContractLineChanges):
    """So many seats to add; a null `quantity` is unlimited."""

    quantity = whole(required=True, allow_none=True)


class ContractLine(Schema):
    """What was bought: so many seats, from when to before when."""

    id = fields.String(required=True)
    license_type = fields.String(required=True)
    quantity = fields.Integer(required=True, allow_none=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    purchase_order = fields.String(required=True, allow_none=True)
    vendor = fields.String(required=True, allow_none=True)
    unit_price = fields.Float(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    created_at = Instant(required=True)
