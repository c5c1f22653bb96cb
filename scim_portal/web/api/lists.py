"""Lists as every call answers them: pages that services cut, and short lists that are cut here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scim_portal import errors
from scim_portal.services import cursors
from scim_portal.services.people import Page

Answer = dict[str, Any]


def page(found: Page, shape: Callable[[Any], Any] | None = None) -> Answer:
    """Answer with a page that a service cut."""
    items = found.items if shape is None else [shape(item) for item in found.items]
    return {"items": items, "next": found.next}


def short(items: Sequence[Any], query: dict[str, Any], *, limit: int | None = None) -> Answer:
    """Answer with a list that is short enough to be read whole; it is cut only where a limit is asked for or given."""
    start = offset(query.get("cursor"))
    size = cursors.limit(query["limit"]) if "limit" in query else limit or len(items)
    following = cursors.encode(start + size) if start + size < len(items) else None
    return {"items": items[start : start + size], "next": following}


def offset(cursor: str | None) -> int:
    """Read where a short list goes on. Raises `Invalid`."""
    keys = cursors.decode(cursor, int)
    if keys is None:
        return 0
    if keys[0] < 0:
        raise errors.Invalid("This cursor belongs to no list; begin without one.", field="cursor")
    return int(keys[0])
