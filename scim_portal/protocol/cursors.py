"""Cursors of lists (RFC 9865 §2): where a page ended, signed, good for one query and for an hour.

A cursor carries the sort value and the id of one resource and the page size. It can be read by whoever holds it, who has
seen that resource, but not changed. Not here: which rows lie beyond that place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from scim_portal.protocol.errors import ExpiredCursor, InvalidCursor

TIMEOUT = 3600
_ALPHABET = re.compile(r"[A-Za-z0-9\-._~]{1,8192}")
Key = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two resources: after the one named, or before it when reading `backward`."""

    key: Key
    id: str
    size: int
    backward: bool = False


def write(secret: str, query: Sequence[str | None], place: Place, now: datetime) -> str:
    """Write a cursor; `query` is everything a later request must repeat."""
    issued = int(now.timestamp())
    content = [issued, place.key, place.id, place.size, place.backward]
    return str(_serializer(secret, query).dumps(content))


def read(secret: str, query: Sequence[str | None], cursor: str, now: datetime) -> Place:
    """Read a cursor back. Raises InvalidCursor, also for a cursor of another query, and ExpiredCursor."""
    if not _ALPHABET.fullmatch(cursor):
        raise _invalid(cursor)
    try:
        issued, *place = _serializer(secret, query).loads(cursor)
    except BadData:
        raise _invalid(cursor) from None
    if now.timestamp() - issued > TIMEOUT:
        raise ExpiredCursor("The cursor is more than an hour old; begin again with an empty one.", attribute="cursor")
    return Place(*place)


def _serializer(secret: str, query: Sequence[str | None]) -> URLSafeSerializer:
    bound = hashlib.sha256(json.dumps(list(query)).encode()).hexdigest()
    signer = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeSerializer(secret, salt=f"scim-cursor:{bound}", signer_kwargs=signer)


def _invalid(cursor: str) -> InvalidCursor:
    return InvalidCursor(
        "The cursor does not belong to this query; begin with an empty one and repeat the query unchanged.",
        attribute="cursor",
        value=cursor[:100],
    )
