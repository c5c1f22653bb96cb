"""Reading what was typed into a form: texts, whole numbers, days; and putting an error beside its field."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from flask import flash, request

from scim_portal import errors
from scim_portal.web.portal import dates
from scim_portal.web.telling import told

# What may stand between the digits of a number, in one language or another.
GROUPING = str.maketrans("", "", ",.'’ \u00a0\u202f")


def text(name: str) -> str | None:
    """Read a text; blank is None. A NUL, which PostgreSQL takes in no text, is shown as U+FFFD."""
    return request.form.get(name, "").replace("\0", "\ufffd").strip() or None


def whole(name: str) -> int | None:
    """Read a whole number; blank is None. Raises `Invalid`."""
    typed = text(name)
    if typed is None:
        return None
    digits = typed.replace(",", "").removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise errors.Invalid("This must be a whole number.", field=name, value=typed)
    return int(typed.replace(",", ""))


def required_whole(name: str) -> int:
    """Read a whole number that must be there. Raises `Invalid`."""
    number = whole(name)
    if number is None:
        raise errors.Invalid("Give a whole number.", field=name)
    return number


def day(name: str) -> datetime | None:
    """Read a date as its first instant in the admin's zone; blank is None. Raises `Invalid`."""
    return as_day(name, text(name))


def as_day(name: str, typed: str | None) -> datetime | None:
    """Read a date from a text. Raises `Invalid` that names the field."""
    if not typed:
        return None
    try:
        return dates.midnight(datetime.strptime(typed, "%Y-%m-%d").date())  # noqa: DTZ007
    except (ValueError, OverflowError):
        raise errors.Invalid("This must be a date.", field=name, value=typed) from None


def as_end_of_day(name: str, typed: str | None) -> datetime | None:
    """Read a date from a text as the first instant after it. Raises `Invalid` that names the field."""
    found = as_day(name, typed)
    try:  # the day after, not 24 hours: a day in which the clock is changed has 23 or 25
        return dates.midnight(dates.here(found).date() + timedelta(days=1)) if found else None
    except OverflowError:
        raise errors.Invalid("This date is too late.", field=name, value=typed) from None


def required_day(name: str) -> datetime:
    """Read a date that must be there. Raises `Invalid`."""
    found = day(name)
    if found is None:
        raise errors.Invalid("Choose a date.", field=name)
    return found


def problems(error: errors.PortalError) -> dict[str, str]:
    """Put an error's sentences beside the fields they are about."""
    if isinstance(error, errors.Invalid) and error.problems:
        return {field.rpartition("/")[2] or field: detail for field, detail in reversed(error.problems)}
    return {error.field or "": error.detail}


def refusal(error: errors.PortalError, fields: Collection[str]) -> tuple[dict[str, str], int]:
    """Give what is wrong by field, and the status of the page that shows it; what has no field there is told at its top."""
    found = problems(error)
    for field in found.keys() - set(fields):
        flash(told(found[field]), "error")
    return found, 409 if isinstance(error, errors.Conflict) else 422
