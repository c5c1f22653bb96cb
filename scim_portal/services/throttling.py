"""A limit on failures that all workers share: counted in a table, by address and by account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import case, delete

from scim_portal.context import Ctx
from scim_portal.db import db, insert, scoped
from scim_portal.errors import TooMany
from scim_portal.models import Throttle
from scim_portal.protocol.sentences import say

WINDOW = timedelta(minutes=10)
PER_ACCOUNT, PER_ADDRESS = 8, 30


def check(ctx: Ctx, *, account: str, address: str | None) -> None:
    """Refuse to go on when an account or an address failed too often in the last ten minutes. Raises `TooMany`."""
    _refuse_over(ctx, _limits(account, address), say("Too many failed tries."))


def spend(ctx: Ctx, subject: str, *, most: int) -> None:
    """Count one use of something that may be used so often in ten minutes. Raises `TooMany`, and counts nothing, beyond."""
    _refuse_over(ctx, {subject: most}, say("This was asked for too often."))
    _count(ctx, subject)


def failed(ctx: Ctx, *, account: str, address: str | None) -> None:
    """Count one failure."""
    for subject in _limits(account, address):
        _count(ctx, subject)


def forget(ctx: Ctx, *, account: str) -> None:
    """Start an account's count anew after it succeeded."""
    mine = (Throttle.portal_id == ctx.portal.id) & (Throttle.subject == f"account:{account}")
    db.session.execute(delete(Throttle).where(mine))


def _refuse_over(ctx: Ctx, limits: dict[str, int], sentence: str) -> None:
    for row in db.session.scalars(scoped(Throttle, ctx).where(Throttle.subject.in_(limits))):
        ends = row.window_started_at + WINDOW
        if row.failures >= limits[row.subject] and ends > ctx.now:
            wait = max(1, int((ends - ctx.now).total_seconds()))
            raise TooMany(
                say("{sentence} Wait {minutes} minutes, then try again.", sentence=sentence, minutes=wait // 60 + 1),
                retry_after=wait,
            )


def _count(ctx: Ctx, subject: str) -> None:
    statement = insert(Throttle).values(portal_id=ctx.portal.id, subject=subject, failures=1, window_started_at=ctx.now)
    over = Throttle.window_started_at <= ctx.now - WINDOW
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["portal_id", "subject"],
            set_={
                "failures": case((over, 1), else_=Throttle.failures + 1),
                "window_started_at": case((over, ctx.now), else_=Throttle.window_started_at),
            },
        )
    )


def _limits(account: str, address: str | None) -> dict[str, int]:
    limits = {f"account:{account}": PER_ACCOUNT}
    return limits | {f"address:{address}": PER_ADDRESS} if address else limits
