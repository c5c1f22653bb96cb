"""One action on many users: who of them it concerns, and doing it to one. Each user is a transaction of its own.

What it would do is told by `bulk_previews`; many users are a job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Conflict, Invalid, NotFound, PortalError
from scim_portal.models import Job, LicenseType, Override, User
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.sentences import say
from scim_portal.services import catalog, overrides, provisioning, user_names, work

AT_ONCE = 20
MOST = 200_000
CHUNK = 500
MOST_FAILURES = 1000
LONGEST_REASON = 500


class Action(StrEnum):
    """What can be done to many users."""

    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    RESTORE = "restore"
    PIN = "pin"
    EXCLUDE = "exclude"
    REMOVE = "remove"


OF_LICENSES = frozenset({Action.PIN, Action.EXCLUDE, Action.REMOVE})
WITH_REASON = frozenset({Action.PIN, Action.EXCLUDE})


@dataclass(frozen=True, slots=True)
class Order:
    """An action with what it needs: a license type for exceptions, and for new ones a reason and perhaps an end."""

    action: Action
    license_type: str | None = None
    reason: str | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A user to whom it could not be done, and why; a job keeps it without the user's name, which erasing would not find."""

    id: str
    user_name: str
    detail: str


def checked(ctx: Ctx, order: Order) -> Order:
    """Give the order back. Raises `Invalid` or `NotFound` for what cannot be done to anybody."""
    if order.action in OF_LICENSES:
        if not order.license_type:
            raise Invalid("Choose a license.", field="license_type")
        type = catalog.find(ctx, order.license_type)
        if order.action is Action.PIN and type.retired_at is not None:
            raise Invalid(
                say("{name} is retired: nobody can be pinned to it.", name=type.name),
                field="license_type",
                value=type.key,
            )
    if order.action in WITH_REASON:
        if not (order.reason or "").strip() or len(order.reason or "") > LONGEST_REASON:
            raise Invalid(
                say("Give a reason of 1 to {longest_reason} characters.", longest_reason=LONGEST_REASON), field="reason"
            )
        if order.ends_at is not None and order.ends_at <= ctx.now:
            raise Invalid("The end must lie in the future.", field="ends_at")
    return order


def concerned(ctx: Ctx, order: Order, ids: Sequence[str]) -> list[str]:
    """Give those of some users to whom the action would do something, oldest first."""
    whole = select(User.id).where(User.portal_id == ctx.portal.id, User.erased_at.is_(None), _concerns(ctx, order))
    if len(ids) > CHUNK:  # naming so many costs more than reading all whom it would concern
        return sorted(set(ids).intersection(db.session.scalars(whole)))
    return sorted(db.session.scalars(whole.where(User.id.in_(ids))))


def apply(ctx: Ctx, order: Order, user_id: str) -> None:
    """Do it to one user. Raises what the action raises."""
    match order.action:
        case Action.DEACTIVATE | Action.REACTIVATE:
            provisioning.set_active(ctx, user_id, order.action is Action.REACTIVATE)
        case Action.RESTORE:
            provisioning.restore(ctx, user_id)
        case Action.PIN | Action.EXCLUDE:
            overrides.add(
                ctx, user_id, license_type=order.license_type or "", kind=order.action, reason=order.reason or "",
                ends_at=order.ends_at,
            )  # fmt: skip
        case Action.REMOVE:
            present = [one.id for one in overrides.of_user(ctx, user_id) if one.license_type == order.license_type]
            if not present:
                raise NotFound("This user has no such exception any more.", field="id")
            overrides.remove(ctx, present[0])


def failure(ctx: Ctx, user_id: str, error: Exception) -> Failure:
    """Describe why it could not be done; what is no refusal is raised again."""
    if not isinstance(error, PortalError | ScimError):
        raise error
    name = db.session.scalar(select(User.user_name).where(User.portal_id == ctx.portal.id, User.id == user_id))
    return Failure(user_id, name or user_id, error.detail)


def begin(ctx: Ctx, order: Order, user_ids: Sequence[str]) -> Job:
    """Start it as a job. Raises `Invalid` for more users than one job may have."""
    if len(user_ids) > MOST:
        raise Invalid(say("At most {most:,} users at once.", most=MOST), field="scope")
    said = {"action": order.action.value, "license_type": order.license_type, "reason": order.reason}
    ends_at = order.ends_at.isoformat() if order.ends_at else None
    return work.enqueue(ctx, "bulk", total=len(user_ids), user_ids=sorted(user_ids), ends_at=ends_at, **said)


def of_job(job: Job) -> Order:
    """Read back what a job was told to do."""
    said = job.arguments
    ends_at = datetime.fromisoformat(said["ends_at"]) if said.get("ends_at") else None
    return Order(Action(said["action"]), said.get("license_type"), said.get("reason"), ends_at)


def find(ctx: Ctx, id: str) -> Job:
    """Find such a job. Raises `NotFound`."""
    job = work.find(ctx, id)
    if job.kind != "bulk":
        raise NotFound("There is no such piece of work in this portal.", field="id", value=id)
    return job


def failures(ctx: Ctx, job: Job) -> list[Failure]:
    """Give those to whom a job could not do it, as far as they are kept, under their names of now."""
    told = (job.result or {}).get("failed", [])
    names = user_names.of(ctx, {one["id"] for one in told})
    return [Failure(one["id"], names.get(one["id"], one["id"]), one["detail"]) for one in told]


def retry(ctx: Ctx, job: Job) -> Job:
    """Start a job for those to whom an earlier one could not do it. Raises `Conflict` where there is nothing to retry."""
    ids = [one["id"] for one in (job.result or {}).get("failed", [])]
    if job.state not in {"done", "failed"} or not ids:
        raise Conflict("There is nothing to try again.", field="id")
    return begin(ctx, checked(ctx, of_job(job)), ids)


def noted(result: dict[str, Any] | None, found: Failure) -> dict[str, Any]:
    """Add a failure to a job's result; after a thousand they are only counted."""
    told = list((result or {}).get("failed", []))
    if len(told) < MOST_FAILURES:
        told.append({"id": found.id, "detail": found.detail.replace(found.user_name, "…")})
    return {"failed": told, "failures": (result or {}).get("failures", 0) + 1}


def count_seats(ctx: Ctx, ids: Sequence[str], model: Any, *conditions: Any) -> dict[str, int]:
    """Count, by license type, the seats that many users have: all seats are read, and theirs counted."""
    query = select(model.license_type, model.user_id).where(model.portal_id == ctx.portal.id, *conditions)
    chosen = set(ids)
    return dict(Counter(key for key, user_id in db.session.execute(query) if user_id in chosen))


def _concerns(ctx: Ctx, order: Order) -> Any:
    present = User.deleted_at.is_(None)
    has_word = exists().where(
        Override.portal_id == User.portal_id, Override.user_id == User.id, Override.license_type == order.license_type
    )
    match order.action:
        case Action.DEACTIVATE:
            return present & User.active
        case Action.REACTIVATE:
            return present & ~User.active
        case Action.RESTORE:
            return User.deleted_at.is_not(None)
        case Action.REMOVE:
            return has_word
        case Action.PIN | Action.EXCLUDE:
            return present & ~_word_in_the_way(ctx, order)


def _word_in_the_way(ctx: Ctx, order: Order) -> Any:
    """Tell who has an exception beside which `overrides.add` makes no new one: of the type, or a second pin of its family."""
    in_the_way = Override.license_type == order.license_type
    if order.action is Action.PIN:
        keys = select(LicenseType.key).where(LicenseType.portal_id == ctx.portal.id)
        family = select(LicenseType.family).where(
            LicenseType.portal_id == ctx.portal.id, LicenseType.key == order.license_type
        )
        beside = keys.where(LicenseType.family == family.scalar_subquery())
        in_the_way |= (Override.kind == order.action.value) & Override.license_type.in_(beside)
    has_not_ended = Override.ends_at.is_(None) | (Override.ends_at > ctx.now)
    return exists().where(Override.portal_id == User.portal_id, Override.user_id == User.id, in_the_way, has_not_ended)
