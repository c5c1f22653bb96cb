"""Groups as identity providers push them; membership is changed by difference, never by loading the group.

Adding one member to a group of 50,000 touches one row of it. Whether a member is a user or a group (`nesting`), its id decides.
Members nobody knows are left out, not refused: a refused push is a failed push.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, union_all, update

from scim_portal.context import Ctx
from scim_portal.db import db, insert
from scim_portal.ids import is_id, new_id
from scim_portal.models import Group, Membership, Nesting, User
from scim_portal.prepared import Prepared
from scim_portal.protocol import etags, patch
from scim_portal.protocol.errors import NotFound
from scim_portal.protocol.patch import Member, MemberChange
from scim_portal.protocol.sentences import say
from scim_portal.protocol.tolerance import Tolerance
from scim_portal.services import anchors, audit, freezes, licensing, mapping, nesting, resource_types, rulebook
from scim_portal.services.audit import Action
from scim_portal.services.mapping import Resource, Stamp

CHUNK = 500
# Hot statements are built once, on the tables.
_U, _G, _M, _N = User.__table__.c, Group.__table__.c, Membership.__table__.c, Nesting.__table__.c
_INSERT = Prepared(Group.__table__.insert())
_UPDATE = Prepared(
    Group.__table__.update().where(_G.portal_id == bindparam("of_portal"), _G.id == bindparam("of_group"))
)
_HELD = Prepared(
    select(_G.id, _G.version, _G.document, _G.created_at)
    .where(_G.portal_id == bindparam("portal"), _G.id == bindparam("id"), _G.deleted_at.is_(None))
    .with_for_update(key_share=True)
)
_LEAVE = Prepared(
    Membership.__table__.delete()
    .where(_M.portal_id == bindparam("portal"), _M.group_id == bindparam("group"))
    .where(_M.user_id.in_(bindparam("users", expanding=True)))
    .returning(_M.user_id)
)
_MEMBERS = Prepared(
    union_all(
        select(_M.user_id).where(_M.portal_id == bindparam("portal"), _M.group_id == bindparam("group")),
        select(_N.member_id).where(_N.portal_id == bindparam("portal"), _N.group_id == bindparam("group")),
    )
)
_LOCK_USERS = Prepared(
    select(_U.id)
    .where(_U.portal_id == bindparam("portal"), _U.id.in_(bindparam("users", expanding=True)), _U.deleted_at.is_(None))
    .order_by(_U.id)
    .with_for_update(key_share=True)
)


def _join() -> Any:
    return insert(Membership.__table__).on_conflict_do_nothing().returning(_M.user_id)


_JOIN = Prepared(build=_join)


@dataclass(slots=True)
class Written:
    """What a write left behind, which users and nested groups it touched, and which members were not known."""

    id: str
    version: int
    document: str
    changed: bool = True
    touched: set[str] = field(default_factory=set)
    nested: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def create(ctx: Ctx, content: Resource, members: Sequence[Member]) -> Written:
    """Create a group with its members (RFC 7644 §3.3)."""
    columns = _columns(ctx, content, Stamp(new_id(), 1, ctx.now, ctx.now))
    connector = ctx.connector.id if ctx.connector else None
    _INSERT.all(portal_id=ctx.portal.id, connector_id=connector, **columns)
    written = Written(columns["id"], 1, columns["document"])
    _add(ctx, written, members)
    _settle(ctx, written)
    return written


def replace(ctx: Ctx, id: str, content: Resource, members: Sequence[Member], *, if_match: str | None = None) -> Written:
    """Replace a group and its members (RFC 7644 §3.5.1); only the difference is written."""
    return _update(ctx, id, lambda _: content, (MemberChange("replace", tuple(members)),), if_match)


def modify(
    ctx: Ctx, id: str, change: patch.GroupPatch, *, tolerance: Tolerance, if_match: str | None = None
) -> Written:
    """Apply a PATCH: attributes by the core, members row by row, in the order of the operations."""

    def changed(present: Resource) -> Resource:
        kind = resource_types.group(ctx)
        return patch.apply(kind, present, change.operations, tolerance=tolerance) if change.operations else present

    return _update(ctx, id, changed, change.members, if_match)


def remove(ctx: Ctx, id: str, *, if_match: str | None = None) -> None:
    """Delete a group as far as SCIM is concerned; its members stay written for a restore, and are settled without it."""
    row = _held(ctx, id)
    etags.precondition(if_match, None, row.version)
    matched = freezes.before_delete(ctx, id, lambda: nesting.everybody_in(ctx, id))
    db.session.execute(_mine(ctx, id).values(deleted_at=ctx.now, updated_at=ctx.now, version=row.version + 1))
    anchors.note_departure(ctx, Group)
    touched = nesting.cut(ctx, id)
    if matched is not None:
        touched |= freezes.after_delete(ctx, id, matched)
    licensing.settle_many(ctx, touched)


def restore(ctx: Ctx, id: str) -> None:
    """Undo a delete: the group is back with its members, and in the groups it was in.

    Raises `NotFound` when it is not deleted, `Conflict` when it would be in itself now.
    """
    query = select(Group.version, Group.display_name).where(
        Group.portal_id == ctx.portal.id, Group.id == id, Group.deleted_at.is_not(None)
    )
    row = db.session.execute(query.with_for_update(key_share=True)).one_or_none() if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no deleted group with the id {id!r} in this portal.", id=id[:64]))
    db.session.execute(_mine(ctx, id).values(deleted_at=None, updated_at=ctx.now, version=row.version + 1))
    anchors.note_departure(ctx, Group)
    audit.record(ctx, Action.GROUP_RESTORED, "group", id, row.display_name)
    licensing.settle_many(ctx, nesting.mend(ctx, id) | freezes.group_back(ctx, id))


def _update(ctx: Ctx, id: str, change: Any, members: Sequence[MemberChange], if_match: str | None) -> Written:
    row = _held(ctx, id)
    etags.precondition(if_match, None, row.version)
    present = mapping.content(row.document)
    content = change(present)
    written = Written(id, row.version, row.document)
    _lock_everybody(ctx, id, members)
    for one in members:
        _change_members(ctx, written, one)
    if content == present and not written.touched and not written.nested:
        written.changed = False
        return written
    columns = _columns(ctx, content, Stamp(id, row.version + 1, row.created_at, ctx.now))
    _UPDATE.all(of_portal=ctx.portal.id, of_group=id, **mapping.changeable(columns))
    written.version, written.document = row.version + 1, columns["document"]
    if content.get("displayName") != present.get("displayName") and licensing.reads_group_names(ctx):
        rulebook.in_force_locked(ctx)  # whoever joins below meanwhile has read the old name
        written.touched |= nesting.everybody_in(ctx, id)
    _settle(ctx, written)
    return written


def _columns(ctx: Ctx, content: Resource, stamp: Stamp) -> dict[str, Any]:
    return mapping.group_columns(content, stamp, resource_types.group(ctx))


def _settle(ctx: Ctx, written: Written) -> None:
    if written.nested:
        written.touched |= nesting.follow(ctx, written.id, written.nested)
    resource_types.confirm(ctx)
    licensing.settle_many(ctx, written.touched)


def _lock_everybody(ctx: Ctx, id: str, changes: Sequence[MemberChange]) -> None:
    """Lock all users whom several steps will touch at once, since locking step by step would break the order of ids."""
    is_whole = any(change.kind == "replace" for change in changes)
    if db.engine.dialect.name == "sqlite" or (len(changes) < 2 and not is_whole):
        return
    named = {member.value for change in changes for member in change.members if is_id(member.value)}
    for chunk in _chunks(sorted(named | _member_ids(ctx, id) if is_whole else named)):
        _lock_users(ctx, chunk)


def _change_members(ctx: Ctx, written: Written, change: MemberChange) -> None:
    if change.kind == "add":
        _add(ctx, written, change.members)
    elif change.kind == "remove":
        _remove(ctx, written, {member.value for member in change.members})
    else:
        wanted = {member.value for member in change.members}
        present = _member_ids(ctx, written.id)
        _remove(ctx, written, present - wanted)
        _add(ctx, written, [member for member in change.members if member.value not in present])


def _add(ctx: Ctx, written: Written, members: Sequence[Member]) -> None:
    by_id = {member.value: member for member in members}
    for chunk in _chunks(sorted(by_id)):
        known = _lock_users(ctx, [id for id in chunk if is_id(id)])
        strange = [id for id in chunk if id not in known]
        groups = _nest(ctx, written, [by_id[id] for id in strange if is_id(id)])
        written.unknown += [id for id in strange if id not in groups]
        rows = [
            {
                "portal_id": ctx.portal.id,
                "group_id": written.id,
                "user_id": id,
                "display": by_id[id].display,
                "display_folded": mapping.folded_display(by_id[id].display),
                "created_at": ctx.now,
            }
            for id in chunk
            if id in known
        ]
        if len(rows) == 1:
            written.touched |= {row.user_id for row in _JOIN.all(**rows[0])}
        elif rows:
            written.touched |= set(db.session.connection().execute(_join(), rows).scalars())


def _nest(ctx: Ctx, written: Written, members: Sequence[Member]) -> set[str]:
    known = nesting.present(ctx, [one.value for one in members])
    written.nested |= nesting.link(ctx, written.id, [one for one in members if one.value in known])
    return known


def _remove(ctx: Ctx, written: Written, ids: set[str]) -> None:
    for chunk in _chunks(sorted(id for id in ids if is_id(id))):
        gone = {row.user_id for row in _LEAVE.all(portal=ctx.portal.id, group=written.id, users=chunk)}
        written.touched |= gone
        written.nested |= nesting.unlink(ctx, written.id, set(chunk) - gone)


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _lock_users(ctx: Ctx, ids: list[str]) -> set[str]:
    """Lock the users about to be linked, in id order, so that two pushes never wait for each other crosswise."""
    return {row.id for row in _LOCK_USERS.all(portal=ctx.portal.id, users=ids)} if ids else set()


def _member_ids(ctx: Ctx, id: str) -> set[str]:
    return {row.user_id for row in _MEMBERS.all(portal=ctx.portal.id, group=id)}


def _held(ctx: Ctx, id: str) -> Any:
    row = _HELD.one_or_none(portal=ctx.portal.id, id=id) if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no group with the id {id!r} in this portal.", id=id[:64]))
    return row


def _mine(ctx: Ctx, id: str) -> Any:
    return update(Group).where(Group.portal_id == ctx.portal.id, Group.id == id)
