"""The records: waitlist, ledger, provisioning log, admin actions; and another place in a queue."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.models import ProvisioningEntry
from scim_portal.services import people, provisioning_log, queue_places, records
from scim_portal.services.records import LedgerFilter, LogFilter
from scim_portal.web import guards
from scim_portal.web.api import doors, lists, standing
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import records as shapes
from scim_portal.web.api.schemas.pieces import list_of

Body = dict[str, Any]
room = Room("records", "What happened, in order: seats, calls, admins; and who waits.")


@room.get("/tickets")
@room.query(shapes.TicketQuery)
@room.response(200, list_of(shapes.WaitingTicket))
@doors.reads
def list_tickets(ctx: Ctx, query: Body) -> Body:
    """List who waits, type by type in the order of the queue."""
    found = records.waitlist(ctx, **query)
    return {"items": _placed(ctx, found.items), "next": found.next}


@room.patch("/tickets/<id>")
@room.arguments(shapes.TicketChange)
@room.response(200, shapes.WaitingTicket)
@guards.writes
def change_ticket(ctx: Ctx, body: Body, id: str) -> Body:
    """Give a waiting person another queue priority; null gives back that of the rule. It lasts as long as the wish."""
    user_id, license_type = queue_places.of_id(id)
    queue_places.give(ctx, user_id, license_type, body["queue_priority"], reason=body["reason"])
    doors.afresh()
    user = people.user(ctx, user_id)
    found = [(one, user) for one in people.tickets(ctx, [user_id])[user_id] if one.license_type == license_type]
    return _placed(ctx, found)[0]


@room.get("/ledger")
@room.query(shapes.LedgerQuery)
@room.response(200, list_of(shapes.LedgerEntry))
@doors.reads
def list_ledger(ctx: Ctx, query: Body) -> Body:
    """List ledger entries in the order they were written."""
    user_id, period = query.pop("user_id", None), {name: query.pop(name, None) for name in ("since", "until")}
    wanted = LedgerFilter(
        [user_id] if user_id else None, query.pop("license_type", None), event=query.pop("event", None),
        rule_id=query.pop("rule", None), **period,
    )  # fmt: skip
    return lists.page(records.ledger(ctx, wanted, **query))


@room.get("/provisioning-log")
@room.query(shapes.LogQuery)
@room.response(200, list_of(shapes.LogEntry))
@doors.reads
def list_provisioning_log(ctx: Ctx, query: Body) -> Body:
    """List SCIM writes and failed calls, newest first; in debug mode every call, with its bodies for a day."""
    resource_id, place = query.pop("resource_id", None), {name: query.pop(name, None) for name in ("cursor", "limit")}
    wanted = LogFilter(resource_ids=[resource_id] if resource_id else None, **query)
    return lists.page(records.provisioning(ctx, wanted, **place), lambda entry: _with_bodies(ctx, entry))


@room.get("/admin-actions")
@room.query(shapes.ActionQuery)
@room.response(200, list_of(shapes.AdminAction))
@doors.reads
def list_admin_actions(ctx: Ctx, query: Body) -> Body:
    """List what admins, keys and commands did, newest first."""
    return lists.page(records.admin_actions(ctx, **query))


def _with_bodies(ctx: Ctx, entry: ProvisioningEntry) -> Body:
    """Write a line with the bodies that are there and that this role may see."""
    line = {name: getattr(entry, name) for name in shapes.LINE}
    sent = zip(("request_body", "response_body"), provisioning_log.bodies(ctx, entry), strict=True)
    return line | {name: body for name, body in sent if body is not None}


def _placed(ctx: Ctx, rows: Any) -> list[Body]:
    """Write tickets with their places: the first of a type is looked up, the others follow it; a parked one has none."""
    items: list[Body] = []
    key, position = None, None
    for ticket, user in rows:
        follows = position is not None and ticket.license_type == key
        position = position + 1 if follows else people.position(ctx, ticket)
        key = ticket.license_type
        whose = {
            "id": queue_places.ticket_id(user.id, ticket.license_type),
            "given_priority": ticket.given_priority,
            "user_id": user.id,
            "user_name": user.user_name,
            "since": ticket.since,
            "source": standing.source(ticket),
        }
        items.append(standing.ticket(ticket, position) | whose)
    return items
