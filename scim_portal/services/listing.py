"""Which rows a list holds: of one resource type or several, filtered, ordered, from an index or from a place on.

Every order ends with the id, so pages never overlap. A place (`protocol.cursors`) is met by comparing with it, so that a page
deep in a list costs what the first one costs; an index has to be counted up to. Only ids, versions and documents are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)

from scim_portal.context import Ctx
from scim_portal.db import UtcDateTime, db
from scim_portal.models import Group, User
from scim_portal.prepared import Prepared
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.cursors import Place
from scim_portal.protocol.filters import Bound, Target
from scim_portal.services import anchors, filter_slots, filter_sql, sort_sql

MOST_PREPARED = 500
MODELS: dict[str, type[User] | type[Group]] = {"User": User, "Group": Group}


@dataclass(frozen=True, slots=True)
class Source:
    """One resource type in a list: which of its resources, and by which attribute they are sorted."""

    kind: ResourceType
    bound: Bound | None = None
    sort: Target | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list: the rows (id, version, document), the total, and where it starts (from 1)."""

    rows: Sequence[Row[Any]]
    total: int
    start_index: int


def page(ctx: Ctx, sources: Sequence[Source], *, start_index: int, count: int, descending: bool = False) -> Page:
    """Give a page by index and the total of the list."""
    if len(sources) == 1 and sources[0].bound is None and sources[0].sort is None:
        everything, of_all = anchors.page(ctx, _model(sources[0]), offset=start_index - 1, count=count)
        return Page(everything, of_all, start_index)
    found: Sequence[Any] | None = []
    if count > 0:
        found = _looked_up(ctx, sources, count, start_index)
        if found is None:
            found = rows(ctx, sources, limit=count, offset=start_index - 1, descending=descending)
    if len(found) < count and (found or start_index == 1):  # the page is the last one: its end is the total
        return Page(found, start_index - 1 + len(found), start_index)
    return Page(found, total(ctx, sources), start_index)


_prepared: dict[tuple[Any, ...], Prepared] = {}


def _looked_up(ctx: Ctx, sources: Sequence[Source], count: int, start_index: int) -> Sequence[Any] | None:
    """Read the first rows that meet a filter of one resource type by its shape's own statement; None where it has none."""
    source = sources[0]
    if len(sources) > 1 or source.bound is None or source.sort is not None or start_index != 1:
        return None
    shape = filter_slots.shape(source.bound)
    if shape is None:
        return None
    key = (source.kind.name, db.engine.dialect.name, shape.key)
    statement = _prepared.get(key)
    if statement is None:
        if len(_prepared) >= MOST_PREPARED:
            _prepared.clear()
        statement = _prepared[key] = _prepare(replace(source, bound=shape.bound))
    return statement.all(portal=ctx.portal.id, most=count, **shape.values)


def _prepare(source: Source) -> Prepared:
    model, portal = _model(source), bindparam("portal")
    condition = filter_sql.condition(source.bound, model, db.engine.dialect.name, portal) if source.bound else true()
    query = select(*_parts(source)).where(model.portal_id == portal, model.deleted_at.is_(None), condition)
    return Prepared(query.order_by(model.id).limit(bindparam("most")))


def total(ctx: Ctx, sources: Sequence[Source]) -> int:
    """Count the whole list."""
    return sum(_total(ctx, one) for one in sources)


def rows(
    ctx: Ctx,
    sources: Sequence[Source],
    *,
    limit: int,
    offset: int = 0,
    descending: bool = False,
    place: Place | None = None,
) -> Sequence[Row[Any]]:
    """Read up to `limit` rows, after or before a place if there is one; those before it come nearest first.

    A sorted list's rows carry `sort_key`, rows of several types carry `kind`.
    """
    backward = place is not None and place.backward
    query, key, id = _several(ctx, sources) if len(sources) > 1 else _one(ctx, sources[0])
    if place is not None:
        query = query.where(_beyond(key, id, place, ascending=descending == backward))
    query = query.order_by(*_order(key, ascending=descending == backward), id.desc() if backward else id)
    return db.session.execute(query.limit(limit).offset(offset or None)).all()


def _total(ctx: Ctx, source: Source) -> int:
    if source.bound is None:  # of a whole list most is counted already
        return anchors.page(ctx, _model(source), offset=0, count=0)[1]
    query = select(func.count()).select_from(_model(source))
    return db.session.scalar(query.where(*_where(ctx, source))) or 0


def _one(ctx: Ctx, source: Source) -> tuple[Any, ColumnElement[Any] | None, Any]:
    key = _key(source)
    query = select(*_parts(source)) if key is None else select(*_parts(source), key.label("sort_key"))
    return query.where(*_where(ctx, source)), key, _model(source).id


def _several(ctx: Ctx, sources: Sequence[Source]) -> tuple[Any, ColumnElement[Any] | None, Any]:
    keys = [_key(source) for source in sources]
    kind_of_key = next((key.type for key in keys if key is not None), None)
    parts = []
    for source, key in zip(sources, keys, strict=True):
        columns = [*_parts(source), literal_column(f"'{source.kind.name}'", Text).label("kind")]
        if kind_of_key is not None:
            columns.append((cast(null(), kind_of_key) if key is None else key).label("sort_key"))
        parts.append(select(*columns).where(*_where(ctx, source)))
    both = union_all(*parts).subquery()
    if kind_of_key is None:
        return select(both), None, both.c.id
    # A column that is never null in one type is so in all of them, the union would say.
    key = type_coerce(both.c.sort_key, kind_of_key)
    return select(both), sort_sql.collated(key, db.engine.dialect.name), both.c.id


def _parts(source: Source) -> tuple[Any, ...]:
    table = _model(source).__table__.c  # the ORM's own handling of a row would cost as much again as reading it
    return table.id, table.version, table.document


def _key(source: Source) -> ColumnElement[Any] | None:
    return sort_sql.key(source.sort, _model(source), db.engine.dialect.name) if source.sort else None


def _model(source: Source) -> type[User] | type[Group]:
    return MODELS[source.kind.name]


def _where(ctx: Ctx, source: Source) -> list[ColumnElement[bool]]:
    model = _model(source)
    where = [model.portal_id == ctx.portal.id, model.deleted_at.is_(None)]
    if source.bound is not None:
        where.append(filter_sql.condition(source.bound, model, db.engine.dialect.name, ctx.portal.id))
    return where


def _order(key: ColumnElement[Any] | None, *, ascending: bool) -> list[Any]:
    """Order by value; resources without one are last ascending and first descending (RFC 7644 §3.4.2.3)."""
    if key is None:
        return []
    if not getattr(key, "nullable", True):  # an index may serve it
        return [key.asc() if ascending else key.desc()]
    return [key.asc().nulls_last() if ascending else key.desc().nulls_first()]


def _beyond(key: ColumnElement[Any] | None, id: Any, place: Place, *, ascending: bool) -> ColumnElement[bool]:
    further: ColumnElement[bool] = id < place.id if place.backward else id > place.id
    if key is None:
        return further
    if place.key is None:
        level = key.is_(None) & further
        return level if ascending else or_(level, key.is_not(None))
    value = literal(_typed(place.key, key), key.type)
    beyond = or_(key > value if ascending else key < value, (key == value) & further)
    return or_(beyond, key.is_(None)) if ascending else beyond


def _typed(value: Any, key: ColumnElement[Any]) -> Any:
    return datetime.fromisoformat(value) if isinstance(key.type, UtcDateTime) else value
