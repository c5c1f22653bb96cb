"""Places in the list of all users, or all groups, known by number: deep pages and totals then cost what page 1 costs.

A process remembers at which number an id stands. New ids come at the end, so a number once known stays right until somebody
before it is deleted or comes back; `Departures` counts those, and a remembered place is good for one count only. What is
younger than two minutes is never remembered: a slow transaction may still slip in before it.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from scim_portal import ids
from scim_portal.context import Ctx
from scim_portal.db import db, insert
from scim_portal.models import Departures, Group, User

Model = type[User] | type[Group]
SETTLED = timedelta(minutes=2)
MOST_PLACES = 20_000
MOST_SHELVES = 1_000
_D = Departures.__table__
_COUNT = select(_D.c.count).where(_D.c.portal_id == bindparam("portal"), _D.c.kind == bindparam("kind"))


@dataclass(slots=True)
class _Shelf:
    """What is known of one list: (number, id), where the id stands at that number, from 1; the first id is not known."""

    departures: int
    places: list[tuple[int, str]] = field(default_factory=lambda: [(1, "")])

    def before(self, number: int) -> tuple[int, str]:
        return self.places[bisect_right(self.places, (number, "\x7f")) - 1]

    def learn(self, number: int, id: str) -> None:
        if self.before(number)[0] != number and len(self.places) < MOST_PLACES:
            insort(self.places, (number, id))


_shelves: dict[tuple[str, str], _Shelf] = {}


def note_departure(ctx: Ctx, model: Model) -> None:
    """Say that a user or group was deleted or came back; call it in the transaction that does so."""
    new = insert(_D).values(portal_id=ctx.portal.id, kind=model.__name__, count=1)
    more = {"count": _D.c.count + 1}
    db.session.execute(new.on_conflict_do_update(index_elements=["portal_id", "kind"], set_=more))


def page(ctx: Ctx, model: Model, *, offset: int, count: int) -> tuple[Sequence[Row[Any]], int]:
    """Give rows (id, version, document) from an offset on, oldest first, and how many there are in all."""
    found = _rows(ctx, model, "", count) if count and not offset else []
    if not offset and len(found) < count:
        return found, len(found)
    shelf = _shelf(ctx, model)
    if offset and count:
        number, id = shelf.before(offset + 1)
        found = _rows(ctx, model, id, count, skip=offset + 1 - number)
    if found and found[-1].id < _horizon(ctx):
        shelf.learn(offset + 1, found[0].id)
        shelf.learn(offset + len(found), found[-1].id)
    if found and len(found) < count:  # the page is the last one: its end is the total
        return found, offset + len(found)
    return found, _total(ctx, model, shelf)


def _rows(ctx: Ctx, model: Model, first: str, count: int, *, skip: int = 0) -> Sequence[Row[Any]]:
    table = model.__table__.c
    beyond = [table.portal_id == ctx.portal.id, table.deleted_at.is_(None), table.id >= first]
    query = select(table.id, table.version, table.document).where(*beyond)
    if skip:
        # Skipping is done on the index alone; with documents in the same query, PostgreSQL would fetch each of them.
        start = select(table.id).where(*beyond).order_by(table.id).offset(skip).limit(1).scalar_subquery()
        query = query.where(table.id >= start)
    return db.session.execute(query.order_by(table.id).limit(count)).all()


def _total(ctx: Ctx, model: Model, shelf: _Shelf) -> int:
    number, id = shelf.places[-1]
    before = number if id else 0
    table = model.__table__.c
    old = table.id < _horizon(ctx)
    counted = select(func.count(), func.count().filter(old), func.max(table.id).filter(old)).where(
        table.portal_id == ctx.portal.id, table.deleted_at.is_(None), table.id > id
    )
    all_after, settled, last = db.session.execute(counted).one()
    if last is not None:
        shelf.learn(before + settled, last)
    return before + int(all_after)


def _shelf(ctx: Ctx, model: Model) -> _Shelf:
    """Give what is known of the list as it stands now; what was known before a departure is forgotten."""
    names = {"portal": ctx.portal.id, "kind": model.__name__}
    departures = db.session.scalar(_COUNT, names) or 0
    shelf = _shelves.get((ctx.portal.id, model.__name__))
    if shelf is None or shelf.departures != departures:
        if len(_shelves) >= MOST_SHELVES:
            _shelves.clear()
        shelf = _shelves[ctx.portal.id, model.__name__] = _Shelf(departures)
    return shelf


def _horizon(ctx: Ctx) -> str:
    return ids.first_of(ctx.now - SETTLED)
