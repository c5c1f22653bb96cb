"""Opaque cursors for lists that go on: the last row's sort keys, as URL-safe text. They carry no rights."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from itsdangerous.encoding import base64_decode, base64_encode

from scim_portal.db import UtcDateTime
from scim_portal.errors import Invalid

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 500
# What a column of whole numbers holds; PostgreSQL refuses to compare one with more.
WHOLE = range(-(2**31), 2**31)


def encode(*keys: Any) -> str:
    """Write the keys of the last row shown."""
    return base64_encode(orjson.dumps(keys)).decode()


def decode(cursor: str | None, *kinds: type) -> list[Any] | None:
    """Read the keys back; None for the first page. Raises `Invalid` for anything that is no cursor of this list."""
    if not cursor:
        return None
    try:
        keys = orjson.loads(base64_decode(cursor))
    except Exception:
        keys = None
    if not isinstance(keys, list) or [type(one) for one in keys] != list(kinds) or not all(map(_can_be_compared, keys)):
        raise Invalid("This cursor belongs to no list; begin without one.", field="cursor", value=cursor[:100])
    return list(keys)


def text(key: Any) -> Any:
    """Write an instant as a cursor carries it; other keys are carried as they are."""
    return key.isoformat() if isinstance(key, datetime) else key


def kind(column: Any) -> type:
    """Tell as what a cursor carries a column's keys."""
    return str if isinstance(column.type, UtcDateTime) else column.type.python_type  # type: ignore[no-any-return]


def instant(column: Any, key: Any) -> Any:
    """Read a key back for its column. Raises `Invalid` where the column holds instants and the key is none, or has no zone."""
    if not isinstance(column.type, UtcDateTime) or isinstance(key, datetime):
        return key
    try:
        moment = datetime.fromisoformat(key)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("This cursor belongs to another order; begin without one.", field="cursor")


def limit(wanted: int | None) -> int:
    """Keep a page's size within bounds."""
    return min(LARGEST_LIMIT, max(1, wanted or DEFAULT_LIMIT))


def _can_be_compared(key: Any) -> bool:
    """Tell whether every database can compare a column with this key: a text has no NUL, a number is of a column's size."""
    return "\0" not in key if isinstance(key, str) else key in WHOLE
