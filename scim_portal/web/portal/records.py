"""What happened: the waitlist as it stands, the ledger, and what identity providers asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import request, url_for

from scim_portal.context import Ctx
from scim_portal.models import ProvisioningEntry, Ticket
from scim_portal.services import catalog, connectors, people, provisioning_log, records
from scim_portal.web.portal import addresses, door, wording
from scim_portal.web.portal.addresses import Chip
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import as_day
from scim_portal.web.portal.people import type_names


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue as the waitlist shows it."""

    position: int
    user_id: str
    user_name: str
    type_name: str
    source: str
    klass: int
    queue_priority: int
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A SCIM call as the log shows it."""

    entry: ProvisioningEntry
    path: str
    connector: str | None
    subject_url: str | None
    effects: list[str]
    bodies: list[tuple[str, str]]


@blueprint.get("/waitlist")
def waitlist() -> Answer:
    """List who waits for what, in the order seats will be given."""
    ctx = door.context()
    found = records.waitlist(ctx, license_type=addresses.argument("license"), cursor=addresses.argument("cursor"))
    waited = [item.type for item in catalog.summaries(ctx) if item.type.waiting]
    chips: list[Chip] = [addresses.chip(f"{one.name} · {one.waiting:,}", "license", one.key) for one in waited]
    return door.page(
        "waitlist.html", section="waitlist", chips=chips, tickets=_places(ctx, found.items), classes=wording.CLASSES,
        **addresses.paging(found, "people waiting"),
    )  # fmt: skip


@blueprint.get("/ledger")
def ledger() -> Answer:
    """List the ledger, newest first, of a license type and a period."""
    ctx = door.context()
    until = as_day("to", addresses.argument("to"))
    found = records.ledger(
        ctx, license_type=addresses.argument("license"), since=as_day("from", addresses.argument("from")),
        until=until + timedelta(days=1) if until else None, cursor=addresses.argument("cursor"), newest_first=True,
    )  # fmt: skip
    names = type_names(ctx)
    selects = [("license", "License", list(names.items()))]
    return door.page(
        "ledger.html", section="ledger", entries=found.items, names=names, event=wording.entry_event, cause=wording.cause,
        selects=selects, chosen=request.args, **addresses.paging(found, "entries"),
    )  # fmt: skip


@blueprint.get("/provisioning-log")
def log() -> Answer:
    """List what identity providers asked for, newest first."""
    ctx = door.context()
    found = records.provisioning(
        ctx, failed=addresses.argument("only") == "failed", cursor=addresses.argument("cursor")
    )
    known = connectors.everyone(ctx)
    by_id = {one.id: one.name for one in known}
    debugging = [one.name for one in known if connectors.in_debug_mode(ctx, one)]
    names = type_names(ctx)
    calls = [_call(entry, by_id, names) for entry in found.items]
    chips = [addresses.chip("Failed", "only", "failed")]
    return door.page(
        "log.html", section="log", calls=calls, chips=chips, debugging=debugging, **addresses.paging(found, "calls")
    )


def _places(ctx: Ctx, rows: Any) -> list[Place]:
    names = type_names(ctx)
    places: list[Place] = []
    for ticket, user in rows:
        follows = places and places[-1].type_name == names[ticket.license_type]
        position = places[-1].position + 1 if follows else people.position(ctx, ticket) or 0
        places.append(_place(ticket, user.display_name or user.user_name, names[ticket.license_type], position))
    return places


def _place(ticket: Ticket, user_name: str, type_name: str, position: int) -> Place:
    return Place(
        position, ticket.user_id, user_name, type_name, wording.source(ticket), ticket.klass, ticket.queue_priority,
        ticket.number, ticket.since,
    )  # fmt: skip


def _call(entry: ProvisioningEntry, by_id: dict[str, str], names: dict[str, str]) -> Call:
    pages = {"User": ("portal.user", "user_id"), "Group": ("portal.group", "group_id")}
    target = pages.get(entry.resource_kind or "")
    url = url_for(target[0], **{target[1]: entry.resource_id}) if target and entry.resource_id else None
    told = Counter((one["license_type"], one["event"]) for one in entry.effects or [])
    effects = [_effect(names.get(key, key), event, times) for (key, event), times in told.items()]
    path = entry.path.partition("/scim/v2")[2] or entry.path
    return Call(entry, path, by_id.get(entry.connector_id or ""), url, effects, _bodies(entry))


def _bodies(entry: ProvisioningEntry) -> list[tuple[str, str]]:
    labels = ("Request", "Answer")
    found = zip(labels, provisioning_log.bodies(door.context(), entry), strict=True)
    return [(label, _indented(body)) for label, body in found if body]


def _indented(body: str) -> str:
    """Set JSON out for reading; a query string before it, and what was cut, stay as they are."""
    head, line, rest = body.partition("\n") if body.startswith("?") else ("", "", body)
    try:
        return head + line + orjson.dumps(orjson.loads(rest), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body


def _effect(name: str, event: str, times: int) -> str:
    who = f"{times} people, " if times > 1 else ""
    return f"{who}{name}: {wording.event(event)[0]}"
