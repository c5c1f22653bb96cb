"""Instants in the time zone that the signed-in admin chose; UTC for everybody else, and where there is no request."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import g, has_app_context


def local(moment: datetime) -> datetime:
    """Move an instant to the zone of whoever looks at it."""
    return moment.astimezone(_zone())


def _zone() -> tzinfo:
    """Find the zone; a name that this machine does not know any more is UTC."""
    me = g.get("me") if has_app_context() else None
    try:
        return ZoneInfo(me.time_zone) if me and me.time_zone else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
