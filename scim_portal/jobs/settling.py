"""The job that brings everybody in line with the policy: one look at everybody, then only those who must move are settled.

What is planned is not stored: whoever was settled is settled, so a runner that takes over plans anew and finds who is left.
Whoever changes meanwhile is settled by that very change, under the same policy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from rules.decide import decide
from rules.standing import Person
from rules.turns import Plan
from scim_portal import clock
from scim_portal.context import Ctx
from scim_portal.db import db, transact
from scim_portal.models import Job
from scim_portal.services import everybody, licensing, rulebook, standings, work
from scim_portal.services.seats import Cause

BATCH = 250
ALL_AT_ONCE = 2000
# SQLite does not queue its writers, who look every so often whether they may: they need a gap to look into.
BREATH = 0.025


def settle_all(ctx: Ctx, job: Job) -> None:
    """Settle everybody: in one step where few must move, so that releases precede all grants (L10.2), or turn by turn."""
    plan = _planned(ctx, job)
    moving = list(chain.from_iterable(plan.turns))
    left, cause = len(moving), Cause("policy", job.id)
    is_one_step = left <= ALL_AT_ONCE
    if not is_one_step:
        _withdraw(ctx, job, plan, cause)
    for ids in [moving] if is_one_step else _batches(plan.turns):
        left -= len(ids)
        transact(_unit(ctx, job.id, ids, cause, done=plan.people - left, total=plan.people))
        if left and db.engine.dialect.name == "sqlite":
            time.sleep(BREATH)
    if not is_one_step or job.attempts > 1:
        _exchange(ctx, job, set(moving), cause)
    transact(lambda: work.finish(later(ctx), job.id))


def later(ctx: Ctx) -> Ctx:
    """Give the context as of now, for the next transaction of a long work."""
    return replace(ctx, now=clock.now(), effects=[])


def _planned(ctx: Ctx, job: Job) -> Plan:
    """Look at everybody without keeping anybody waiting, and stay known to be alive."""
    policy, now, plan = rulebook.glance(ctx), later(ctx), Plan()
    seen = time.monotonic()
    for chunk in everybody.stream(now, policy):
        plan.add(
            (
                Person(facts.user_id, standing, decide(policy, facts, now.now).families, facts.active)
                for facts, standing in chunk
            ),
            now.now,
        )
        if time.monotonic() - seen > work.LEASE.total_seconds() / 8:
            seen = time.monotonic()
            transact(lambda: work.advance(later(ctx), job.id, done=job.done, cursor=None))
    db.session.rollback()
    return plan


def _withdraw(ctx: Ctx, job: Job, plan: Plan, cause: Cause) -> None:
    """Take back the claims of yesterday of those whose turn is later, lest they be met by what others free first."""
    for ids in _batches([plan.withdrawing]):

        def unit(ids: list[str] = ids) -> None:
            now = later(ctx)
            licensing.settle(now, ids, cause=cause, withdrawing=True)
            work.advance(now, job.id, done=job.done, cursor=None)

        transact(unit)
        if db.engine.dialect.name == "sqlite":
            time.sleep(BREATH)


def _exchange(ctx: Ctx, job: Job, moved: set[str], cause: Cause) -> None:
    """Let people of different batches exchange what they have: only heads of queues can, so those are taken together (L4.4)."""

    def unit() -> bool:
        now = later(ctx)
        heads = standings.first_in_queues(now, BATCH)
        ids = {id for id, since in heads if id in moved or since >= job.created_at}
        return bool(ids and licensing.settle(now, ids, cause=cause, in_one=True))

    while transact(unit):
        pass


def _batches(turns: list[list[str]]) -> Iterator[list[str]]:
    for ids in turns:
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]


def _unit(ctx: Ctx, job_id: str, ids: list[str], cause: Cause, *, done: int, total: int) -> Callable[[], None]:
    def unit() -> None:
        now = later(ctx)
        licensing.settle(now, ids, cause=cause)
        work.advance(now, job_id, done=done, cursor=None, total=total)

    return unit
