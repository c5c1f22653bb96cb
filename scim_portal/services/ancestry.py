"""`Ancestry`: which group is below which other one at any height, followed anew where edges changed.

Only a part of the hierarchy is followed, from the ancestors that the groups above it have already: the work grows with the
edges at and below the change. Whoever calls holds the portal's lock. Edges, and what may not be nested, are in `nesting`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Ancestry, Group, Membership, Nesting
from scim_portal.protocol.errors import InvalidValue

CHUNK = 500
Parents = Mapping[str, Collection[str]]
_M, _N, _A = Membership.__table__.c, Nesting.__table__.c, Ancestry.__table__.c
_ABOVE, _BELOW = Group.__table__.alias("above"), Group.__table__.alias("below")
_PORTAL, _IDS = bindparam("portal"), bindparam("ids", expanding=True)
_PARENTS = (
    select(_N.member_id, _N.group_id)
    .join_from(Nesting.__table__, _ABOVE, (_ABOVE.c.portal_id == _N.portal_id) & (_ABOVE.c.id == _N.group_id))
    .join(_BELOW, (_BELOW.c.portal_id == _N.portal_id) & (_BELOW.c.id == _N.member_id))
    .where(_N.portal_id == _PORTAL, _N.member_id.in_(_IDS))
    .where(_ABOVE.c.deleted_at.is_(None), _BELOW.c.deleted_at.is_(None))
)
_DESCENDANTS = select(_A.group_id, _A.ancestor_id).where(_A.portal_id == _PORTAL, _A.ancestor_id.in_(_IDS))
_ANCESTORS = select(_A.group_id, _A.ancestor_id).where(_A.portal_id == _PORTAL, _A.group_id.in_(_IDS))
_PEOPLE = select(_M.user_id).distinct().where(_M.portal_id == _PORTAL, _M.group_id.in_(_IDS))
_FORGET = Ancestry.__table__.delete().where(
    _A.portal_id == bindparam("portal_id"),
    _A.group_id == bindparam("group_id"),
    _A.ancestor_id == bindparam("ancestor_id"),
)


def pairs_below(ctx: Ctx, ids: Collection[str]) -> set[tuple[str, str]]:
    """Give (group, id) of every group below one of some ids."""
    return {(row.group_id, row.ancestor_id) for row in rows(ctx, _DESCENDANTS, ids)}


def parents(ctx: Ctx, ids: Collection[str]) -> Parents:
    """Give the groups that each of some groups is a direct member of; deleted ones neither have nor are any."""
    found: dict[str, list[str]] = {}
    for row in rows(ctx, _PARENTS, ids):
        found.setdefault(row.member_id, []).append(row.group_id)
    return found


def everybody_in(ctx: Ctx, group_ids: Collection[str]) -> set[str]:
    """Give the users who are members of at least one of some groups themselves."""
    return {row.user_id for row in rows(ctx, _PEOPLE, group_ids)}


def rewrite(ctx: Ctx, part: set[str], above: Parents, *, most: int | None = None) -> set[str]:
    """Write the ancestors of a part of the hierarchy that ends only at the bottom; gives the groups that changed.

    `above` are the part's `parents`. Raises `InvalidValue` when more than `most` links are to be added.
    """
    beside = {id for direct in above.values() for id in direct}
    known: dict[str, set[str]] = {}
    for row in rows(ctx, _ANCESTORS, part | beside):
        known.setdefault(row.group_id, set()).add(row.ancestor_id)
    now = _followed(part, above, known)
    lost = [(id, one) for id in part for one in known.get(id, set()) - now[id]]
    gained = [(id, one) for id in part for one in now[id] - known.get(id, set())]
    if most is not None and len(gained) > most:
        raise InvalidValue(
            f"One change may place groups below others at most {most:,} times, and this would be {len(gained):,}: "
            "nest fewer groups at a time.",
            attribute="members",
        )
    for statement, links in ((_FORGET, lost), (Ancestry.__table__.insert(), gained)):
        written = [{"portal_id": ctx.portal.id, "group_id": id, "ancestor_id": one} for id, one in sorted(links)]
        if written:
            db.session.connection().execute(statement, written)
    return {id for id, _ in (*lost, *gained)}


def _followed(part: set[str], parents: Parents, known: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Find all ancestors of each group of a part, whoever is above before whoever is below."""
    awaited = {id: sum(one in part for one in parents.get(id, ())) for id in part}
    children: dict[str, list[str]] = {}
    for id in part:
        for one in parents.get(id, ()):
            children.setdefault(one, []).append(id)
    ready = [id for id in part if not awaited[id]]
    found: dict[str, set[str]] = {}
    while ready:
        id = ready.pop()
        above = parents.get(id, ())
        found[id] = set(above).union(*((found if one in part else known).get(one, ()) for one in above))
        for child in children.get(id, ()):
            awaited[child] -= 1
            if not awaited[child]:
                ready.append(child)
    return found


def rows(ctx: Ctx, statement: Any, ids: Collection[str], **more: str) -> Iterator[Row[Any]]:
    """Run a statement over many ids, some hundred at a time."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        values = {"portal": ctx.portal.id, "ids": ordered[start : start + CHUNK], **more}
        yield from db.session.execute(statement, values)
