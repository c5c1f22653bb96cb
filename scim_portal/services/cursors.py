"""Opaque cursors for lists that go on: the last row's sort keys, as URL-safe text. They carry no rights."""

from __future__ import annotations

from typing import Any

import orjson
from itsdangerous.encoding import base64_decode, base64_encode

from scim_portal.errors import Invalid

DEFAULT_LIMIT, LARGEST_LIMIT = 50, 500


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
    if not isinstance(keys, list) or [type(one) for one in keys] != list(kinds):
        raise Invalid("This cursor belongs to no list; begin without one.", field="cursor", value=cursor[:100])
    return list(keys)


def limit(wanted: int | None) -> int:
    """Keep a page's size within bounds."""
    return min(LARGEST_LIMIT, max(1, wanted or DEFAULT_LIMIT))
