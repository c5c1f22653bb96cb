"""A contract line between its form and the service: what was typed, what a form begins with, what follows on a line."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scim_portal import errors
from scim_portal.ids import is_id, new_id
from scim_portal.models import ContractLine
from scim_portal.protocol.sentences import say
from scim_portal.services import license_fields
from scim_portal.web.portal import dates
from scim_portal.web.portal.form_values import day, required_day, text, whole

LONGEST_TEXT = 200


def typed(line: ContractLine | None = None, *, follows: ContractLine | None = None) -> dict[str, Any]:
    """Read a whole line, or one that follows on another; a date that was not touched keeps its time of day.

    Raises `Invalid`.
    """
    found: dict[str, Any] = {"quantity": whole("quantity")}
    shown = _next_term(follows) if follows else (line.starts_at, line.ends_at) if line else (None, None)
    for name, stored in zip(("starts_at", "ends_at"), shown, strict=True):
        found[name] = stored if _is_untouched(stored, name) else day(name)
    for name in ("purchase_order", "vendor"):
        found[name] = text(name)
        if len(found[name] or "") > LONGEST_TEXT:
            raise errors.Invalid(
                say("This may have {longest_text} characters at most.", longest_text=LONGEST_TEXT),
                field=name,
                value=found[name],
            )
    price, currency = text("unit_price"), text("currency")
    found["unit_price"] = license_fields.cost(price, field="unit_price")
    found["currency"] = license_fields.currency(currency and currency.upper())
    return found


def typed_end(line: ContractLine) -> dict[str, Any]:
    """Read when a line shall end. Raises `Invalid`."""
    return {"ends_at": line.ends_at if _is_untouched(line.ends_at, "ends_at") else required_day("ends_at")}


def of(line: ContractLine) -> dict[str, Any]:
    """Fill the form with a line as it is."""
    return {
        "quantity": line.quantity, "starts_at": dates.in_form(line.starts_at), "ends_at": dates.in_form(line.ends_at),
        "purchase_order": line.purchase_order, "vendor": line.vendor, "unit_price": _plain(line.unit_price),
        "currency": line.currency,
    }  # fmt: skip


def following(line: ContractLine) -> dict[str, Any]:
    """Fill the form with the line that would follow: as many seats for as long again; the order is a new one."""
    starts_at, ends_at = _next_term(line)
    return of(line) | {
        "starts_at": dates.in_form(starts_at), "ends_at": dates.in_form(ends_at), "purchase_order": None,
    }  # fmt: skip


def line_id() -> str:
    """Give the id of the line that a form adds: made with the form, so that a form sent twice adds one line."""
    sent = text("line_id") or ""
    return sent if is_id(sent) else new_id()


def _next_term(line: ContractLine) -> tuple[datetime | None, datetime | None]:
    """Give the instants between which the next line is in force: no day of both, no gap."""
    if line.starts_at and line.ends_at:
        with suppress(ValueError, OverflowError):  # beyond the calendar there is nothing to suggest
            return line.ends_at, _as_long_again(line.starts_at, line.ends_at).astimezone(UTC)
    return line.ends_at, None


def _is_untouched(stored: datetime | None, name: str) -> bool:
    return stored is not None and text(name) == dates.in_form(stored)


def _as_long_again(starts_at: datetime, ends_at: datetime) -> datetime:
    """Add whole years where the line runs for whole years, days otherwise."""
    start, end = dates.here(starts_at), dates.here(ends_at)
    years = end.year - start.year
    if years and (start.month, start.day) == (end.month, end.day) != (2, 29):
        return end.replace(year=end.year + years)
    return end + (end - start)


def _plain(price: Decimal | None) -> str | None:
    return None if price is None else license_fields.written(price)
