"""Structured logs: one JSON object a line, named fields only, and no credential in any of them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from scim_portal.config import Settings

SECRET = re.compile(r"scim[pk]_[A-Za-z0-9_.-]{8,}")


def configure(settings: Settings) -> None:
    """Set up structlog for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(settings.log_level, logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def hide_secrets(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out anything that looks like one of our credentials, wherever it came from."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = SECRET.sub("scim…hidden", value)
    return event
