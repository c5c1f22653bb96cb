"""Users as identity providers write them: create, replace, patch, delete; every one ends in `licensing.settle`.

A delete is a reversible deactivation (L8): the row stays, SCIM no longer sees it, the portal can restore it, and a create of
the same person revives it under the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from rules.decide import Facts
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Conflict
from scim_portal.ids import is_id, new_id
from scim_portal.models import Connector, Membership, User
from scim_portal.prepared import Prepared
from scim_portal.protocol import etags, patch
from scim_portal.protocol.errors import Forbidden, NotFound, Uniqueness
from scim_portal.protocol.folding import exact_text, fold_text
from scim_portal.protocol.sentences import say
from scim_portal.protocol.tolerance import Tolerance
from scim_portal.services import anchors, audit, emails, facts, licensing, mapping, name_terms, resource_types
from scim_portal.services.audit import Action
from scim_portal.services.mapping import Resource, Stamp

# Hot statements are built once, on the table: the ORM's own handling would cost as much again as the statement.
_USER = User.__table__
_INSERT = Prepared(_USER.insert())
_UPDATE = Prepared(
    _USER.update().where(_USER.c.portal_id == bindparam("of_portal"), _USER.c.id == bindparam("of_user"))
)
_HELD = Prepared(
    select(_USER.c.id, _USER.c.version, _USER.c.document, _USER.c.created_at, _USER.c.active)
    .where(_USER.c.portal_id == bindparam("portal"), _USER.c.id == bindparam("id"), _USER.c.deleted_at.is_(None))
    .with_for_update(key_share=True)
)
_OF_NAMESAKE = [
    _USER.c[name] for name in ("id", "external_id", "deleted_at", "connector_id", "version", "created_at", "document")
]
_NAMESAKES = Prepared(
    select(*_OF_NAMESAKE)
    .where(_USER.c.portal_id == bindparam("portal"), _USER.c.user_name_folded == bindparam("name"))
    .where(_USER.c.erased_at.is_(None))
    .order_by(_USER.c.deleted_at.desc())
)
_FORMER = Prepared(
    select(*_OF_NAMESAKE)
    .where(_USER.c.portal_id == bindparam("portal"), _USER.c.id == bindparam("id"))
    .where(_USER.c.deleted_at.is_not(None), _USER.c.erased_at.is_(None))
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class Written:
    """What a write left behind: id, version and document of the resource, and whether anything changed.

    `groupless` is a user who was just created, so that nobody needs to look for groups.
    """

    id: str
    version: int
    document: str
    changed: bool = True
    groupless: bool = False


def create(ctx: Ctx, content: Resource) -> Written:
    """Create a user, or revive the deleted record of the same person. Raises `Uniqueness` (409), `Forbidden` in strict mode."""
    namesakes = _namesakes(ctx, content["userName"])
    if any(row.deleted_at is None for row in namesakes):
        raise _taken(content["userName"], _by_whom(ctx, content["userName"]))
    content = content if "active" in content else content | {"active": True}
    former = next((row for row in namesakes if _same_person(row, content)), None)
    if former is not None:
        former = _FORMER.one_or_none(portal=ctx.portal.id, id=former.id)
        if former is None:  # restored, revived or erased since the look
            return create(ctx, content)
    if former is None:
        written, newcomer = _insert(ctx, content)
        licensing.settle_newcomer(ctx, newcomer)
    else:
        written = _revive(ctx, former, content)
        licensing.settle(ctx, [written.id], groupless=True)
    _refuse_without_seat(ctx, written.id)
    return written


def replace(ctx: Ctx, id: str, content: Resource, *, if_match: str | None = None) -> Written:
    """Replace a user's attributes (RFC 7644 §3.5.1); an `active` that is not sent stays as it is."""

    def change(present: Resource) -> Resource:
        return content if "active" in content or "active" not in present else content | {"active": present["active"]}

    return _update(ctx, id, change, if_match)


def modify(
    ctx: Ctx, id: str, operations: Sequence[patch.Operation], *, tolerance: Tolerance, if_match: str | None = None
) -> Written:
    """Apply a PATCH (RFC 7644 §3.5.2): all of it or nothing; nothing changed means nothing written."""
    kind = resource_types.user(ctx)
    return _update(ctx, id, lambda present: patch.apply(kind, present, operations, tolerance=tolerance), if_match)


def remove(ctx: Ctx, id: str, *, if_match: str | None = None) -> None:
    """Delete a user as far as SCIM is concerned; seats become held, everything else stays for a restore."""
    row = _held(ctx, id)
    etags.precondition(if_match, None, row.version)
    db.session.execute(_mine(ctx, id).values(deleted_at=ctx.now, updated_at=ctx.now, version=row.version + 1))
    anchors.note_departure(ctx, User)
    licensing.settle(ctx, [id], ending=[id])


def set_active(ctx: Ctx, id: str, active: bool) -> Written:
    """Deactivate or reactivate by an admin's hand; doing it twice changes nothing."""
    written = _update(ctx, id, lambda present: present | {"active": active}, None)
    if written.changed:
        action = Action.USER_REACTIVATED if active else Action.USER_DEACTIVATED
        audit.record(ctx, action, "user", id, mapping.content(written.document)["userName"])
    return written


def restore(ctx: Ctx, id: str) -> None:
    """Undo a SCIM delete: record, groups and, inside the hold, the seats.

    Raises `Conflict` naming who has the name now, or when the user was erased.
    """
    query = select(User.user_name, User.version, User.erased_at).where(
        User.portal_id == ctx.portal.id, User.id == id, User.deleted_at.is_not(None)
    )
    row = db.session.execute(query.with_for_update(key_share=True)).one_or_none() if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no deleted user with the id {id!r} in this portal.", id=id[:64]))
    if row.erased_at is not None:
        raise Conflict("This user was erased; nothing is left to restore. Provision the person anew.", field="id")
    holder = next((one for one in _namesakes(ctx, row.user_name) if one.deleted_at is None), None)
    if holder is not None:
        raise Conflict(
            say(
                "The user name {user_name!r} belongs to another user now ({id}).", user_name=row.user_name, id=holder.id
            ),
            field="user_name",
        )
    db.session.execute(_mine(ctx, id).values(deleted_at=None, updated_at=ctx.now, version=row.version + 1))
    anchors.note_departure(ctx, User)
    audit.record(ctx, Action.USER_RESTORED, "user", id, row.user_name)
    licensing.settle(ctx, [id])


def _update(ctx: Ctx, id: str, change: Callable[[Resource], Resource], if_match: str | None) -> Written:
    row = _held(ctx, id)
    etags.precondition(if_match, None, row.version)
    present = mapping.content(row.document)
    content = change(present)
    if content == present:
        return Written(id, row.version, row.document, changed=False)
    columns = _columns(ctx, content, Stamp(id, row.version + 1, row.created_at, ctx.now))
    try:
        _UPDATE.all(of_portal=ctx.portal.id, of_user=id, **mapping.changeable(columns))
    except IntegrityError:
        raise _taken(content["userName"]) from None
    if content.get("emails") != present.get("emails"):
        emails.replace(ctx, id, columns["folded"])
    name_terms.follow(ctx, id, present, content)
    changed = {name for name in present.keys() | content.keys() if present.get(name) != content.get(name)}
    ending = [id] if row.active and not columns["active"] else []
    licensing.settle_changed(ctx, id, changed, ending=ending)
    return Written(id, row.version + 1, columns["document"])


def _insert(ctx: Ctx, content: Resource) -> tuple[Written, Facts]:
    columns = _columns(ctx, content, Stamp(new_id(), 1, ctx.now, ctx.now))
    connector = ctx.connector.id if ctx.connector else None
    try:
        _INSERT.all(portal_id=ctx.portal.id, connector_id=connector, **columns)
    except IntegrityError:  # somebody else's create came between the look-up and this one
        raise _taken(content["userName"]) from None
    emails.add(ctx, columns["id"], columns["folded"])
    name_terms.add(ctx, columns["id"], content)
    written = Written(columns["id"], 1, columns["document"], groupless=True)
    return written, facts.of_newcomer(columns, connector)


def _revive(ctx: Ctx, former: Any, content: Resource) -> Written:
    content = (
        content
        if "externalId" in content or not former.external_id
        else content | {"externalId": mapping.content(former.document)["externalId"]}
    )
    columns = _columns(ctx, content, Stamp(former.id, former.version + 1, former.created_at, ctx.now))
    connector = ctx.connector.id if ctx.connector else former.connector_id
    try:
        db.session.execute(_mine(ctx, former.id).values(deleted_at=None, connector_id=connector, **columns))
    except IntegrityError:
        raise _taken(content["userName"]) from None
    anchors.note_departure(ctx, User)
    emails.replace(ctx, former.id, columns["folded"])
    name_terms.replace(ctx, former.id, content)
    stale = (Membership.portal_id == ctx.portal.id) & (Membership.user_id == former.id)
    db.session.execute(delete(Membership).where(stale))
    return Written(former.id, former.version + 1, columns["document"], groupless=True)


def _columns(ctx: Ctx, content: Resource, stamp: Stamp) -> dict[str, Any]:
    return mapping.user_columns(content, stamp, resource_types.user(ctx))


def _same_person(row: Any, content: Resource) -> bool:
    sent = content.get("externalId")
    return sent is None or row.external_id is None or bool(row.external_id == exact_text(sent))


def _namesakes(ctx: Ctx, user_name: str) -> Sequence[Any]:
    return _NAMESAKES.all(portal=ctx.portal.id, name=fold_text(user_name))


def _held(ctx: Ctx, id: str) -> Any:
    row = _HELD.one_or_none(portal=ctx.portal.id, id=id) if is_id(id) else None
    if row is None:
        raise NotFound(say("There is no user with the id {id!r} in this portal.", id=id[:64]))
    return row


def _taken(user_name: str, by_whom: str = "") -> Uniqueness:
    return Uniqueness(f"The user name {user_name!r} is taken{by_whom}.", attribute="userName", value=user_name)


def _by_whom(ctx: Ctx, user_name: str) -> str:
    if ctx.connector is None:
        return ""
    owner = (
        select(Connector.id, Connector.name)
        .join(User, (User.portal_id == Connector.portal_id) & (User.connector_id == Connector.id))
        .where(Connector.portal_id == ctx.portal.id, User.portal_id == ctx.portal.id)
        .where(User.user_name_folded == fold_text(user_name), User.deleted_at.is_(None))
    )
    row = db.session.execute(owner).one_or_none()
    other = row is not None and row.id != ctx.connector.id
    return f" by a user whom the connector “{row.name}” provisioned" if other and row else ""


def _refuse_without_seat(ctx: Ctx, id: str) -> None:
    """In strict mode a user who would have to wait is not stored at all (L7)."""
    if ctx.connector is None or not ctx.connector.strict:
        return
    waiting = licensing.waits_without_seat(ctx, id)
    if waiting:
        raise Forbidden(
            f"No seat is free: this user would have to wait for {waiting}, and the connector “{ctx.connector.name}” is strict. "
            "Add seats in the portal under Licenses, then assign the user again."
        )


def _mine(ctx: Ctx, id: str) -> Any:
    return update(User).where(User.portal_id == ctx.portal.id, User.id == id)
