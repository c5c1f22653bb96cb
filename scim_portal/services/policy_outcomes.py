"""The history of the policy, and what publishing really did: counted from the ledger the way a preview counts."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, select

from rules.compare import GAINED, LOST, Effect
from rules.decide import Kind
from rules.reasons import Event
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.ids import first_of
from scim_portal.models import Job, LicenseType, PolicyVersion, SeatEntry
from scim_portal.services import rulebook

PAGE = 20
CLOCKS_DIFFER_BY = timedelta(minutes=5)
MOST_KEPT = 1000
_GAINED, _LOST = (sorted(one.value for one in events) for events in (GAINED, LOST))
Counts = dict[str, int]
_kept: OrderedDict[tuple[str, str], Counts] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Past:
    """A version with the document before it, its work, and what that did; `actual` is None before the work is done."""

    version: PolicyVersion
    before: dict[str, Any]
    job: Job | None
    actual: Counts | None


def history(ctx: Ctx, *, before: int | None = None, most: int = PAGE) -> tuple[list[Past], int | None]:
    """Give a page of versions, newest first, and where the next page begins (None: there is none)."""
    query = scoped(PolicyVersion, ctx).order_by(PolicyVersion.version.desc()).limit(most + 1)
    if before is not None:
        query = query.where(PolicyVersion.version < before)
    found = list(db.session.scalars(query))
    earlier = [one.document for one in found[1:]] + [rulebook.EMPTY]
    shown = found[:most]
    ids = [one.job_id for one in shown if one.job_id]
    jobs = {job.id: job for job in db.session.scalars(scoped(Job, ctx).where(Job.id.in_(ids)))} if ids else {}
    past = [_past(ctx, one, former, jobs.get(one.job_id or "")) for one, former in zip(shown, earlier, strict=False)]
    return past, shown[-1].version if len(found) > most else None


def one(ctx: Ctx, version: int) -> Past:
    """Give one version. Raises `NotFound`."""
    rulebook.document(ctx, version)
    return next(iter(history(ctx, before=version + 1, most=1)[0]))


def actual(ctx: Ctx, job: Job) -> Counts:
    """Count what a job did to people, by the effects of a preview; remembered once the job is over."""
    key = (ctx.portal.id, job.id)
    if key in _kept:
        return _kept[key]
    found = _counted(ctx, job)
    if job.state == "done":
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _past(ctx: Ctx, version: PolicyVersion, before: dict[str, Any], job: Job | None) -> Past:
    is_over = job is not None and job.state in {"done", "failed"}
    return Past(version, before, job, actual(ctx, job) if job is not None and is_over else None)


def _counted(ctx: Ctx, job: Job) -> Counts:
    """Join what one person lost and gained in a family, as `rules.compare` does."""
    *signs_of, opened = _signs()
    gained, lost, by_default, waits = *(func.max(sign) for sign in signs_of), func.sum(opened)
    person = (
        select(gained.label("gained"), lost.label("lost"), by_default.label("by_default"), waits.label("waits"))
        .join_from(
            SeatEntry,
            LicenseType,
            (LicenseType.portal_id == SeatEntry.portal_id) & (LicenseType.key == SeatEntry.license_type),
        )
        .where(SeatEntry.portal_id == ctx.portal.id, SeatEntry.cause_id == job.id, *_while(job))
        .group_by(SeatEntry.user_id, LicenseType.family)
        .subquery()
        .c
    )
    query = select(person.gained, person.lost, person.by_default, person.waits, func.count())
    found: Counts = {effect.value: 0 for effect in Effect}
    for has_gained, has_lost, is_default, tickets, number in db.session.execute(query.group_by(*person)):
        found[Effect.QUEUE] += number * tickets
        if has_lost and (is_default or not has_gained):
            found[Effect.RELEASE] += number
        elif has_gained:
            found[Effect.SWAP if has_lost else Effect.GRANT] += number
    return found


def _signs() -> tuple[Any, ...]:
    """Say of an entry whether it is a gain, a loss, a gain by the default, the beginning of a wait: 1 or 0 each."""
    gained = SeatEntry.event.in_(_GAINED)
    is_default = gained & (SeatEntry.after["source_kind"].as_string() == Kind.DEFAULT.value)
    tests = (gained, SeatEntry.event.in_(_LOST), is_default, SeatEntry.event == Event.TICKET_OPENED.value)
    return tuple(case((test, 1), else_=0) for test in tests)


def _while(job: Job) -> list[Any]:
    """Keep to the ledger's part that was written while the job ran; ids are in the order of time."""
    found = [SeatEntry.id >= first_of(job.created_at - CLOCKS_DIFFER_BY)]
    if job.finished_at is not None:
        found.append(SeatEntry.id <= first_of(job.finished_at + CLOCKS_DIFFER_BY))
    return found
