"""Pages of long lists, by keys that an index is in the order of, and totals that are counted no further than anybody reads.

A condition that no index answers is tested row by row, but on `LOOKED_THROUGH` rows at most: a page may then end before
it is full, says how far it looked, and its cursor goes on there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from scim_portal.db import db, unindexed
from scim_portal.services import cursors

COUNTED = 10_000
LOOKED_THROUGH = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list, with the cursor of what follows, and the total where it was asked for.

    `is_more` says that there are more than `total`. `seen_to` is the instant that a list was looked through to, where that
    is not its end.
    """

    items: Sequence[Any]
    next: str | None
    total: int | None = None
    is_more: bool = False
    seen_to: datetime | None = None


def page(
    query: Select[Any],
    model: Any,
    order: Sequence[Any],
    sifted: Sequence[Any],
    cursor: str | None,
    limit: int | None,
    *,
    newest_first: bool,
    few: bool = False,
) -> Page:
    """Give a page of a list of records, which have an `at`; `order` is never the same twice, `sifted` has no index.

    `few` says that the query's own conditions have an index and leave so little that it is better sorted.
    """
    if keys := cursors.decode(cursor, *(cursors.kind(column) for column in order)):
        query = query.where(_beyond(order, keys, newest_first))
    directed = _directed([unindexed(column) for column in order] if few else order, newest_first)
    keys_only = query.with_only_columns(*order, model.at).order_by(*directed)
    end = db.session.execute(keys_only.offset(LOOKED_THROUGH - 1).limit(1)).first() if sifted else None
    if end is not None:
        place, last = tuple_(*order), tuple_(*end[: len(order)])
        query = query.where(place >= last if newest_first else place <= last)
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.where(*sifted).order_by(*directed).limit(size + 1)))
    if len(rows) > size:
        return Page(rows[:size], _cursor(getattr(rows[size - 1], column.key) for column in order))
    if end is not None:
        return Page(rows, _cursor(end[: len(order)]), seen_to=end[-1])
    return Page(rows, None)


def total(query: Select[Any], model: Any) -> tuple[int, bool]:
    """Count rows up to a bound; True says that there are more."""
    some = query.with_only_columns(model.id).limit(COUNTED + 1).subquery()
    found = db.session.scalar(select(func.count()).select_from(some)) or 0
    return min(found, COUNTED), found > COUNTED


def _directed(order: Sequence[Any], newest_first: bool) -> list[Any]:
    return [column.desc() if newest_first else column for column in order]


def _beyond(order: Sequence[Any], keys: Sequence[Any], newest_first: bool) -> Any:
    place, after = tuple_(*order), tuple_(*(cursors.instant(*one) for one in zip(order, keys, strict=True)))
    return place < after if newest_first else place > after


def _cursor(keys: Any) -> str:
    return cursors.encode(*(cursors.text(key) for key in keys))
