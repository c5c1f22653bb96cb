"""Erase a person: personal data goes for good, what happened stays provable.

The row and its id stay, so that folding the ledger still gives the live state; every name becomes a pseudonym. Seats end
at once and are handed to whoever waits. It cannot be undone: the row is never restored, and a create of the same person makes
another one. What an admin wrote into rules, and files that were exported before, are not searched.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, select, update

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Invalid, NotFound
from scim_portal.ids import is_id
from scim_portal.models import Email, Freeze, Group, Membership, Override, User
from scim_portal.protocol.sentences import say
from scim_portal.services import anchors, audit, licensing, mapping, name_terms, provisioning_log, seats
from scim_portal.services.audit import Action
from scim_portal.services.mapping import Stamp
from scim_portal.services.traces import Traces

LONGEST_REASON = 500


def erase(ctx: Ctx, id: str, *, reason: str | None = None) -> bool:
    """Erase a user, deleted or not; False when that was done before, so that it may be asked twice.

    `reason` is written into the audit line, without what names the person. Raises `NotFound`, and `Invalid` for a long reason.
    """
    if reason and len(reason) > LONGEST_REASON:
        raise Invalid(say("A reason has at most {most} characters.", most=LONGEST_REASON), field="reason")
    user = _locked(ctx, id)
    if user.erased_at is not None:
        return False
    name = pseudonym(id)
    _cut_loose(ctx, id)
    _overwrite(ctx, user, name)
    licensing.settle(ctx, [id], erased=True)
    former = seats.rename(ctx, id, name)  # after the types are locked, so that no entry about them is still to come
    traces = Traces.of(mapping.content(user.document), name, names=former)
    audit.forget(ctx, "user", id, traces)
    provisioning_log.forget(ctx, id, traces)
    audit.record(ctx, Action.USER_ERASED, "user", id, name, reason=traces.covered(reason) if reason else None)
    return True


def pseudonym(id: str) -> str:
    """Name somebody erased; the end of an id is its random part, its beginning is shared by all who came in the same minute."""
    return f"erased-{id[-12:]}"


def _locked(ctx: Ctx, id: str) -> Row[Any]:
    """Lock the user, after the groups that lose a member."""
    if not is_id(id):
        raise _unknown(id)
    theirs = select(Membership.group_id).where(Membership.portal_id == ctx.portal.id, Membership.user_id == id)
    groups = select(Group.id).where(Group.portal_id == ctx.portal.id, Group.id.in_(theirs)).order_by(Group.id)
    db.session.execute(groups.with_for_update(key_share=True)).all()
    columns = (User.id, User.version, User.created_at, User.deleted_at, User.erased_at, User.document)
    query = select(*columns).where(User.portal_id == ctx.portal.id, User.id == id)
    row = db.session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise _unknown(id)
    return row


def _unknown(id: str) -> NotFound:
    return NotFound("There is no such user in this portal.", field="id", value=id)


def _cut_loose(ctx: Ctx, id: str) -> None:
    for model in (Override, Freeze, Membership, Email):
        db.session.execute(delete(model).where(model.portal_id == ctx.portal.id, model.user_id == id))


def _overwrite(ctx: Ctx, user: Row[Any], name: str) -> None:
    """Leave of the record what any SCIM user needs."""
    nobody = {"userName": name, "active": False}
    columns = mapping.user_columns(nobody, Stamp(user.id, user.version + 1, user.created_at, ctx.now))
    gone = {"deleted_at": user.deleted_at or ctx.now, "erased_at": ctx.now}
    this = update(User).where(User.portal_id == ctx.portal.id, User.id == user.id)
    db.session.execute(this.values(**mapping.changeable(columns), **gone))
    name_terms.replace(ctx, user.id, nobody)
    if user.deleted_at is None:
        anchors.note_departure(ctx, User)
