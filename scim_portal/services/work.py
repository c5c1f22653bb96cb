"""Jobs as rows: written with the fact, leased by whoever runs them, at least once; their progress is for people to see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import Job

SETTLING = ("settle_all", "settle_users", "refold")
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 10


def enqueue(ctx: Ctx, kind: str, *, total: int = 0, **arguments: Any) -> Job:
    """Write a job down; a worker takes it within a second or two of the commit."""
    job = Job(
        portal_id=ctx.portal.id, id=new_id(), kind=kind, arguments=arguments, state="queued", total=total,
        actor_kind=ctx.actor.kind, actor_id=ctx.actor.id, actor_name=ctx.actor.name, created_at=ctx.now,
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    return job


def find(ctx: Ctx, id: str) -> Job:
    """Find a job of this portal. Raises `NotFound`."""
    job = db.session.scalar(scoped(Job, ctx).where(Job.id == id)) if is_id(id) else None
    if job is None:
        raise NotFound("There is no such job in this portal.", field="id", value=id)
    return job


def lease(ctx: Ctx) -> Job | None:
    """Take the oldest job that is queued, or whose runner was not heard of for two minutes; None when there is none."""
    open_ = scoped(Job, ctx).where(or_(Job.state == "queued", (Job.state == "running") & (Job.lease_until < ctx.now)))
    job = db.session.scalar(open_.order_by(Job.id).limit(1).with_for_update(skip_locked=True))
    if job is None:
        return None
    job.state, job.attempts, job.lease_until = "running", job.attempts + 1, ctx.now + LEASE
    if job.attempts > MOST_ATTEMPTS:
        job.state, job.finished_at, job.message = "failed", ctx.now, "Given up after ten tries; see the server's log."
    db.session.flush()
    return job


class LeaseLostError(Exception):
    """Another runner has taken the job over, because this one was not heard of for too long."""


def confirm(ctx: Ctx, id: str, attempt: int) -> None:
    """Hold a job as its runner of this attempt, before what must not be done twice. Raises `LeaseLostError`."""
    mine = scoped(Job, ctx).where(Job.id == id, Job.state == "running", Job.attempts == attempt)
    if db.session.scalar(mine.with_for_update()) is None:
        raise LeaseLostError


def advance(ctx: Ctx, id: str, *, done: int, cursor: str | None, total: int | None = None) -> None:
    """Note progress and where to go on, and renew the lease; in the same transaction as the batch itself."""
    values: dict[str, Any] = {"done": done, "cursor": cursor, "lease_until": ctx.now + LEASE}
    if total is not None:
        values["total"] = total
    db.session.execute(_mine(ctx, id).values(values))


def finish(ctx: Ctx, id: str, *, result: dict[str, Any] | None = None, message: str | None = None) -> None:
    """Close a job as done."""
    db.session.execute(_mine(ctx, id).values(state="done", finished_at=ctx.now, result=result, message=message))


def fail(ctx: Ctx, id: str, *, message: str) -> None:
    """Close a job as failed, with a sentence for the admin."""
    db.session.execute(_mine(ctx, id).values(state="failed", finished_at=ctx.now, message=message))


def has_open(ctx: Ctx) -> bool:
    """Tell cheaply whether a worker would find something."""
    return db.session.scalar(_open(ctx).limit(1)) is not None


def is_settling(ctx: Ctx) -> bool:
    """Tell whether a job has yet to bring people in line with a policy or schema in force, or with a group of theirs."""
    return db.session.scalar(_open(ctx).where(Job.kind.in_(SETTLING)).limit(1)) is not None


def _open(ctx: Ctx) -> Any:
    return select(Job.id).where(Job.portal_id == ctx.portal.id, Job.state.in_(("queued", "running")))


def _mine(ctx: Ctx, id: str) -> Any:
    return update(Job).where(Job.portal_id == ctx.portal.id, Job.id == id)
