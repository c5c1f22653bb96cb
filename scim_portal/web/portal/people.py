"""One user: every seat and the reason for it, and what an admin can do."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for

from scim_portal.context import Ctx
from scim_portal.models import Seat, SeatEntry, Ticket, User
from scim_portal.services import account_links, people, provisioning, records, rosters, rulebook
from scim_portal.services import connectors as connector_services
from scim_portal.services.records import LedgerFilter
from scim_portal.web.portal import door, exceptions, explaining, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.user_list import type_names


@blueprint.get("/users/<user_id>")
def user(user_id: str) -> Answer:
    """Show one user: seats and why, how the rules were read, the timeline, identity and groups."""
    ctx = door.context()
    found = people.user(ctx, user_id)
    names = type_names(ctx)
    seats, tickets = people.seats(ctx, [user_id]), people.tickets(ctx, [user_id])
    history = records.ledger(ctx, LedgerFilter([user_id]), newest_first=True, limit=50).items
    return door.page(
        "user.html", section="users", user=found, deleted=found.deleted_at is not None,
        erased=found.erased_at is not None, seats=[_seat(seat, names) for seat in seats.get(user_id, [])],
        tickets=[_ticket(ctx, ticket, names) for ticket in tickets.get(user_id, [])],
        families=explaining.families(ctx, user_id, names), policy_version=rulebook.current(ctx)[0],
        entries=[_entry(entry, names) for entry in history], identity=_identity(ctx, found),
        document=json.dumps(json.loads(found.document), indent=2, ensure_ascii=False),
        groups=rosters.groups_of(ctx, user_id), overrides=exceptions.of_user(ctx, user_id, names),
        type_options=list(names.items()), account_link_until=account_links.good_until(ctx, user_id),
    )  # fmt: skip


@blueprint.post("/users/<user_id>/deactivate")
def user_deactivate(user_id: str) -> Answer:
    """End a user's access; the seats are held."""
    said = "The user is deactivated. Seats are held, then released."
    return door.attempt(lambda ctx: provisioning.set_active(ctx, user_id, False), said=said, back=_own(user_id))


@blueprint.post("/users/<user_id>/reactivate")
def user_reactivate(user_id: str) -> Answer:
    """Give a deactivated user access again."""
    said = "The user is active again."
    return door.attempt(lambda ctx: provisioning.set_active(ctx, user_id, True), said=said, back=_own(user_id))


@blueprint.post("/users/<user_id>/restore")
def user_restore(user_id: str) -> Answer:
    """Undo a delete."""
    said = "The user is back, with their groups."
    return door.attempt(lambda ctx: provisioning.restore(ctx, user_id), said=said, back=_own(user_id))


def _seat(seat: Seat, names: dict[str, str]) -> dict[str, Any]:
    until = {"releasing": "settles until", "held": "held until"}.get(seat.state)
    tail = f" It is {until} {wording.day(seat.due_at)}." if until and seat.due_at else ""
    reason = f"From {wording.source(seat)}.{tail}"
    return {
        "name": names[seat.license_type], "state": seat.state, "overage": seat.overage, "since": seat.since, "reason": reason,
    }  # fmt: skip


def _ticket(ctx: Ctx, ticket: Ticket, names: dict[str, str]) -> dict[str, Any]:
    kind = wording.CLASSES[ticket.klass]
    since = f"since {wording.day(ticket.since)}"
    reason = (
        f"From {wording.source(ticket)}; no seat is free. Waiting {since}: {kind}, priority {ticket.queue_priority}."
    )
    if ticket.parked_until:
        reason = f"The wish ended; the place is kept until {wording.day(ticket.parked_until)}."
    return {"name": names[ticket.license_type], "position": people.position(ctx, ticket), "reason": reason}


def _entry(entry: SeatEntry, names: dict[str, str]) -> dict[str, Any]:
    name = names[entry.license_type]
    cause = wording.cause(entry)
    return {
        "title": f"{name}: {wording.entry_event(entry)[0]}",
        "reason": entry.reason_text,
        "at": entry.at,
        "cause": cause,
    }


def _identity(ctx: Ctx, user: User) -> list[tuple[str, Any]]:
    content = json.loads(user.document)
    enterprise = next((value for key, value in content.items() if key.lower().endswith("enterprise:2.0:user")), {})
    connectors = {one.id: one.name for one in connector_services.everyone(ctx)}
    return [
        ("User name", user.user_name), ("Email", user.email), ("External id", user.external_id),
        ("Title", content.get("title")), ("Department", enterprise.get("department")), ("User type", content.get("userType")),
        ("Source", connectors.get(user.connector_id or "", "this portal")), ("Created", wording.day(user.created_at)),
        ("Changed", wording.day(user.updated_at)), ("Id", user.id),
    ]  # fmt: skip


def _own(user_id: str) -> str:
    return url_for("portal.user", user_id=user_id)
