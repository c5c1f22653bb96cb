"""What SCIM shows of seats and tickets: the read-only license extension, for a page of users by two statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import LicenseType, Seat, Ticket

Licenses = list[dict[str, Any]]


def of_users(ctx: Ctx, user_ids: Sequence[str]) -> dict[str, Licenses]:
    """Give, per user who has any, the values of `licenses`: seats first, then tickets with their place."""
    found: dict[str, Licenses] = {}
    for user_id, entry in (*_seats(ctx, user_ids), *_tickets(ctx, user_ids)):
        found.setdefault(user_id, []).append(entry)
    return found


def _seats(ctx: Ctx, user_ids: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    query = (
        select(Seat, LicenseType.name)
        .join(LicenseType, (LicenseType.portal_id == Seat.portal_id) & (LicenseType.key == Seat.license_type))
        .where(Seat.portal_id == ctx.portal.id, Seat.user_id.in_(user_ids))
        .order_by(Seat.user_id, Seat.license_type)
    )
    return [(seat.user_id, _entry(seat, name, seat.state)) for seat, name in db.session.execute(query)]


def _tickets(ctx: Ctx, user_ids: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    other = aliased(Ticket)
    place = tuple_(Ticket.klass, Ticket.queue_priority, Ticket.number)
    before = (
        select(func.count())
        .where(other.portal_id == Ticket.portal_id, other.license_type == Ticket.license_type)
        .where(other.parked_until.is_(None), tuple_(other.klass, other.queue_priority, other.number) <= place)
        .scalar_subquery()
    )
    query = (
        select(Ticket, LicenseType.name, before)
        .join(LicenseType, (LicenseType.portal_id == Ticket.portal_id) & (LicenseType.key == Ticket.license_type))
        .where(Ticket.portal_id == ctx.portal.id, Ticket.user_id.in_(user_ids), Ticket.parked_until.is_(None))
        .order_by(Ticket.user_id, Ticket.entry)
    )
    rows = db.session.execute(query)
    return [(one.user_id, _entry(one, name, "waiting") | {"queuePosition": position}) for one, name, position in rows]


def _entry(one: Seat | Ticket, name: str, state: str) -> dict[str, Any]:
    since = one.since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    source = one.rule_name or one.source_kind
    return {"value": one.license_type, "display": name, "state": state, "source": source, "since": since}
