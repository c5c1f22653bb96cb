"""The one place that reads the time, so that tests can step it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Tell the present instant, aware, in UTC."""
    return datetime.now(UTC)
