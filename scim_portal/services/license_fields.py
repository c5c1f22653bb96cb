"""The settings of a license type: which there are, what each may be, and how they are told. Looks nothing up."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from scim_portal.errors import Invalid
from scim_portal.models import LicenseType
from scim_portal.protocol.sentences import say

CHANGEABLE = ("name", "rank", "hold_days", "settle_seconds", "allowance", "thresholds", "unit_cost", "currency")
MOST = {"rank": 1_000_000, "hold_days": 3650, "settle_seconds": 30 * 86_400, "allowance": 10_000_000}
MOST_PERCENT = 1000
MOST_THRESHOLDS = 10
HIGHEST_COST = Decimal("9999999999")
USUAL_THRESHOLDS = (80, 90, 100)
PERCENT = re.compile(r"([0-9]{1,4}) ?%\Z")
CURRENCY = re.compile(r"[A-Z]{3}\Z")


def assign(type: LicenseType, changes: dict[str, Any]) -> None:
    """Check settings and set them. Raises `Invalid` that names the field."""
    for field, value in changes.items():
        if field not in CHANGEABLE:
            raise Invalid(say("{field!r} cannot be changed.", field=field), field=field, value=value)
        _SETTERS.get(field, _number)(type, field, value)


def told(type: LicenseType) -> dict[str, Any]:
    """Tell all settings in the form in which they are given, as JSON values."""
    plain = {field: getattr(type, field) for field in CHANGEABLE}
    unit_cost = None if type.unit_cost is None else written(type.unit_cost)
    return plain | {
        "allowance": allowance(type),
        "thresholds": list(thresholds(type.thresholds)),
        "unit_cost": unit_cost,
    }


def allowance(type: LicenseType) -> int | str:
    """Tell the overage allowance: so many seats, or a text such as `10%` of what was bought (L1)."""
    return type.allowance if type.allowance_percent is None else f"{type.allowance_percent}%"


def thresholds(stored: list[int] | None) -> tuple[int, ...]:
    """Give the per cents of the limit at which admins are told; nothing stored means the usual ones."""
    return USUAL_THRESHOLDS if stored is None else tuple(stored)


def name(value: object) -> str:
    """Check a name. Raises `Invalid`."""
    if not isinstance(value, str) or not value.strip() or len(value) > 100:
        raise Invalid("A license type's name has 1 to 100 characters.", field="name", value=value)
    return value.strip()


def _set_name(type: LicenseType, field: str, value: object) -> None:
    type.name = name(value)


def _number(type: LicenseType, field: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST[field]:
        raise Invalid(
            say("{field} must be a whole number from 0 to {highest:,}.", field=field, highest=MOST[field]),
            field=field,
            value=value,
        )
    setattr(type, field, value)


def _set_allowance(type: LicenseType, field: str, value: object) -> None:
    if not isinstance(value, str):
        _number(type, field, value)
        type.allowance_percent = None
        return
    found = PERCENT.match(value.strip())
    if found is None or int(found[1]) > MOST_PERCENT:
        raise Invalid("The allowance is a whole number, or a percentage from 0% to 1000%.", field=field, value=value)
    type.allowance, type.allowance_percent = 0, int(found[1])


def _set_thresholds(type: LicenseType, field: str, value: object) -> None:
    if value is None:
        type.thresholds = None
        return
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_THRESHOLDS or not all(_is_percent(one) for one in listed):
        sentence = say("Thresholds are up to {most} whole numbers from 1 to 100.", most=MOST_THRESHOLDS)
        raise Invalid(sentence, field=field, value=value)
    type.thresholds = sorted(set(listed))


def _is_percent(one: object) -> bool:
    return isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= 100


def cost(value: object, *, field: str = "unit_cost") -> Decimal | None:
    """Check what a seat costs. Raises `Invalid`."""
    try:
        found = None if value is None else Decimal(str(value))
    except InvalidOperation:
        found = Decimal(-1)
    if found is not None and not (found.is_finite() and 0 <= found <= HIGHEST_COST):
        raise Invalid("The cost must be a number from 0 on.", field=field, value=str(value))
    return None if found is None else found.quantize(Decimal("0.0001"))


def currency(value: object) -> str | None:
    """Check a currency. Raises `Invalid`."""
    if value is not None and not (isinstance(value, str) and CURRENCY.match(value)):
        raise Invalid("Must be an ISO 4217 code like EUR.", field="currency", value=value)
    return value


def written(cost: Decimal) -> str:
    """Write a cost without idle zeros."""
    text = f"{cost:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _set_cost(type: LicenseType, field: str, value: object) -> None:
    type.unit_cost = cost(value)


def _set_currency(type: LicenseType, field: str, value: object) -> None:
    type.currency = currency(value)


_SETTERS: dict[str, Callable[[LicenseType, str, object], None]] = {
    "name": _set_name,
    "allowance": _set_allowance,
    "thresholds": _set_thresholds,
    "unit_cost": _set_cost,
    "currency": _set_currency,
}
