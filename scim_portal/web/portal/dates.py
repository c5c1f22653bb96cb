"""Instants as pages write them: in the zone and the language of whoever looks, and in UTC for whoever compares logs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from scim_portal import clock
from scim_portal.web import languages
from scim_portal.web.portal import zones


def on_day(moment: datetime) -> str:
    """Write a date, such as 6 Dec 2026."""
    return languages.day(here(moment))


def on_clock(moment: datetime) -> str:
    """Write a date and a time, such as 6 Dec 2026, 15:04."""
    return f"{on_day(moment)}, {here(moment):%H:%M}"


def in_month(moment: datetime) -> str:
    """Write a month, such as Dec 2026."""
    return languages.dated(here(moment), "MMM y", "yMMM")


def on_axis(moment: datetime) -> str:
    """Write what tells the points of a chart apart, such as 6 Dec, 15:04."""
    local = here(moment)
    is_near = local.year == here(clock.now()).year
    day = languages.dated(local, "d MMM", "MMMd") if is_near else languages.day(local)
    return f"{day}, {local:{'%H:%M:%S' if local.second else '%H:%M'}}"


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


def ending(end: datetime) -> datetime:
    """Give the last instant of the day that ends at an instant."""
    return end - timedelta.resolution


def midnight(day: date) -> datetime:
    """Give the first instant of a day in the reader's zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zones.local(clock.now()).tzinfo).astimezone(UTC)
