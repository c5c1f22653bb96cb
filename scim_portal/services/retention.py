"""What is kept for a while only: sign-in sessions, past notices, messages that left, counts
of failures, old lines of the provisioning log.

The ledger and the record of what admins did are kept for good. Removed in batches of their own transactions; late is harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from scim_portal import ids
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import AdminSession, Notice, Outbound, ProvisioningEntry, Throttle
from scim_portal.services import notices
from scim_portal.services.outbox import Channel

NOTICES = MESSAGES = timedelta(days=90)
COUNTS = timedelta(days=1)
EVERY = timedelta(hours=1)
BATCH = 500
# When each portal was looked through, as far as this process knows.
_looked_at: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Stale:
    """Rows of one table whose time is over; `column` tells them apart within the portal."""

    column: Any
    keys: Sequence[str]


def is_time(ctx: Ctx) -> bool:
    """Tell, once an hour, that it is time to look."""
    last = _looked_at.get(ctx.portal.id)
    if last is not None and ctx.now - last < EVERY:
        return False
    _looked_at[ctx.portal.id] = ctx.now
    return True


def stale(ctx: Ctx) -> list[Stale]:
    """Find a batch of each kind; nothing when all is as it should be."""
    found = [_log(ctx), _notices(ctx), _messages(ctx), _counts(ctx), _sessions(ctx)]
    return [one for one in found if one.keys]


def remove(ctx: Ctx, found: Sequence[Stale]) -> int:
    """Remove what was found; gives how many rows that were."""
    for one in found:
        table = one.column.class_
        db.session.execute(delete(table).where(table.portal_id == ctx.portal.id, one.column.in_(one.keys)))
    return sum(len(one.keys) for one in found)


def _log(ctx: Ctx) -> Stale:
    days = ctx.settings.provisioning_log_days
    until = ids.first_of(ctx.now - timedelta(days=days)) if days else ""
    return _some(ctx, ProvisioningEntry.id, ProvisioningEntry.id < until)


def _notices(ctx: Ctx) -> Stale:
    """Past notices alone: one that was put away keeps its subject from being told again."""
    return _some(ctx, Notice.id, Notice.subject >= notices.PAST, Notice.ended_at <= ctx.now - NOTICES)


def _messages(ctx: Ctx) -> Stale:
    is_done = or_(Outbound.sent_at.is_not(None), Outbound.given_up_at.is_not(None), Outbound.kind == Channel.WEBHOOK)
    return _some(ctx, Outbound.id, Outbound.id < ids.first_of(ctx.now - MESSAGES), is_done)


def _counts(ctx: Ctx) -> Stale:
    return _some(ctx, Throttle.subject, Throttle.window_started_at <= ctx.now - COUNTS)


def _sessions(ctx: Ctx) -> Stale:
    return _some(ctx, AdminSession.id, AdminSession.expires_at <= ctx.now)


def _some(ctx: Ctx, column: Any, *conditions: Any) -> Stale:
    query = select(column).where(column.class_.portal_id == ctx.portal.id, *conditions).order_by(column).limit(BATCH)
    return Stale(column, db.session.scalars(query).all())
