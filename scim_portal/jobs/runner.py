"""Runs job rows: leases one, does its kind in batches of their own transactions, closes it.

A runner may be killed anywhere: the lease runs out and another one goes on at the cursor. Every kind is idempotent.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from scim_portal import clock, statistics
from scim_portal.config import Settings
from scim_portal.context import ActorKind, Ctx, PortalRef, system
from scim_portal.db import db, transact
from scim_portal.errors import PortalError
from scim_portal.jobs import bulk, settling
from scim_portal.jobs.settling import later
from scim_portal.models import Job, User
from scim_portal.services import (
    clockwork,
    exports,
    invariants,
    licensing,
    notices,
    portals,
    provisioning_log,
    refolding,
    retention,
    work,
)
from scim_portal.services.seats import Cause

BATCH = 500
BEAT_FILE = "worker.beat"
Progress = Callable[[int, int], None]
log = structlog.get_logger(__name__)


def run_everything(settings: Settings) -> int:
    """Do all clock work and all jobs that are due in every portal; returns how many pieces of work were done."""
    _keep_statistics()
    return sum(run_portal(portal, settings) for portal in portals.everyone(settings))


def run_portal(portal: PortalRef, settings: Settings) -> int:
    """Do what is due in one portal: first the clock's work, then jobs until none is left, and notices on either side."""
    clock_ctx = system(portal, settings, kind=ActorKind.CLOCK, name="clock")
    done, jobs = _clock(clock_ctx), 0
    done += _notices(clock_ctx)
    while _one_job(system(portal, settings, kind=ActorKind.CLOCK, name="worker")):
        jobs += 1
    done += jobs + (_notices(clock_ctx) if jobs else 0)
    db.session.remove()
    return done


def reconcile(ctx: Ctx, progress: Progress) -> tuple[int, list[str]]:
    """Settle everybody in batches, then prove the invariants; gives how many users there are, and the violations."""
    total = db.session.scalar(select(func.count()).select_from(User).where(User.portal_id == ctx.portal.id)) or 0
    done, after = 0, ""
    while ids := _user_ids(ctx, after, BATCH):
        transact(lambda ids=ids: licensing.settle(later(ctx), ids))
        done, after = done + len(ids), ids[-1]
        progress(done, total)
    db.session.rollback()
    return done, invariants.violations(later(ctx))


def beat(settings: Settings) -> None:
    """Note that a worker is alive."""
    (settings.var_dir / BEAT_FILE).write_text(str(clock.now().timestamp()))


def health(settings: Settings) -> str:
    """Say when a worker was last heard of on this machine."""
    try:
        age = clock.now().timestamp() - float((settings.var_dir / BEAT_FILE).read_text())
    except (OSError, ValueError):
        return "problem: no worker was ever heard of here; start one with scim-portal worker"
    return f"ok: heard of {age:.0f} s ago" if age < 30 else f"problem: not heard of for {age:.0f} s"


_statistics_at: list[float] = []


def _keep_statistics() -> None:
    """Refresh the database's statistics now and then; one that is busy, or keeps no count of changes, goes without."""
    every = statistics.SECONDS_BETWEEN[db.engine.dialect.name]
    if not _statistics_at or time.monotonic() - _statistics_at[-1] > every:
        _statistics_at[:] = [time.monotonic()]
        try:
            statistics.refresh()
        except DBAPIError as error:
            log.info("statistics.postponed", error=type(error).__name__)


def _clock(ctx: Ctx) -> int:
    done = 0
    if clockwork.windows_turned(ctx):
        transact(lambda: clockwork.follow_windows(ctx))
    while due := clockwork.due_users(ctx):
        transact(lambda due=due: clockwork.settle_due(ctx, due))
        done += len(due)
    for family in clockwork.dated_families(ctx):
        if licensing.needs_drain(ctx, family):
            transact(lambda family=family: licensing.drain(ctx, [family]))
    done += _clear_bodies(ctx) if provisioning_log.may_have_bodies(ctx) else 0
    return done + (_remove_stale(ctx) if retention.is_time(ctx) else 0)


def _notices(ctx: Ctx) -> int:
    now = later(ctx)
    return transact(lambda: notices.sweep(now)) if notices.is_due(now) else 0


def _clear_bodies(ctx: Ctx) -> int:
    done = 0
    while lines := provisioning_log.stale(ctx):
        transact(lambda lines=lines: provisioning_log.clear(ctx, lines))
        done += len(lines)
    if provisioning_log.is_over(ctx):
        transact(lambda: provisioning_log.close(ctx))
    return done


def _remove_stale(ctx: Ctx) -> int:
    done = 0
    while found := retention.stale(ctx):
        done += transact(lambda found=found: retention.remove(ctx, found))
    return done


def _one_job(ctx: Ctx) -> bool:
    if not work.has_open(ctx):
        return False
    job = transact(lambda: work.lease(ctx))
    if job is None:
        return False
    if job.state == "failed":
        return True
    try:
        KINDS[job.kind](ctx, job)
    except PortalError as error:
        sentence = error.detail
        transact(lambda: work.fail(later(ctx), job.id, message=sentence))
    except work.LeaseLostError:
        log.info("job.taken_over", job=job.id, kind=job.kind)
        return False
    except Exception as error:
        db.session.rollback()
        log.error(
            "job.failed", job=job.id, kind=job.kind, attempt=job.attempts, error=type(error).__name__, exc_info=True
        )
        return False  # the lease runs out, then somebody tries again
    return True


def _settle_users(ctx: Ctx, job: Job) -> None:
    ids: list[str] = job.arguments["user_ids"]
    _batches(ctx, job, lambda after: [id for id in ids if id > after][:BATCH], len(ids))


def _refold(ctx: Ctx, job: Job) -> None:
    kind, urn = job.arguments["resource_kind"], job.arguments["urn"]
    total = refolding.count(ctx, kind, urn)

    def some(now: Ctx, ids: list[str], cause: Cause) -> None:
        refolding.refold(now, kind, urn, ids, cause)

    _batches(ctx, job, lambda after: refolding.carriers(ctx, kind, urn, after, BATCH), total, some)


def _settle(ctx: Ctx, ids: list[str], cause: Cause) -> None:
    licensing.settle(ctx, ids, cause=cause)


def _batches(
    ctx: Ctx,
    job: Job,
    next_ids: Callable[[str], list[str]],
    total: int,
    work_on: Callable[[Ctx, list[str], Cause], None] = _settle,
) -> None:
    done, after = job.done, job.cursor or ""
    cause = Cause("scim" if job.kind == "settle_users" else "policy", job.id)
    while ids := next_ids(after):
        done, after = done + len(ids), ids[-1]

        def batch(ids: list[str] = ids, done: int = done, after: str = after) -> None:
            now = later(ctx)
            work_on(now, ids, cause)
            work.advance(now, job.id, done=done, cursor=after, total=total)

        transact(batch)
    transact(lambda: work.finish(later(ctx), job.id))


def _drain(ctx: Ctx, job: Job) -> None:
    def whole() -> None:
        licensing.drain(later(ctx), [job.arguments["family"]])
        work.finish(later(ctx), job.id)

    transact(whole)


def _export(ctx: Ctx, job: Job) -> None:
    made = exports.make(later(ctx), job)
    transact(lambda: work.finish(later(ctx), job.id, result=made))


def _user_ids(ctx: Ctx, after: str, size: int) -> list[str]:
    query = select(User.id).where(User.portal_id == ctx.portal.id, User.id > after)
    return list(db.session.scalars(query.order_by(User.id).limit(size)))


KINDS: dict[str, Callable[[Ctx, Job], None]] = {
    "settle_all": settling.settle_all,
    "settle_users": _settle_users,
    "drain": _drain,
    "refold": _refold,
    "export": _export,
    "bulk": bulk.run,
}
