"""Groups in groups: the edges as providers write them, and what must not be nested.

Whoever changes edges locks the portal, so that two changes cannot make a circle together, and so that nobody's seats are
settled by half a hierarchy. Following edges is `ancestry`; users in groups are `groups`; what they get for it is `licensing`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from scim_portal.context import Ctx
from scim_portal.db import db, insert
from scim_portal.errors import Conflict
from scim_portal.models import Group, Nesting, Portal
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.patch import Member
from scim_portal.protocol.sentences import say
from scim_portal.services import ancestry, mapping

MOST_LINKS = 10_000
_G, _N = Group.__table__.c, Nesting.__table__.c
_PORTAL, _IDS, _GROUP = bindparam("portal"), bindparam("ids", expanding=True), bindparam("group")
_LOCK = select(Portal.id).where(Portal.id == _PORTAL).with_for_update(key_share=True)
# Whoever deletes one of these groups waits until the edge to it is there, or the edge is not written.
_PRESENT = (
    select(_G.id)
    .where(_G.portal_id == _PORTAL, _G.id.in_(_IDS), _G.deleted_at.is_(None))
    .order_by(_G.id)
    .with_for_update(read=True)
)
_UNLINK = (
    Nesting.__table__.delete()
    .where(_N.portal_id == _PORTAL, _N.group_id == _GROUP, _N.member_id.in_(_IDS))
    .returning(_N.member_id)
)


@cache
def _link(dialect: str) -> Any:
    return insert(Nesting.__table__).on_conflict_do_nothing().returning(_N.member_id)


def present(ctx: Ctx, ids: Sequence[str]) -> set[str]:
    """Tell which of some ids are groups that are not deleted, and keep others from deleting them now."""
    return {row.id for row in ancestry.rows(ctx, _PRESENT, ids)}


def link(ctx: Ctx, group_id: str, members: Sequence[Member]) -> set[str]:
    """Write edges to groups that are `present`; gives the members that are new. `follow` must come next."""
    rows = [
        {
            "portal_id": ctx.portal.id,
            "group_id": group_id,
            "member_id": one.value,
            "display": one.display,
            "display_folded": mapping.folded_display(one.display),
            "created_at": ctx.now,
        }
        for one in members
    ]
    return set(db.session.connection().execute(_link(db.engine.dialect.name), rows).scalars()) if rows else set()


def unlink(ctx: Ctx, group_id: str, ids: Collection[str]) -> set[str]:
    """Take edges away; gives the members that were there. `follow` must come next."""
    return {row.member_id for row in ancestry.rows(ctx, _UNLINK, ids, group=group_id)}


def follow(ctx: Ctx, group_id: str, members: Collection[str]) -> set[str]:
    """Follow the edges of a group that were written or taken away; gives the users whose groups changed.

    Raises `InvalidValue` for a circle, and when one change would place groups below others more than 10,000 times.
    """
    _lock(ctx)
    pairs = ancestry.pairs_below(ctx, members)
    part = {*members, *(id for id, _ in pairs)}
    above = ancestry.parents(ctx, part)
    for id in sorted(members):
        if group_id in above.get(id, ()) and (id == group_id or (group_id, id) in pairs):
            raise _circle(ctx, group_id, id)
    return ancestry.everybody_in(ctx, ancestry.rewrite(ctx, part, above, most=MOST_LINKS))


def everybody_in(ctx: Ctx, group_id: str) -> set[str]:
    """Give the users who are in a group, directly or through groups in it; of a deleted one, its own members."""
    return ancestry.everybody_in(ctx, {group_id, *(id for id, _ in ancestry.pairs_below(ctx, [group_id]))})


def cut(ctx: Ctx, group_id: str) -> set[str]:
    """Take a group that was just deleted out of the hierarchy; its edges stay. Gives the users who were in it."""
    part = {group_id}
    if _has_edges(ctx, group_id):
        _lock(ctx)
        part |= {id for id, _ in ancestry.pairs_below(ctx, part)}
        ancestry.rewrite(ctx, part, ancestry.parents(ctx, part))
    return ancestry.everybody_in(ctx, part)


def mend(ctx: Ctx, group_id: str) -> set[str]:
    """Put a group that was just restored back into the hierarchy; gives the users who are in it.

    Raises `Conflict` when edges written meanwhile and its own would make a circle.
    """
    part = {group_id}
    if _has_edges(ctx, group_id):
        _lock(ctx)
        part |= set(db.session.scalars(select(_N.member_id).where(*_edge(ctx, _N.group_id == group_id))))
        part |= {id for id, _ in ancestry.pairs_below(ctx, part)}
        above = ancestry.parents(ctx, part)
        for other in sorted(part & set(above.get(group_id, ()))):
            own, theirs = _names(ctx, group_id, other)
            raise Conflict(
                say(
                    "The group {own!r} cannot come back: {theirs!r}, which has it as a member, would be among its own members."
                    " Take {theirs!r} out of the groups it was put into meanwhile, then restore again.",
                    own=own,
                    theirs=theirs,
                )
            )
        ancestry.rewrite(ctx, part, above)
    return ancestry.everybody_in(ctx, part)


def _lock(ctx: Ctx) -> None:
    if db.engine.dialect.name != "sqlite":  # there, nobody else writes anyway
        db.session.execute(_LOCK, {"portal": ctx.portal.id})


def _has_edges(ctx: Ctx, id: str) -> bool:
    touching = select(_N.group_id).where(*_edge(ctx, or_(_N.group_id == id, _N.member_id == id))).limit(1)
    return db.session.execute(touching).one_or_none() is not None


def _edge(ctx: Ctx, condition: Any) -> tuple[Any, Any]:
    return _N.portal_id == ctx.portal.id, condition


def _circle(ctx: Ctx, group_id: str, member_id: str) -> InvalidValue:
    group, member = _names(ctx, group_id, member_id)
    if group_id == member_id:
        detail = say("The group {group!r} cannot be a member of itself.", group=group)
    else:
        detail = say(
            "The group {member!r} cannot be a member of {group!r}: {group!r} is a member of {member!r} already, "
            "directly or through other groups.",
            member=member, group=group,
        )  # fmt: skip
    return InvalidValue(detail, attribute="members", value=member_id)


def _names(ctx: Ctx, *ids: str) -> list[str]:
    query = select(_G.id, _G.display_name).where(_G.portal_id == ctx.portal.id, _G.id.in_(ids))
    found: dict[str, str] = dict(db.session.execute(query).all())
    return [found[id] for id in ids]
