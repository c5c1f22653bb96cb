"""Pins and exclusions: an admin's word about one user and one licence type, with its reason and optional end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import LicenseType, Override, User
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, catalog, licensing, people, rulebook
from scim_portal.services.audit import Action

KINDS = ("pin", "exclude")


def of_user(ctx: Ctx, user_id: str) -> list[Override]:
    """List a user's overrides, oldest first."""
    return list(db.session.scalars(scoped(Override, ctx).where(Override.user_id == user_id).order_by(Override.id)))


def add(
    ctx: Ctx, user_id: str, *, license_type: str, kind: str, reason: str, ends_at: datetime | None = None
) -> Override:
    """Pin or exclude. Raises `Conflict` for a second word on a type, a second pin in a family or somebody erased.

    Also `Invalid`, `NotFound`.
    """
    _hold(ctx, user_id)
    user, type = people.user(ctx, user_id), catalog.find(ctx, license_type, field="license_type")
    if user.erased_at is not None:
        raise Conflict("This user was erased; nobody is left whom an exception could concern.", field="user_id")
    _forget_ended(ctx, user_id)
    _check(ctx, user_id, type, kind, reason, ends_at)
    override = Override(
        portal_id=ctx.portal.id, id=new_id(), user_id=user_id, license_type=license_type, kind=kind, reason=reason.strip(),
        author=ctx.actor.name, created_at=ctx.now, ends_at=ends_at,
    )  # fmt: skip
    db.session.add(override)
    db.session.flush()
    after = {"kind": kind, "license_type": license_type, "ends_at": ends_at and ends_at.isoformat()}
    audit.record(ctx, Action.OVERRIDE_ADDED, "user", user_id, user.user_name, after=after, reason=reason)
    licensing.settle(ctx, [user_id])
    return override


def remove(ctx: Ctx, id: str) -> None:
    """Take an override back. Raises `NotFound`."""
    override = db.session.scalar(scoped(Override, ctx).where(Override.id == id)) if is_id(id) else None
    if override is None:
        raise NotFound("There is no such override in this portal.", field="id", value=id)
    before = {"kind": override.kind, "license_type": override.license_type}
    audit.record(ctx, Action.OVERRIDE_REMOVED, "user", override.user_id, before=before)
    db.session.delete(override)
    db.session.flush()
    licensing.settle(ctx, [override.user_id])


def _hold(ctx: Ctx, user_id: str) -> None:
    """Lock what the checks rely on, in the order of `licensing.settle`: the catalog's and the policy's row, then the user."""
    rulebook.in_force(ctx)
    theirs = select(User.id).where(User.portal_id == ctx.portal.id, User.id == user_id)
    db.session.execute(theirs.with_for_update(key_share=True)).all()


def _forget_ended(ctx: Ctx, user_id: str) -> None:
    """Take away what has ended and the clock has yet to clear, since it says nothing any more and stands in nobody's way."""
    db.session.execute(
        delete(Override).where(
            Override.portal_id == ctx.portal.id, Override.user_id == user_id, Override.ends_at <= ctx.now
        )
    )


def _check(ctx: Ctx, user_id: str, type: LicenseType, kind: str, reason: str, ends_at: datetime | None) -> None:
    if kind not in KINDS:
        raise Invalid("An override is a pin or an exclude.", field="kind", value=kind)
    if not reason.strip() or len(reason) > 500:
        raise Invalid("Give a reason of 1 to 500 characters.", field="reason")
    if ends_at is not None and ends_at <= ctx.now:
        raise Invalid("The end must lie in the future.", field="ends_at", value=ends_at.isoformat())
    if kind == "pin" and type.retired_at is not None:
        raise Conflict(
            say("{name} is retired: nobody can be pinned to it.", name=type.name), field="license_type", value=type.key
        )
    family = {one.key for one in db.session.scalars(scoped(LicenseType, ctx).where(LicenseType.family == type.family))}
    for other in of_user(ctx, user_id):
        if other.license_type == type.key:
            raise Conflict(
                say(
                    "There is a {kind} of {key} for this user already; remove it first.", kind=other.kind, key=type.key
                ),
                field="license_type",
            )
        if kind == other.kind == "pin" and other.license_type in family:
            raise Conflict(
                say("The user is pinned to {license_type} of the same family.", license_type=other.license_type),
                field="license_type",
            )
