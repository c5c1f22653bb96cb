"""How strings and instants are compared: one folding for Python and for the databases.

Databases fold case differently from each other, so folding happens here and its result is stored.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

_DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?",
    re.ASCII | re.IGNORECASE,
)


def fold_text(text: str) -> str:
    """Fold a whole value for comparison without case: NFKC, casefold, NFKC, outer blanks removed."""
    return fold_piece(text).strip()


def fold_piece(text: str) -> str:
    """Fold a piece of a value, which keeps its outer blanks: they are inner blanks of the value."""
    return text.lower() if text.isascii() else normalize("NFKC", normalize("NFKC", text).casefold())


def exact_text(text: str) -> str:
    """Normalize a string that compares with case: NFC only."""
    return text if text.isascii() else normalize("NFC", text)


def fold_instant(text: str) -> str | None:
    """Write an xsd:dateTime as UTC in the fixed form `YYYY-MM-DDTHH:MM:SS.ffffffZ`; None if it is none.

    A missing offset means UTC (RFC 7643 §2.3.5 leaves it open). In this form, order of text is order in time.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(6, "0")[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, fraction, UTC) - _offset(found[8])
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError("no such offset")
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
