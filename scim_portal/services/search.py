"""Answer a query for users, groups or both: filter and order bound to each type, then a page by index or by cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from scim_portal.context import Ctx
from scim_portal.protocol import cursors, filters, root_filters, sorting
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.cursors import Place
from scim_portal.protocol.errors import InvalidCount
from scim_portal.protocol.queries import DEFAULT_PAGE, LARGEST_PAGE, Query
from scim_portal.services import listing
from scim_portal.services.listing import Source


@dataclass(frozen=True, slots=True)
class Found:
    """A page: its rows, and either total and start (by index) or cursors (with the total on the first page)."""

    rows: Sequence[Row[Any]]
    total: int | None = None
    start_index: int | None = None
    next_cursor: str | None = None
    previous_cursor: str | None = None


def find(ctx: Ctx, types: Sequence[ResourceType], query: Query, *, bare_words: bool = False) -> Found:
    """Find the page that a query asks for. Raises the protocol's errors for filter, order, cursor and count."""
    sources = _sources(types, query, bare_words)
    if query.cursor is not None:
        return _by_cursor(ctx, sources, query)
    page = listing.page(ctx, sources, start_index=query.start_index, count=query.page_size, descending=query.descending)
    return Found(page.rows, page.total, page.start_index)


def _sources(types: Sequence[ResourceType], query: Query, bare_words: bool) -> tuple[Source, ...]:
    bounds: Sequence[filters.Bound | None] = [None] * len(types)
    if query.filter is not None and len(types) == 1:
        bounds = [filters.compiled(query.filter, types[0], bare_words=bare_words)]
    elif query.filter is not None:
        bounds = root_filters.bind_each(query.filter, types, bare_words=bare_words)
    orders = sorting.bind(query.sort_by, types) if query.sort_by else [None] * len(types)
    return tuple(Source(*parts) for parts in zip(types, bounds, orders, strict=True))


def _by_cursor(ctx: Ctx, sources: Sequence[Source], query: Query) -> Found:
    """Give a page by cursor (RFC 9865 §2); only the first one is counted, so that the others stay cheap."""
    secret, bound = ctx.settings.secret_key, _bound(ctx, sources, query)
    place = cursors.read(secret, bound, query.cursor, ctx.now) if query.cursor else None
    size = _size(query, place)
    total = listing.total(ctx, sources) if place is None else None
    if size == 0:
        return Found((), total)
    rows = listing.rows(ctx, sources, limit=size + 1, descending=query.descending, place=place)
    more, rows = len(rows) > size, rows[:size]
    backward = place is not None and place.backward
    rows = rows[::-1] if backward else rows

    def cursor(wanted: bool, end: int, before: bool) -> str | None:
        if not wanted or not rows:
            return None
        return cursors.write(secret, bound, Place(_plain(rows[end]), rows[end].id, size, before), ctx.now)

    follows, precedes = more or backward, place is not None and (more or not backward)
    return Found(rows, total, None, cursor(follows, -1, False), cursor(precedes, 0, True))


def _size(query: Query, place: Place | None) -> int:
    if place is not None and query.count in (None, place.size):
        return place.size
    if place is not None or (query.count or 0) > LARGEST_PAGE:
        raise InvalidCount(
            f"With a cursor, count must be at most {LARGEST_PAGE} and the same for every page.",
            attribute="count",
            value=query.count,
        )
    return DEFAULT_PAGE if query.count is None else query.count


def _bound(ctx: Ctx, sources: Sequence[Source], query: Query) -> list[str | None]:
    """Say what a cursor is good for: this portal, these types, this filter and order."""
    kinds = ",".join(source.kind.name for source in sources)
    orders = ",".join(str(source.sort) for source in sources)
    return [ctx.portal.id, kinds, query.filter, orders, str(query.descending)]


def _plain(row: Row[Any]) -> Any:
    key = getattr(row, "sort_key", None)
    return key.isoformat() if isinstance(key, datetime) else key
