"""Settle: bring people's seats in line with the policy. The one path for SCIM, portal, API, jobs and clock (L12).

Facts are read with the people locked; most writes change no seat and stop there. Otherwise the licence types of the touched
families are locked in key order, the standing is read again, `rules.allocate` decides and `seats.apply` writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from rules.allocate import Change, allocate, is_settled
from rules.decide import Decision, Facts, decide
from rules.policy import Policy
from rules.standing import Person, Pool, Standing
from scim_portal import clock, models
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.prepared import Prepared
from scim_portal.services import capacity, facts, freezes, rulebook, seats, standings, work
from scim_portal.services.seats import Cause, Tally

MOST_IN_A_REQUEST = 200
DRAIN_IN_A_REQUEST = 500
_TYPE = models.LicenseType.__table__.c
_TYPES = Prepared(
    select(*_TYPE)
    .where(_TYPE.portal_id == bindparam("portal"), _TYPE.family.in_(bindparam("families", expanding=True)))
    .order_by(_TYPE.key)
    .with_for_update(key_share=True)
)


def settle(
    ctx: Ctx,
    user_ids: Iterable[str],
    *,
    ending: Collection[str] = (),
    erased: bool = False,
    groupless: bool = False,
    cause: Cause | None = None,
    in_one: bool = False,
    withdrawing: bool = False,
) -> tuple[Change, ...]:
    """Settle some users in one transaction.

    `ending` names those whose access this very event ends; `erased` says that all of them are deleted for good;
    `groupless` says that they are known to be in no group; `in_one` that all their wishes came up in this one event, so
    that also those who have all they can have may exchange seats (L4.4); `withdrawing` that they only give back tickets and
    suspended seats which they no longer wish for, since others come first (L10.2).
    """
    policy, ctx = rulebook.in_force(ctx), _present(ctx)
    people = facts.load(ctx, user_ids, locked=True, groupless=groupless)
    if not people or not policy.types:
        return ()
    kept = [one.user_id for one in people if one.kept_by]
    if kept:
        left = freezes.leave(ctx, policy, people)
        people = [left.get(one.user_id, one) for one in people]
    decisions = {one.user_id: decide(policy, one, ctx.now) for one in people}
    standing = standings.load(ctx, decisions)
    persons = [_person(one, decisions[one.user_id], standing[one.user_id], ending) for one in people]
    if erased or withdrawing:
        persons = [replace(one, cause="erase" if erased else "withdraw") for one in persons]
    restless = [one for one in persons if in_one or not is_settled(one, ctx.now)]
    if not restless:
        return ()
    changes = _allocate(ctx, policy, restless, _families(policy, restless), cause or seats.cause_of(ctx))
    if kept and not withdrawing and (left := freezes.leave(ctx, policy, facts.load(ctx, kept))):
        changes += settle(ctx, left, erased=erased, cause=cause)
    return changes


def settle_newcomer(ctx: Ctx, newcomer: Facts) -> tuple[Change, ...]:
    """Settle a user whom this transaction created, of whom nothing needs to be read: nobody else can know them yet."""
    policy, ctx = rulebook.in_force(ctx), _present(ctx)
    decision = decide(policy, newcomer, ctx.now)
    person = _person(newcomer, decision, Standing(newcomer.user_id), ())
    if is_settled(person, ctx.now):
        return ()
    return _allocate(ctx, policy, [person], _families(policy, [person]), seats.cause_of(ctx), is_new=True)


def settle_changed(ctx: Ctx, user_id: str, changed: Collection[str], *, ending: Collection[str] = ()) -> None:
    """Settle a user some of whose attributes changed, unless no rule in force reads any of them (L2.5)."""
    if "active" in changed or rulebook.in_force(ctx).may_change(changed):
        settle(ctx, [user_id], ending=ending)


def settle_many(ctx: Ctx, user_ids: Collection[str]) -> None:
    """Settle the users one change of a group touched: up to 200 in the request, more as a job with the same result (L9)."""
    if not user_ids or not rulebook.in_force(ctx).may_change(("groups",)):
        return
    if len(user_ids) <= MOST_IN_A_REQUEST:
        settle(ctx, user_ids)
    else:
        work.enqueue(ctx, "settle_users", total=len(user_ids), user_ids=sorted(user_ids))


def reads_group_names(ctx: Ctx) -> bool:
    """Tell whether a rule in force tests groups by their names, so that a rename moves people; mostly none does (L2.1, L9)."""
    return any("groups.display" in rule.condition.reads for rule in rulebook.in_force(ctx).active)


def capacity_changed(ctx: Ctx, family: str) -> None:
    """Serve a family's queues after its capacity changed: at once, or as a job where many wait."""
    portal_types = select(_TYPE.waiting, _TYPE.suspended).where(
        _TYPE.portal_id == ctx.portal.id, _TYPE.family == family
    )
    if sum(sum(row) for row in db.session.execute(portal_types)) > DRAIN_IN_A_REQUEST:
        work.enqueue(ctx, "drain", family=family)
    else:
        drain(ctx, [family])


def drain(ctx: Ctx, families: Collection[str]) -> tuple[Change, ...]:
    """Hand out what is free in some families; where nothing is bought any more, suspend those who hold seats (L11)."""
    policy, ctx = rulebook.in_force(ctx), _present(ctx)
    people = facts.load(ctx, _holders_of_lapsed(ctx, families), locked=True)
    standing = standings.load(ctx, [one.user_id for one in people])
    persons = [_person(one, decide(policy, one, ctx.now), standing[one.user_id], ()) for one in people]
    touched = frozenset(families) | _families(policy, persons)
    return _allocate(ctx, policy, persons, touched, Cause("capacity", ctx.request_id))


def needs_drain(ctx: Ctx, family: str) -> bool:
    """Tell without any lock whether a family's capacity of this moment calls for a `drain`."""
    rows = db.session.execute(select(*_TYPE).where(_TYPE.portal_id == ctx.portal.id, _TYPE.family == family)).all()
    found = pools(ctx, rows)
    return any(_calls_for_drain(row, found[row.key]) for row in rows)


def _calls_for_drain(row: Any, pool: Pool) -> bool:
    lapsed = pool.capacity == 0 and row.used > 0
    has_room = pool.limit is None or row.used - row.held < pool.limit
    return bool(lapsed or (has_room and row.waiting + row.suspended > 0))


def _holders_of_lapsed(ctx: Ctx, families: Collection[str]) -> list[str]:
    types = select(_TYPE.key).where(_TYPE.portal_id == ctx.portal.id, _TYPE.family.in_(families), _TYPE.used > 0)
    keys = list(db.session.scalars(types))
    bought = capacity.at(ctx, ctx.now, keys)
    lapsed = [key for key in keys if bought.get(key, 0) == 0]
    holders = select(models.Seat.user_id).where(
        models.Seat.portal_id == ctx.portal.id, models.Seat.license_type.in_(lapsed), models.Seat.state != "suspended"
    )
    return list(db.session.scalars(holders)) if lapsed else []


def waits_without_seat(ctx: Ctx, user_id: str) -> str | None:
    """Name the licence type that a user waits for while holding nothing of its family; None when there is none."""
    standing = standings.load(ctx, [user_id])[user_id]
    policy = rulebook.in_force(ctx)
    served = {policy.types[seat.license_type].family for seat in standing.seats}
    waiting = (one.license_type for one in standing.tickets if one.parked_until is None)
    return next((key for key in waiting if policy.types[key].family not in served), None)


def pools(ctx: Ctx, types: Iterable[Any]) -> dict[str, Pool]:
    """Describe licence types to the rules, at their capacity of this moment; `types` are rows of `LicenseType`."""
    rows = list(types)
    bought = capacity.at(ctx, ctx.now, [row.key for row in rows])
    return {row.key: _pool(row, bought.get(row.key, 0)) for row in rows}


def decided(ctx: Ctx, policy: Policy) -> standings.Decided:
    """Give a function that decides what one user wishes under a policy, by what is committed about them."""

    def one(user_id: str) -> Decision:
        return decide(policy, *facts.load(ctx, [user_id]), ctx.now)

    return one


def _present(ctx: Ctx) -> Ctx:
    """Give the context as of now: what began before a rule's window turned, and waited since, must not decide by the past."""
    return replace(ctx, now=max(ctx.now, clock.now()))


def _allocate(
    ctx: Ctx, policy: Policy, persons: list[Person], families: frozenset[str], cause: Cause, *, is_new: bool = False
) -> tuple[Change, ...]:
    rows = _TYPES.all(portal=ctx.portal.id, families=sorted(families)) if families else []
    touched = pools(ctx, rows)
    if (
        not is_new and db.engine.dialect.name != "sqlite"
    ):  # there, nobody else can have written since this transaction began
        standing = standings.load(ctx, [one.user_id for one in persons])
        persons = [replace(one, standing=standing[one.user_id]) for one in persons]
    waiting = {row.key for row in rows if row.waiting}
    suspended = {row.key for row in rows if row.suspended}
    book = standings.SqlBook(ctx, {one.user_id for one in persons}, waiting, suspended, decided(ctx, policy))
    changes = allocate(persons, touched.values(), book, ctx.now)
    if changes:
        tallies = {row.key: _tally(row, touched[row.key]) for row in rows}
        seats.apply(ctx, changes, tallies, cause)
    return changes


def _person(one: Facts, decision: Decision, standing: Standing, ending: Collection[str]) -> Person:
    cause = "deactivate" if one.user_id in ending else "evaluate"
    return Person(one.user_id, standing, decision.families, one.active, cause)


def _families(policy: Policy, persons: Iterable[Person]) -> frozenset[str]:
    """Name every family in which somebody wishes or has something."""
    found = set()
    for person in persons:
        found |= {family for family, wish in person.wishes.items() if wish.entries}
        keys = [one.license_type for one in (*person.standing.seats, *person.standing.tickets)]
        found |= {policy.types[key].family for key in keys}
    return frozenset(found)


def _pool(row: Any, bought: int | None) -> Pool:
    limit = capacity.limit(bought, row.allowance, row.allowance_percent)
    return Pool(
        row.key, row.family, row.rank, bought, limit, row.used, row.held, row.next_ticket,
        timedelta(days=row.hold_days), timedelta(seconds=row.settle_seconds),
    )  # fmt: skip


def _tally(row: Any, pool: Pool) -> Tally:
    return Tally(row.key, pool.limit, row.used, row.held, row.waiting, row.suspended, row.next_ticket, row.next_entry)
