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
    here = zones.local(moment)
    year = "" if here.year == zones.local(clock.now()).year else " y"
    return _written(moment, f"d MMM{year}, HH:mm{':ss' if here.second else ''}")


def precisely(moment: datetime) -> str:
    """Write an instant for comparing: in the reader's zone where that is not UTC, and in UTC."""
    utc = f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    here = zones.local(moment)
    return f"{utc} ({here:%Y-%m-%d %H:%M:%S %Z})" if here.utcoffset() else utc


def in_form(moment: datetime | None) -> str:
    """Write the date that a form's date field shows; what `form_values.day` reads back."""
    return "" if moment is None else f"{zones.local(moment):%Y-%m-%d}"


def midnight(day: date) -> datetime:
    """Give the first instant of a day in the reader's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zones.local(clock.now()).tzinfo).astimezone(UTC)


def _written(moment: datetime, pattern: str) -> str:
    return format_datetime(zones.local(moment), pattern, locale=get_locale() or "en")
