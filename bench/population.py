"""A large directory with a past, written straight to tables: users, their seats, and a ledger that folds to those seats.

Ids and instants lie in the last thirty days, as if people had been provisioned all along; seats and the ledger go through
`services.seats`, so numbers, counters and snapshots are those of the product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bench import workloads
from rules.changes import Change
from rules.decide import Kind, Source
from rules.reasons import Event, Reason
from rules.standing import Seat, SeatState
from scim_portal import ids
from scim_portal.context import Ctx
from scim_portal.db import db, scoped, transact
from scim_portal.models import Connector, ContractLine, Email, Group, LicenseType, Membership, NameTerm, User
from scim_portal.protocol.definitions import GROUP_URN
from scim_portal.services import emails, mapping, name_terms, seats
from scim_portal.services.mapping import Stamp
from scim_portal.services.seats import Cause, Tally

CHUNK = 2000
ENTRIES_AT_ONCE = 10_000
PAST = timedelta(days=30)
TYPE = "view"
GROUPS, MEMBERS = 50, 200
_EVENTS = ((Event.SEAT_GRANTED, Reason.FREE_SEAT), (Event.SEAT_RELEASED, Reason.WISH_ENDED))


def directory(ctx: Ctx, users: int, entries: int) -> dict[str, Any]:
    """Write `users` users, each with a seat of the default type, and `entries` ledger entries (one a user, and pairs)."""
    transact(lambda: _backdate_licenses(ctx))
    connector = db.session.scalar(select(Connector.id).where(Connector.portal_id == ctx.portal.id).limit(1))
    made: list[str] = []
    for start in range(0, users, CHUNK):
        moment = ctx.now - PAST + PAST * (start / users)
        transact(lambda s=start, at=moment: made.extend(_users(ctx, range(s, min(users, s + CHUNK)), at, connector)))
    group = transact(lambda: _groups(ctx, made))
    _history(ctx, made, entries)
    step = max(1, users // 200)
    return {"users": made[::step], "group": group, "member": made[0]}


def _backdate_licenses(ctx: Ctx) -> None:
    before = ctx.now - 2 * PAST
    for model in (LicenseType, ContractLine):
        db.session.execute(update(model).where(model.portal_id == ctx.portal.id).values(created_at=before))


def _users(ctx: Ctx, numbers: range, moment: datetime, connector: str | None) -> Iterator[str]:
    rows, terms = [], []
    for number in numbers:
        content = workloads.user_content(number)
        content.pop("groups")
        id = _past_id(moment + timedelta(milliseconds=number - numbers.start))
        columns = mapping.user_columns(content, Stamp(id, 1, moment, moment))
        rows.append({"portal_id": ctx.portal.id, "connector_id": connector, **columns})
        terms += name_terms.rows(ctx.portal.id, id, content)
    connection = db.session.connection()
    connection.execute(User.__table__.insert(), rows)
    addresses = [one for row in rows for one in emails.rows(ctx.portal.id, row["id"], row["folded"])]
    connection.execute(Email.__table__.insert(), addresses)
    connection.execute(NameTerm.__table__.insert(), terms)
    return (row["id"] for row in rows)


def _past_id(moment: datetime) -> str:
    """Make an id as one made at that moment would be."""
    return ids.first_of(moment) + ids.new_id()[13:]


def _groups(ctx: Ctx, users: list[str]) -> str:
    made = []
    for number in range(GROUPS):
        id, name = ids.new_id(), f"Filled {number}"
        columns = mapping.group_columns({"schemas": [GROUP_URN], "displayName": name}, Stamp(id, 1, ctx.now, ctx.now))
        db.session.execute(Group.__table__.insert(), {"portal_id": ctx.portal.id, **columns})
        of_group = users[number * MEMBERS % len(users) :][:MEMBERS]
        links = [
            {"portal_id": ctx.portal.id, "group_id": id, "user_id": user, "created_at": ctx.now} for user in of_group
        ]
        db.session.connection().execute(Membership.__table__.insert(), links)
        made.append(id)
    return made[0]


def _history(ctx: Ctx, users: list[str], entries: int) -> None:
    """Write each user's grants and releases, a grant last; the first users get the entries that are left over."""
    pairs = max(0, entries - len(users)) // 2
    each, rest = divmod(pairs, len(users))
    batch: list[Change] = []
    source = Source(Kind.DEFAULT, policy_version=1)
    for number, user in enumerate(users):
        moment = ctx.now - PAST + PAST * (number / len(users))
        batch += _changes(user, 1 + 2 * (each + (number < rest)), moment, source)
        if len(batch) >= ENTRIES_AT_ONCE or number == len(users) - 1:
            _write(replace(ctx, now=moment, effects=[]), batch)
            batch = []


def _changes(user: str, count: int, moment: datetime, source: Source) -> Iterator[Change]:
    seat = Seat(user, TYPE, SeatState.ASSIGNED, moment, moment, source)
    for turn in range(count):
        event, reason = _EVENTS[turn % 2]
        before, after = (None, seat) if turn % 2 == 0 else (seat, None)
        yield Change(user, TYPE, event, before, after, reason, "Written by the load harness.", source)


def _write(ctx: Ctx, changes: list[Change]) -> None:
    def unit() -> None:
        row = db.session.scalars(scoped(LicenseType, ctx).where(LicenseType.key == TYPE)).one()
        db.session.refresh(row)
        tally = Tally(
            row.key, None, row.used, row.held, row.waiting, row.suspended, row.next_ticket, row.next_entry
        )  # fmt: skip
        seats.apply(ctx, changes, {TYPE: tally}, Cause("scim", None))

    transact(unit)
