"""What an action on many users would do to seats: the same decision and allocation as doing it, with nothing written.

For more than `EXACT` users only the seats that are at stake are counted: deciding everybody takes too long to wait for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select

from rules.allocate import allocate
from rules.changes import Change
from rules.decide import Facts, decide
from rules.standing import Person, Seat, SeatState, Ticket
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import LicenseType, User
from scim_portal.models import Seat as SeatRow
from scim_portal.services import bulk, facts, licensing, people, rulebook, standings
from scim_portal.services.bulk import Action, Order

EXACT = 1000
MOST_NAMED = 100
USABLE = (SeatState.ASSIGNED, SeatState.RELEASING)


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to one person: `loses`, `gains` or `waits`, of which license type, and why."""

    kind: str
    user_id: str
    user_name: str
    license_type: str
    reason: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Who is touched, and what happens to whom; `losing` is how many people lose something they can use now.

    `effects` are the first hundred; `counts` are by kind and license type. Where `is_exact` is False, `counts` has only the
    seats that are at stake.
    """

    ids: list[str]
    left_out: int
    losing: int
    counts: dict[tuple[str, str], int]
    effects: list[Effect]
    is_exact: bool


def preview(ctx: Ctx, order: Order, ids: Sequence[str]) -> Preview:
    """Tell what the action would do to these users, and to others by it."""
    concerned = bulk.concerned(ctx, order, ids)
    left_out = len(set(ids)) - len(concerned)
    if len(concerned) > EXACT:
        return _at_stake(ctx, order, concerned, left_out)
    changes = _changes(ctx, order, concerned)
    found = [one for change in changes if (one := _kind(change)) is not None]
    counts: dict[tuple[str, str], int] = {}
    for kind, change in found:
        counts[kind, change.license_type] = counts.get((kind, change.license_type), 0) + 1
    losing = len({change.user_id for kind, change in found if kind == "loses"})
    chosen, shown = set(concerned), found[:MOST_NAMED]
    names = {one.id: one.user_name for one in people.by_id(ctx, list({change.user_id for _, change in shown}))}
    effects = [
        Effect(kind, one.user_id, names.get(one.user_id, one.user_id), one.license_type, one.reason_text, one.user_id in chosen)
        for kind, one in shown
    ]  # fmt: skip
    return Preview(concerned, left_out, losing, counts, effects, is_exact=True)


def _at_stake(ctx: Ctx, order: Order, ids: list[str], left_out: int) -> Preview:
    """Count the seats that such an action may end."""
    if order.action is Action.DEACTIVATE:
        conditions = [SeatRow.state.in_(USABLE)]
    elif order.action is Action.EXCLUDE:
        conditions = [SeatRow.state.in_(USABLE), SeatRow.license_type == order.license_type]
    else:
        return Preview(ids, left_out, 0, {}, [], is_exact=False)
    counted = bulk.count_seats(ctx, ids, SeatRow, *conditions)
    counts = {("loses", key): count for key, count in counted.items()}
    return Preview(ids, left_out, max(counted.values(), default=0), counts, [], is_exact=False)


def _changes(ctx: Ctx, order: Order, ids: Sequence[str]) -> tuple[Change, ...]:
    policy = rulebook.glance(ctx)
    if not ids or not policy.types:
        return ()
    active = dict(
        db.session.execute(select(User.id, User.active).where(User.portal_id == ctx.portal.id, User.id.in_(ids))).all()
    )  # fmt: skip
    found = [_as_if(order, one, active[one.user_id]) for one in facts.load(ctx, ids)]
    standing = standings.load(ctx, [one.user_id for one in found])
    cause: Literal["deactivate", "evaluate"] = "deactivate" if order.action is Action.DEACTIVATE else "evaluate"
    persons = [
        Person(one.user_id, standing[one.user_id], decide(policy, one, ctx.now).families, one.active, cause)
        for one in found
    ]
    rows = list(db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.key)))
    waiting, suspended = ({row.key for row in rows if row.waiting}, {row.key for row in rows if row.suspended})
    book = standings.SqlBook(ctx, {one.user_id for one in persons}, waiting, suspended, licensing.decided(ctx, policy))
    return allocate(persons, licensing.pools(ctx, rows).values(), book, ctx.now)


def _as_if(order: Order, one: Facts, active: bool) -> Facts:
    """Give the facts about a user as they would be."""
    key = frozenset({order.license_type or ""})
    match order.action:
        case Action.DEACTIVATE:
            return replace(one, active=False)
        case Action.REACTIVATE:
            return replace(one, active=True)
        case Action.RESTORE:
            return replace(one, active=active)
        case Action.PIN:
            return replace(one, pins=one.pins | key)
        case Action.EXCLUDE:
            return replace(one, excluded=one.excluded | key)
        case Action.REMOVE:
            return replace(one, pins=one.pins - key, excluded=one.excluded - key)


def _kind(change: Change) -> tuple[str, Change] | None:
    before, after = change.before, change.after
    if isinstance(before or after, Ticket):
        opened = isinstance(after, Ticket) and after.parked_until is None and before is None
        return ("waits", change) if opened else None
    could = isinstance(before, Seat) and before.state in USABLE
    can = isinstance(after, Seat) and after.state in USABLE
    if could == can:
        return None
    return ("gains" if can else "loses", change)
