"""What the limit of a type was at any time in the past, as its contract was written down then. Reads only.

The ledger tells the limit whenever a seat changed; contracts also start, end and change while nothing moves. So today's lines
are taken, and what admins did to them is undone step by step, the latest first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import AdminAction, LicenseType
from scim_portal.services import capacity, catalog
from scim_portal.services.capacity import Capacity

MOST_ACTIONS = 2000


@dataclass(frozen=True, slots=True)
class Term:
    """A contract line as it stood for a while."""

    quantity: Capacity
    starts_at: datetime | None
    ends_at: datetime | None

    def counts(self, moment: datetime) -> bool:
        """Tell whether the line is in force at a moment."""
        return (self.starts_at is None or self.starts_at <= moment) and (self.ends_at is None or moment < self.ends_at)


@dataclass(frozen=True, slots=True)
class Step:
    """From this moment on the limit was so much; None is unlimited."""

    at: datetime
    limit: Capacity


def steps(ctx: Ctx, type: LicenseType, since: datetime) -> list[Step]:
    """List the limits since a moment, the first one at that moment, by two statements."""
    found: list[Step] = []
    for start, end, terms, allowance in _stretches(ctx, type, since):
        turns = {turn for term in terms.values() for turn in (term.starts_at, term.ends_at) if turn}
        for at in (start, *sorted(turn for turn in turns if start < turn < end)):
            found.append(Step(at, _limit(terms, allowance, at)))
    return [step for step, before in zip(found, [None, *found], strict=False) if _differs(step, before)]


def at(steps: list[Step], moment: datetime) -> Step:
    """Give the step in force at a moment; the first one for a moment before it."""
    return steps[max(0, bisect_right(steps, moment, key=lambda step: step.at) - 1)]


def _differs(step: Step, before: Step | None) -> bool:
    return before is None or step.limit != before.limit


def _stretches(
    ctx: Ctx, type: LicenseType, since: datetime
) -> list[tuple[datetime, datetime, dict[str, Term], tuple[int, int | None]]]:
    """Cut the time since a moment wherever somebody changed the contract; each part with its lines and allowance."""
    terms = {
        line.id: Term(line.quantity, max(line.starts_at or line.created_at, line.created_at), line.ends_at)
        for line in catalog.lines(ctx, type.key)
    }
    allowance = (type.allowance, type.allowance_percent)
    found, end = [], ctx.now
    for action in _actions(ctx, type.key, since):
        found.append((action.at, end, dict(terms), allowance))
        end = action.at
        if action.object_kind == "license_type":
            allowance = _allowance((action.before or {}).get("allowance", 0))
        elif action.before is None:
            terms.pop(action.object_id, None)
        else:
            terms[action.object_id] = _term(action.before)
    found.append((since, end, terms, allowance))
    return found[::-1]


def _actions(ctx: Ctx, key: str, since: datetime) -> Iterator[Any]:
    """Yield what was done to the type's contract, the latest first."""
    line = AdminAction
    query = select(line.at, line.object_kind, line.object_id, line.before).where(
        line.portal_id == ctx.portal.id,
        line.at > since,
        or_(
            and_(line.object_kind == "contract_line", line.object_name == key),
            and_(line.object_kind == "license_type", line.object_id == key, line.before.is_not(None)),
        ),
    )
    yield from db.session.execute(query.order_by(line.id.desc()).limit(MOST_ACTIONS))


def _term(state: Mapping[str, Any]) -> Term:
    starts, ends = (
        datetime.fromisoformat(value) if (value := state.get(name)) else None for name in ("starts_at", "ends_at")
    )
    return Term(state.get("quantity"), starts, ends)


def _allowance(told: int | str) -> tuple[int, int | None]:
    return (0, int(told.rstrip("% "))) if isinstance(told, str) else (told, None)


def _limit(terms: Mapping[str, Term], allowance: tuple[int, int | None], moment: datetime) -> Capacity:
    bought = capacity.totals(("", term.quantity) for term in terms.values() if term.counts(moment))
    return capacity.limit(bought.get("", 0), *allowance)
