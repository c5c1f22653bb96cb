"""What must hold in a portal whatever happened: L12 as `invariants` checks it, rest, and what nobody may have.

Says in sentences what does not hold, and tells how everybody stands for whoever reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import func, select

from rules.compare import Effect, Preview
from scim_portal.context import Ctx
from scim_portal.db import db, scoped, transact
from scim_portal.models import LicenseType, Override, Seat, SeatEntry, Ticket, User
from scim_portal.services import invariants, licensing, previews, rulebook

Held = tuple[str, str]
DUE_LATER = ("I3",)
GIVEN = ("seat.granted", "seat.resumed")
LOST = ("seat.released", "seat.settling", "seat.suspended")


def contradictions(ctx: Ctx, erased: Collection[str], *, late: bool) -> list[str]:
    """List what is wrong; while something is due, queues need not be served and nobody needs to be settled."""
    found = [one for one in invariants.violations(ctx) if not (late and one.startswith(DUE_LATER))]
    db.session.rollback()
    found += _numbers_twice(ctx)
    found += _what_nobody_may_have(ctx, erased)
    return found if late else [*found, *_restless(ctx)]


def taken(effects: Sequence[dict[str, str]], whose: str) -> Iterator[str]:
    """I5: what happens to one person takes a seat from others only to give them a better one."""
    better_off = {one["user_id"] for one in effects if one["event"] in GIVEN}
    for one in effects:
        if one["event"] in LOST and one["user_id"] not in better_off | {whose}:
            yield f"I5: an act about {whose} took {one['license_type']} from {one['user_id']}."


def seats(ctx: Ctx) -> set[Held]:
    """Give all seats, in whatever state."""
    db.session.rollback()
    return {(seat.user_id, seat.license_type) for seat in db.session.scalars(scoped(Seat, ctx))}


def seats_by(ctx: Ctx, group_id: str) -> set[Held]:
    """Give the assigned seats that come from rules which name a group."""
    db.session.rollback()
    rules = [one["id"] for one in rulebook.current(ctx)[1]["rules"] if group_id in one["condition"]]
    found = scoped(Seat, ctx).where(Seat.rule_id.in_(rules), Seat.state == "assigned")
    return {(seat.user_id, seat.license_type) for seat in db.session.scalars(found)}


def not_as_previewed(ctx: Ctx, outcome: Preview) -> Iterator[str]:
    """L10.1: what was previewed is what came, if nothing moved meanwhile; say what did not."""
    db.session.rollback()
    types = {type.key: type for type in db.session.scalars(scoped(LicenseType, ctx))}
    for key, usage in outcome.usage.items():
        if types[key].used != usage.after:
            yield f"L10.1: {usage.after} seats of {key} were previewed, {types[key].used} are used."
    present = seats(ctx)
    tickets = {(one.user_id, one.license_type) for one in db.session.scalars(scoped(Ticket, ctx))}
    for row in outcome.changes:
        found = tickets if row.change is Effect.QUEUE else present
        if row.after and (row.user_id, row.after) not in found:
            yield f"L10.1: {row.change} of {row.after} to {row.user_id} was previewed and did not come."


def _restless(ctx: Ctx) -> Iterator[str]:
    """I4: evaluating everybody again and draining every queue changes nothing and writes nothing."""
    everybody = db.session.scalars(select(User.id).where(User.portal_id == ctx.portal.id)).all()
    families = db.session.scalars(select(LicenseType.family).where(LicenseType.portal_id == ctx.portal.id)).all()
    before = _entries(ctx)
    again = transact(lambda: licensing.settle(replace(ctx, effects=[]), everybody))
    more = transact(lambda: licensing.drain(replace(ctx, effects=[]), sorted(set(families))))
    for change in (*again, *more):
        yield f"I4: evaluated again, {change.user_id}: {change.event} {change.license_type} ({change.reason_text})"
    if _entries(ctx) != before:
        yield "I4: evaluated again, the ledger grew."
    shown = previews.preview(ctx, rulebook.current(ctx)[1]).outcome  # decides everybody anew, without the short cut
    if shown.counts["unchanged"] != len(everybody):
        yield f"I4: publishing what is in force would change something: {shown.counts}, {shown.changes}"


def _entries(ctx: Ctx) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(SeatEntry).where(SeatEntry.portal_id == ctx.portal.id)) or 0
    )


def _numbers_twice(ctx: Ctx) -> Iterator[str]:
    """L6.1: a number is given once; those of present tickets differ."""
    rows = db.session.execute(select(Ticket.license_type, Ticket.number).where(Ticket.portal_id == ctx.portal.id))
    for (key, number), count in Counter(tuple(row) for row in rows).items():
        if count > 1:
            yield f"L6.1: {count} tickets of {key} have the number {number}."


def _what_nobody_may_have(ctx: Ctx, erased: Collection[str]) -> Iterator[str]:
    users = {user.id: user for user in db.session.scalars(scoped(User, ctx))}
    words = {(one.user_id, one.license_type) for one in db.session.scalars(_in_force(ctx)) if one.kind == "exclude"}
    for seat in db.session.scalars(scoped(Seat, ctx)):
        user = users[seat.user_id]
        here = user.active and user.deleted_at is None
        if seat.user_id in erased or here is (seat.state == "held"):
            yield f"L8: {user.user_name} has a seat of {seat.license_type} that is {seat.state}."
        if (seat.user_id, seat.license_type) in words and seat.state == "assigned":
            yield f"L3: {user.user_name} has {seat.license_type} although excluded from it."
    for ticket in db.session.scalars(scoped(Ticket, ctx)):
        user = users[ticket.user_id]
        here = user.active and user.deleted_at is None
        if ticket.user_id in erased or not (here or ticket.parked_until):
            yield f"L8: {user.user_name} waits for {ticket.license_type}."


def _in_force(ctx: Ctx) -> object:
    return scoped(Override, ctx).where((Override.ends_at.is_(None)) | (Override.ends_at > ctx.now))


def standing(ctx: Ctx, names: dict[str, str]) -> list[str]:
    """Tell in a line each what is bought and used, and what everybody has and waits for."""
    types = db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.rank.desc()))
    pools = licensing.pools(ctx, list(types)).values()
    lines = [f"  {pool.key}: {pool.used} of {pool.limit} used, {pool.held} held" for pool in pools]
    for user in db.session.scalars(scoped(User, ctx).order_by(User.id)):
        seats = db.session.scalars(scoped(Seat, ctx).where(Seat.user_id == user.id))
        tickets = db.session.scalars(scoped(Ticket, ctx).where(Ticket.user_id == user.id))
        has = [f"{one.license_type} {one.state}" for one in seats]
        has += [f"{_waiting(one)} {one.license_type} (class {one.klass}, number {one.number})" for one in tickets]
        gone = " deleted" if user.deleted_at else "" if user.active else " inactive"
        lines.append(f"  {names.get(user.id, '?')} {user.id[-6:]}{gone}: {', '.join(has) or 'nothing'}")
    return lines


def _waiting(ticket: Ticket) -> str:
    return "place kept for" if ticket.parked_until else "waits for"
