"""Instants as pages write them: in the zone and the language of whoever looks, and in UTC for whoever compares logs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from babel.dates import format_datetime
from flask_babel import get_locale

from scim_portal import clock
from scim_portal.web.portal import zones


def on_day(moment: datetime) -> str:
    """Write a date, such as 6 Dec 2026."""
    return _written(moment, "d MMM y")


def on_clock(moment: datetime) -> str:
    """Write a date and a time, such as 6 Dec 2026, 15:04."""
    return _written(moment, "d MMM y, HH:mm")


def in_month(moment: datetime) -> str:
    """Write a month, such as Dec 2026."""
    return _written(moment, "MMM y")


def on_axis(moment: datetime) -> str:
    """Write what tells the points of a chart apart, such as 6 Dec, 15:04."""
    local = here(moment)
    year = "" if local.year == here(clock.now()).year else " y"
    return _written(moment, f"d MMM{year}, HH:mm{':ss' if local.second else ''}")


def precisely(moment: datetime) -> str:
    """Write an instant for comparing: in the reader's zone where that is not UTC, and in UTC."""
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    local = here(moment)
    return f"{utc} ({local:%Y-%m-%d %H:%M:%S %Z})" if local.utcoffset() else utc


def here(moment: datetime) -> datetime:
    """Move an instant to the reader's zone; one at the edge of the calendar stays in UTC."""
    try:
        return zones.local(moment)
    except OverflowError:
        return moment


def in_form(moment: datetime | None) -> str:
    """Write the date that a form's date field shows; what `form_values.day` reads back."""
    return "" if moment is None else here(moment).date().isoformat()


def midnight(day: date) -> datetime:
    """Give the first instant of a day in the reader's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zones.local(clock.now()).tzinfo).astimezone(UTC)


def _written(moment: datetime, pattern: str) -> str:
    return format_datetime(here(moment), pattern, locale=get_locale() or "en")
