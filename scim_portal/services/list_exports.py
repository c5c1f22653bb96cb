"""The rows of a list as it is filtered, all of them, for a CSV file: read in constant memory from one snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db, snapshot
from scim_portal.models import Connector, ProvisioningEntry, SeatEntry
from scim_portal.services import audit, export_formats, export_rows, group_lists, people, records
from scim_portal.services.audit import Action
from scim_portal.services.export_rows import instant
from scim_portal.services.records import LedgerFilter, LogFilter
from scim_portal.services.user_conditions import Wanted

CHUNK = 500
USERS = (
    "id", "user_name", "display_name", "email", "external_id", "status", "connector", "seats", "waits_for", "created_at",
    "updated_at",
)  # fmt: skip
GROUPS = ("id", "display_name", "external_id", "status", "connector", "members", "updated_at")
TICKETS = (
    "license_type", "position", "user_id", "user_name", "class", "queue_priority", "given_priority", "number", "waiting_since",
    "source_kind", "rule_id", "rule_name",
)  # fmt: skip
CALLS = (
    "id", "at", "method", "path", "status", "milliseconds", "connector", "resource_kind", "resource_id", "resource_name",
    "detail", "seats_changed", "ip", "request_id",
)  # fmt: skip
Row = dict[str, Any]


def note(ctx: Ctx, name: str, filters: dict[str, str]) -> None:
    """Write down that somebody takes a list away, and how it was filtered."""
    told = filters | ({"q": "…"} if "q" in filters else {})  # it may name a person, whom erasing would not find here
    audit.record(ctx, Action.EXPORT_MADE, "export", None, f"{name}.csv", after={"list": name, "filters": told})


def csv(rows: Iterator[Row], columns: tuple[str, ...]) -> Iterator[bytes]:
    """Write rows for a spreadsheet; what it would take for a formula gets an apostrophe."""
    return export_formats.csv_lines(rows, columns, excel=True)


def users(ctx: Ctx, wanted: Wanted, sort: str) -> Iterator[Row]:
    """Give the users of a list, with what they have and wait for."""
    snapshot()
    connectors, ids = _connectors(ctx), db.session.scalars(people.every_id(ctx, wanted, sort=sort)).all()
    for start in range(0, len(ids), CHUNK):
        found = people.by_id(ctx, ids[start : start + CHUNK])
        keys = [one.id for one in found]
        seats, tickets = people.seats(ctx, keys), people.tickets(ctx, keys)
        for one in found:
            held = [f"{seat.license_type} ({seat.state})" for seat in seats.get(one.id, [])]
            waits = [ticket.license_type for ticket in tickets.get(one.id, []) if ticket.parked_until is None]
            status = "deleted" if one.deleted_at else "active" if one.active else "deactivated"
            yield {
                "id": one.id, "user_name": one.user_name, "display_name": one.display_name, "email": one.email,
                "external_id": one.external_id, "status": status, "connector": connectors.get(one.connector_id or ""),
                "seats": ", ".join(held), "waits_for": ", ".join(waits), "created_at": instant(one.created_at),
                "updated_at": instant(one.updated_at),
            }  # fmt: skip


def groups(ctx: Ctx, wanted: group_lists.Wanted, sort: str) -> Iterator[Row]:
    """Give the groups of a list."""
    snapshot()
    connectors, cursor = _connectors(ctx), None
    while True:
        page = group_lists.page(ctx, wanted, sort=sort, cursor=cursor, limit=CHUNK)
        for line in page.items:
            one = line.group
            yield {
                "id": one.id, "display_name": one.display_name, "external_id": one.external_id,
                "status": "deleted" if one.deleted_at else "active", "connector": connectors.get(one.connector_id or ""),
                "members": line.members, "updated_at": instant(one.updated_at),
            }  # fmt: skip
        cursor = page.next
        if cursor is None:
            return


def tickets(ctx: Ctx, license_type: str | None, user_ids: list[str] | None) -> Iterator[Row]:
    """Give the waitlist in its order; the positions are those of the whole queue."""
    snapshot()
    cursor, key, position = None, None, 0
    while True:
        page = records.waitlist(ctx, license_type=license_type, user_ids=user_ids, cursor=cursor, limit=CHUNK)
        for ticket, user in page.items:
            follows = ticket.license_type == key and user_ids is None
            position = position + 1 if follows else people.position(ctx, ticket) or 0
            key = ticket.license_type
            names = (
                "license_type", "user_id", "queue_priority", "given_priority", "number", "source_kind", "rule_id", "rule_name"
            )  # fmt: skip
            yield {name: getattr(ticket, name) for name in names} | {
                "position": position, "user_name": user.user_name, "class": ticket.klass,
                "waiting_since": instant(ticket.since),
            }  # fmt: skip
        cursor = page.next
        if cursor is None:
            return


def calls(ctx: Ctx, wanted: LogFilter) -> Iterator[Row]:
    """Give the lines of the provisioning log, newest first, without bodies."""
    snapshot()
    connectors = _connectors(ctx)
    same = tuple(name for name in CALLS if name not in {"at", "connector", "seats_changed"})
    query = records.log_query(ctx, wanted).order_by(ProvisioningEntry.id.desc())
    for (one,) in records.stream(query, chunk=CHUNK):
        yield {name: getattr(one, name) for name in same} | {
            "at": instant(one.at), "connector": connectors.get(one.connector_id or ""), "seats_changed": len(one.effects or ()),
        }  # fmt: skip


def entries(ctx: Ctx, wanted: LedgerFilter) -> Iterator[Row]:
    """Give ledger entries, newest first."""
    snapshot()
    query = records.ledger_query(ctx, wanted).order_by(SeatEntry.id.desc())
    return (export_rows.ledger_row(ctx, entry) for (entry,) in records.stream(query, chunk=CHUNK))


def _connectors(ctx: Ctx) -> dict[str, str]:
    query = select(Connector.id, Connector.name).where(Connector.portal_id == ctx.portal.id)
    return dict(db.session.execute(query).all())
