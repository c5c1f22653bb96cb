"""The admins of a portal as their owners manage them: listed, given another role, disabled, signed out; and what is theirs.

A portal always keeps an owner who can come in. How admins come in is in `access` and `invitations`.
"""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from scim_portal.context import Ctx, Role
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import is_id
from scim_portal.models import Admin
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, sessions, two_factor
from scim_portal.services.audit import Action
from scim_portal.translations import LANGUAGES

MOST_LISTED = 500
INVITED = "invited:"


def everyone(ctx: Ctx) -> list[Admin]:
    """List the admins by e-mail, disabled ones included, at most five hundred."""
    return list(db.session.scalars(scoped(Admin, ctx).order_by(Admin.email_folded, Admin.id).limit(MOST_LISTED)))


def find(ctx: Ctx, id: str) -> Admin:
    """Find an admin of this portal. Raises `NotFound`."""
    return _found(ctx, id, locking=False)


def locked(ctx: Ctx, id: str) -> Admin:
    """Find an admin and keep others from changing them. Raises `NotFound`."""
    return _found(ctx, id, locking=True)


def is_invited(admin: Admin) -> bool:
    """Tell whether somebody was invited and has not come yet; there is no password that fits till then."""
    return admin.password_hash.startswith(INVITED)


def known_role(role: str) -> Role:
    """Read a role. Raises `Invalid` for one that does not exist."""
    if role not in set(Role):
        raise Invalid(
            say("There is no role {role!r}; choose one of {choices}.", role=role, choices=", ".join(Role)),
            field="role",
            value=role,
        )
    return Role(role)


def set_role(ctx: Ctx, id: str, role: str) -> Admin:
    """Give an admin another role; their sessions end. Raises `Conflict` for the last owner."""
    wanted, owners = known_role(role), _owners(ctx)
    admin = locked(ctx, id)
    if admin.role == wanted:
        return admin
    _keep_an_owner(owners, admin)
    before, admin.role = admin.role, wanted
    _sign_out(ctx, admin)
    audit.record(
        ctx, Action.ADMIN_CHANGED, "admin", admin.id, admin.email, before={"role": before}, after={"role": wanted}
    )
    return admin


def disable(ctx: Ctx, id: str) -> Admin:
    """Keep an admin out from now on. Raises `Conflict` for the last owner; disabling twice changes nothing."""
    owners = _owners(ctx)
    admin = locked(ctx, id)
    if admin.disabled_at:
        return admin
    _keep_an_owner(owners, admin)
    admin.disabled_at = ctx.now
    sessions.forget(ctx, admin.id)
    audit.record(ctx, Action.ADMIN_DISABLED, "admin", admin.id, admin.email)
    return admin


def enable(ctx: Ctx, id: str) -> Admin:
    """Let a disabled admin in again, with the password they had."""
    admin = locked(ctx, id)
    if admin.disabled_at:
        admin.disabled_at = None
        audit.record(ctx, Action.ADMIN_ENABLED, "admin", admin.id, admin.email)
    return admin


def sign_out(ctx: Ctx, id: str) -> int:
    """End every session of an admin; gives how many."""
    return sessions.end_others(ctx, find(ctx, id), None)


def turn_off_two_factor(ctx: Ctx, id: str) -> None:
    """Take the second factor away from somebody who lost it; their sessions end."""
    admin = locked(ctx, id)
    _sign_out(ctx, admin)
    two_factor.turn_off(ctx, admin)


def set_time_zone(ctx: Ctx, id: str, zone: str | None) -> None:
    """Say in which zone an admin is shown dates; None is UTC. Raises `Invalid` for a zone nobody knows."""
    if zone is not None and zone not in time_zones():
        raise Invalid("There is no such time zone.", field="time_zone", value=zone)
    admin = locked(ctx, id)
    before, admin.time_zone = admin.time_zone, zone
    if before != zone:
        named = (ctx, Action.ADMIN_CHANGED, "admin", admin.id, admin.email)
        audit.record(*named, before={"time_zone": before}, after={"time_zone": zone})


def set_language(ctx: Ctx, id: str, language: str | None) -> None:
    """Say in which language an admin's pages are; None is what the browser says. Raises `Invalid` for one there is not."""
    if language is not None and language not in LANGUAGES:
        raise Invalid("There is no such language.", field="language", value=language)
    admin = locked(ctx, id)
    before, admin.language = admin.language, language
    if before != language:
        named = (ctx, Action.ADMIN_CHANGED, "admin", admin.id, admin.email)
        audit.record(*named, before={"language": before}, after={"language": language})


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """List the zones that can be chosen: those named after a place."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def _found(ctx: Ctx, id: str, *, locking: bool) -> Admin:
    query = scoped(Admin, ctx).where(Admin.id == id)
    if locking:
        query = query.with_for_update().execution_options(populate_existing=True)
    admin: Admin | None = db.session.scalar(query) if is_id(id) else None
    if admin is None:
        raise NotFound("There is no such admin in this portal.", field="id", value=id)
    return admin


def _owners(ctx: Ctx) -> list[Admin]:
    """Lock the owners, by id, so that no two of them can send each other away at once."""
    query = scoped(Admin, ctx).where(Admin.role == Role.OWNER, Admin.disabled_at.is_(None))
    fresh = query.order_by(Admin.id).with_for_update().execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def _keep_an_owner(owners: list[Admin], losing: Admin) -> None:
    if losing.role != Role.OWNER or losing.disabled_at:
        return
    if not any(one.id != losing.id and not is_invited(one) for one in owners):
        raise Conflict("This is the last owner of the portal. Make somebody else an owner first.", field="role")


def _sign_out(ctx: Ctx, admin: Admin) -> None:
    """End the sessions of somebody else; whoever does it to themselves goes on with less."""
    if admin.id != ctx.actor.id:
        sessions.forget(ctx, admin.id)
