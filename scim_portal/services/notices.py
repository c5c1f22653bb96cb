"""Notices: kept in step with what calls for them, told once by e-mail and webhook, put away by admins, listed.

What calls for a notice is `notice_rules`; how messages leave is `outbox`. A notice holds its subject from when it is told
until it is armed again, whether or not somebody put it away meanwhile; after that its subject is marked as past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import Notice, Portal
from scim_portal.services import audit, cursors, notice_facts, notice_rules, notice_settings, outbox
from scim_portal.services.audit import Action
from scim_portal.services.notice_rules import Severity, Wanted
from scim_portal.services.outbox import Channel
from scim_portal.services.people import Page

PAST = "~"  # sorts after every subject in use, so that the index gives those alone
_N = Notice.__table__.c
_HELD = select(_N.id, _N.subject).where(_N.portal_id == bindparam("portal"), _N.subject < PAST)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be told, and the ids of the notices whose reason is gone."""

    new: tuple[Wanted, ...]
    gone: tuple[str, ...]


def is_due(ctx: Ctx) -> bool:
    """Tell without any lock whether a `sweep` would change something: two statements and a glance at the policy."""
    found = _difference(ctx)
    return bool(found.new or found.gone)


def sweep(ctx: Ctx) -> int:
    """Tell what is new and end what is over; of several at once, only the first finds anything. Gives how many changed."""
    db.session.execute(select(Portal.id).where(Portal.id == ctx.portal.id).with_for_update(key_share=True))
    found = _difference(ctx)
    _end(ctx, found.gone)
    for one in found.new:
        _tell(ctx, one)
    return len(found.new) + len(found.gone)


def listed(ctx: Ctx, *, open_only: bool = False, cursor: str | None = None, limit: int | None = None) -> Page:
    """List notices, newest first."""
    query = scoped(Notice, ctx)
    if open_only:
        query = query.where(Notice.subject < PAST, Notice.ended_at.is_(None))
    if keys := cursors.decode(cursor, str):
        query = query.where(Notice.id < keys[0])
    size = cursors.limit(limit)
    rows = list(db.session.scalars(query.order_by(Notice.id.desc()).limit(size + 1)))
    return Page(rows[:size], cursors.encode(rows[size - 1].id) if len(rows) > size else None)


def count_open(ctx: Ctx) -> int:
    """Count the open notices."""
    query = select(func.count()).select_from(Notice).where(Notice.portal_id == ctx.portal.id, Notice.subject < PAST)
    return db.session.scalar(query.where(Notice.ended_at.is_(None))) or 0


def most_important(ctx: Ctx, *, most: int) -> list[Notice]:
    """Give some open notices, by severity, the newest first."""
    rank = case({one.value: place for place, one in enumerate(Severity)}, value=Notice.severity, else_=len(Severity))
    query = scoped(Notice, ctx).where(Notice.subject < PAST, Notice.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(rank, Notice.id.desc()).limit(most)))


def find(ctx: Ctx, id: str) -> Notice:
    """Find a notice. Raises `NotFound`."""
    notice = db.session.scalar(scoped(Notice, ctx).where(Notice.id == id)) if is_id(id) else None
    if notice is None:
        raise NotFound("There is no such notice in this portal.", field="id", value=id)
    return notice


def subject(notice: Notice) -> str:
    """Tell what a notice is or was about."""
    return notice.subject.removeprefix(PAST)


def dismiss(ctx: Ctx, id: str) -> Notice:
    """Put a notice away; it is not told again before it is armed again. Putting it away twice changes nothing."""
    notice = find(ctx, id)
    if notice.ended_at is None:
        notice.ended_at, notice.ended_by = ctx.now, ctx.actor.name
        db.session.flush()
        audit.record(ctx, Action.NOTICE_DISMISSED, "notice", id, notice.text)
    return notice


def _difference(ctx: Ctx) -> Difference:
    held = {row.subject: row.id for row in db.session.execute(_HELD, {"portal": ctx.portal.id})}
    wanted = {one.subject: one for one in notice_rules.wanted(notice_facts.read(ctx), held, ctx.now)}
    new = tuple(one for subject, one in wanted.items() if subject not in held)
    return Difference(new, tuple(id for subject, id in held.items() if subject not in wanted))


def _end(ctx: Ctx, ids: Sequence[str]) -> None:
    mine = update(Notice.__table__).where(_N.portal_id == ctx.portal.id, _N.id.in_(ids))  # type: ignore[arg-type]
    if ids:
        db.session.execute(mine.values(subject=PAST + _N.subject, ended_at=func.coalesce(_N.ended_at, ctx.now)))


def _tell(ctx: Ctx, one: Wanted) -> None:
    notice = Notice(
        portal_id=ctx.portal.id, id=new_id(), kind=one.kind, subject=one.subject, severity=one.severity, text=one.text,
        link=one.link, at=ctx.now,
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    outbox.write(ctx, Channel.WEBHOOK, _announcement(ctx, notice), notice_id=notice.id)
    notice_settings.post(ctx, one.text, link=one.link or "/notices", notice_id=notice.id)


def _announcement(ctx: Ctx, notice: Notice) -> dict[str, Any]:
    """Write what a webhook will carry."""
    data = {
        "id": notice.id, "kind": notice.kind, "subject": notice.subject, "severity": notice.severity, "text": notice.text,
        "url": f"{ctx.portal.base_url}{notice.link or '/notices'}",
    }  # fmt: skip
    return {"type": "notice.opened", "at": _instant(notice.at), "portal": ctx.portal.slug, "data": data}


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
