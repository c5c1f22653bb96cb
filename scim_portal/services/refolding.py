"""Bring what is stored in line with the extensions a portal declared: the folded copies that filters and rules read.

Data may have come in long before its description. A job does this in batches, oldest resources first; documents keep every
value and only get canonical names. What users hold is settled where a rule reads the extension. Declaring is in `extensions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Group, User
from scim_portal.protocol.recasting import recast
from scim_portal.services import licensing, mapping, resource_types, rulebook
from scim_portal.services.mapping import Stamp
from scim_portal.services.seats import Cause

TABLES = {"User": User.__table__, "Group": Group.__table__}


def carriers(ctx: Ctx, kind: str, urn: str, after: str, size: int) -> list[str]:
    """List the next users or groups, deleted ones included, whose document has something under a URN."""
    table = TABLES[kind]
    query = select(table.c.id).where(_carries(ctx, table, urn), table.c.id > after)
    return list(db.session.scalars(query.order_by(table.c.id).limit(size)))


def count(ctx: Ctx, kind: str, urn: str) -> int:
    """Count them."""
    table = TABLES[kind]
    return db.session.scalar(select(func.count()).select_from(table).where(_carries(ctx, table, urn))) or 0


def refold(ctx: Ctx, kind: str, urn: str, ids: Sequence[str], cause: Cause) -> None:
    """Fold some users or groups anew, and settle those users whom a rule may judge differently now."""
    table = TABLES[kind]
    mine = (table.c.portal_id == ctx.portal.id) & table.c.id.in_(ids)
    rows = db.session.execute(select(table).where(mine).order_by(table.c.id).with_for_update(key_share=True)).all()
    # Read only now: whoever changed the extensions before these rows were locked must not be overruled.
    types = resource_types.of(ctx)
    changed = [row.id for row in rows if _fold_anew(ctx, kind, row, types)]
    if kind == "User" and changed and rulebook.in_force(ctx).may_change((urn,)):
        licensing.settle(ctx, changed, cause=cause)


def forget(ctx: Ctx, kind: str, urn: str) -> None:
    """Take an extension out of all folded copies at once, so that no filter meets values of another type than it expects."""
    table = TABLES[kind]
    if db.engine.dialect.name == "postgresql":
        rest: Any = table.c.folded.op("-", return_type=JSONB())(cast(urn, Text))
    else:
        rest = func.json_remove(table.c.folded, f'$."{urn}"')
    db.session.execute(table.update().where(_carries(ctx, table, urn)).values(folded=rest))


def _fold_anew(ctx: Ctx, kind: str, row: Any, types: resource_types.Types) -> bool:
    table, stamp = TABLES[kind], Stamp(row.id, row.version, row.created_at, row.updated_at)
    described, columns_of = (
        (types.user, mapping.user_columns) if kind == "User" else (types.group, mapping.group_columns)
    )
    columns = columns_of(recast(described, mapping.content(row.document)), stamp, described)
    values = {name: columns[name] for name in ("document", "folded") if columns[name] != getattr(row, name)}
    if values:
        this = (table.c.portal_id == ctx.portal.id) & (table.c.id == row.id)
        db.session.execute(table.update().where(this).values(values))
    return "folded" in values


def _carries(ctx: Ctx, table: Any, urn: str) -> ColumnElement[bool]:
    named = func.lower(table.c.document).contains(f'"{urn.lower()}"', autoescape=True)
    carried: ColumnElement[bool] = (table.c.portal_id == ctx.portal.id) & named
    return carried
