"""An action on many users as a job: each user a transaction of its own, so that one refusal leaves the others done."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from scim_portal import clock
from scim_portal.context import Actor, ActorKind, Ctx, Role
from scim_portal.db import db, transact
from scim_portal.errors import PortalError
from scim_portal.models import Job
from scim_portal.protocol.errors import ScimError
from scim_portal.services import bulk, work
from scim_portal.services.bulk import Order


class Lease(NamedTuple):
    """By which attempt a job is run: a runner that was away too long must not repeat what another one did (L12)."""

    job_id: str
    attempt: int


def run(ctx: Ctx, job: Job) -> None:
    """Do what is left of the job, in the name of whoever asked for it."""
    ids: list[str] = job.arguments["user_ids"]
    actor = Actor(ActorKind(job.actor_kind), job.actor_id, job.actor_name, Role.OWNER)
    order, done, after = bulk.of_job(job), job.done, job.cursor or ""
    lease = Lease(job.id, job.attempts)
    for user_id in (one for one in ids if one > after):
        done += 1
        _one(replace(ctx, actor=actor), order, lease, user_id, done)
    transact(lambda: _finish(ctx, lease))


def _one(ctx: Ctx, order: Order, lease: Lease, user_id: str, done: int) -> None:
    def act() -> None:
        now = _now(ctx)
        work.confirm(now, *lease)
        bulk.apply(now, order, user_id)
        work.advance(now, lease.job_id, done=done, cursor=user_id)

    try:
        transact(act)
    except (PortalError, ScimError) as error:
        refusal = error
        transact(lambda: _refused(ctx, lease, user_id, done, refusal))


def _refused(ctx: Ctx, lease: Lease, user_id: str, done: int, error: Exception) -> None:
    now, job_id = _now(ctx), lease.job_id
    work.confirm(now, *lease)
    work.find(now, job_id).result = bulk.noted(work.find(now, job_id).result, bulk.failure(now, user_id, error))
    db.session.flush()
    work.advance(now, job_id, done=done, cursor=user_id)


def _finish(ctx: Ctx, lease: Lease) -> None:
    now, job_id = _now(ctx), lease.job_id
    work.confirm(now, *lease)
    work.finish(now, job_id, result=work.find(now, job_id).result or {"failed": [], "failures": 0})


def _now(ctx: Ctx) -> Ctx:
    return replace(ctx, now=clock.now(), effects=[])
