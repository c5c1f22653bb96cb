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

from sqlalchemy import bindparam, func, select

from scim_portal import ids
from scim_portal.context import Ctx
from scim_portal.db import db, insert
from scim_portal.models import Departures, Group, User
from scim_portal.prepared import Prepared

Model = type[User] | type[Group]
SETTLED = timedelta(minutes=2)
MOST_PLACES = 20_000
MOST_SHELVES = 1_000
_D = Departures.__table__
_COUNT = Prepared(select(_D.c.count).where(_D.c.portal_id == bindparam("portal"), _D.c.kind == bindparam("kind")))


def _page(model: Model, *, skipping: bool) -> Prepared:
    table = model.__table__.c
    beyond = [table.portal_id == bindparam("portal"), table.deleted_at.is_(None), table.id >= bindparam("first")]
    query = select(table.id, table.version, table.document).where(*beyond)
    if skipping:
        # Skipping is done on the index alone; with documents in the same query, PostgreSQL would fetch each of them.
        start = select(table.id).where(*beyond).order_by(table.id).offset(bindparam("skip")).limit(1)
        query = query.where(table.id >= start.scalar_subquery())
    return Prepared(query.order_by(table.id).limit(bindparam("most")))


def _counted(model: Model) -> Prepared:
    """Count those after an id: all, those older than the horizon, and the last of these."""
    table = model.__table__.c
    old = table.id < bindparam("horizon")
    found = (
        func.count().label("all_after"),
        func.count().filter(old).label("settled"),
        func.max(table.id).filter(old).label("last"),
    )
    mine = (table.portal_id == bindparam("portal"), table.deleted_at.is_(None), table.id > bindparam("after"))
    return Prepared(select(*found).where(*mine))


_PAGES = {(model, skips): _page(model, skipping=skips) for model in (User, Group) for skips in (False, True)}
_COUNTED = {model: _counted(model) for model in (User, Group)}


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


def page(ctx: Ctx, model: Model, *, offset: int, count: int) -> tuple[Sequence[Any], int]:
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


def _rows(ctx: Ctx, model: Model, first: str, count: int, *, skip: int = 0) -> Sequence[Any]:
    more = {"skip": skip} if skip else {}
    return _PAGES[model, bool(skip)].all(portal=ctx.portal.id, first=first, most=count, **more)


def _total(ctx: Ctx, model: Model, shelf: _Shelf) -> int:
    number, id = shelf.places[-1]
    before = number if id else 0
    row = _COUNTED[model].one_or_none(portal=ctx.portal.id, after=id, horizon=_horizon(ctx))
    if row.last is not None:
        shelf.learn(before + row.settled, row.last)
    return before + int(row.all_after)


def _shelf(ctx: Ctx, model: Model) -> _Shelf:
    """Give what is known of the list as it stands now; what was known before a departure is forgotten."""
    names = {"portal": ctx.portal.id, "kind": model.__name__}
    row = _COUNT.one_or_none(**names)
    departures = 0 if row is None else row[0]
    shelf = _shelves.get((ctx.portal.id, model.__name__))
    if shelf is None or shelf.departures != departures:
        if len(_shelves) >= MOST_SHELVES:
            _shelves.clear()
        shelf = _shelves[ctx.portal.id, model.__name__] = _Shelf(departures)
    return shelf


def _horizon(ctx: Ctx) -> str:
    return ids.first_of(ctx.now - SETTLED)
