"""What identity providers asked for: one line for every write and every failed call, never a credential.

While a connector is in debug mode there is a line for every call, with bodies: blacked out by `redaction` before they are
stored, shown to those who may see them, and cleared a day after they were written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, case, or_, select, update

from scim_portal import ids
from scim_portal.context import Ctx, Role
from scim_portal.db import db
from scim_portal.models import Connector, ProvisioningEntry
from scim_portal.prepared import Prepared
from scim_portal.services import redaction
from scim_portal.services.traces import GONE, Traces

KEPT = timedelta(hours=24)
BATCH = 500
_TEXTS = ("path", "resource_id", "resource_name", "detail")
_BODIES = ("request_body", "response_body")
_INSERT = Prepared(ProvisioningEntry.__table__.insert())
# Bodies before this id are gone, as far as this process knows; it saves reading the whole log again each time.
_clear_until: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the door saw it; `detail` is the error's sentence, or what was left out of a write.

    `query` and the two bodies are what went over the wire, given in debug mode only.
    """

    method: str
    path: str
    status: int
    milliseconds: int
    resource_kind: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    detail: str | None = None
    query: str | None = None
    request_body: bytes = b""
    response_body: bytes = b""


def record(ctx: Ctx, call: Call) -> None:
    """Write the line, with the seats that the context's unit of work changed."""
    row = {
        "portal_id": ctx.portal.id, "id": ids.new_id(), "at": ctx.now, "method": call.method, "path": call.path[:1000],
        "status": call.status, "milliseconds": call.milliseconds, "connector_id": ctx.connector.id if ctx.connector else None,
        "credential_id": ctx.actor.id, "resource_kind": call.resource_kind, "resource_id": call.resource_id,
        "resource_name": call.resource_name, "detail": call.detail and redaction.sentence(call.detail),
        "effects": ctx.effects or None, "ip": ctx.actor.ip, "request_id": ctx.request_id, "request_body": _request(call),
        "response_body": redaction.body(call.response_body),
    }  # fmt: skip
    _INSERT.all(**row)


def bodies(ctx: Ctx, entry: ProvisioningEntry) -> tuple[str | None, str | None]:
    """Give the bodies of a call to whoever may see them: not to helpdesk, and to nobody after a day."""
    if ctx.actor.role == Role.HELPDESK or entry.at <= ctx.now - KEPT:
        return None, None
    return entry.request_body, entry.response_body


def may_have_bodies(ctx: Ctx) -> bool:
    """Tell whether a connector is or lately was in debug mode; what a portal without any costs."""
    query = select(Connector.id).where(Connector.portal_id == ctx.portal.id, Connector.debug_until.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def stale(ctx: Ctx) -> Sequence[str]:
    """Name some calls whose bodies are older than a day."""
    line, until = ProvisioningEntry, ids.first_of(ctx.now - KEPT)
    query = (
        select(line.id)
        .where(line.portal_id == ctx.portal.id, line.id >= _clear_until.get(ctx.portal.id, ""), line.id < until)
        .where(or_(line.request_body.is_not(None), line.response_body.is_not(None)))
        .order_by(line.id)
        .limit(BATCH)
    )
    found = db.session.scalars(query).all()
    if not found:
        _clear_until[ctx.portal.id] = until
    return found


def clear(ctx: Ctx, line_ids: Sequence[str]) -> None:
    """Clear the bodies of calls; the lines stay."""
    mine = (ProvisioningEntry.portal_id == ctx.portal.id) & ProvisioningEntry.id.in_(line_ids)
    db.session.execute(update(ProvisioningEntry).where(mine).values(request_body=None, response_body=None))


def forget(ctx: Ctx, user_id: str, traces: Traces) -> None:
    """Take a person out of the log: their own lines keep what was asked and when, others lose what gives the person away."""
    line = ProvisioningEntry
    mine = (line.portal_id == ctx.portal.id) & (line.resource_id == user_id)
    named = {"resource_name": case((line.resource_name.is_not(None), traces.pseudonym))}
    said = {"detail": case((line.detail.is_not(None), GONE))}
    db.session.execute(update(line).where(mine).values(**named, **said, request_body=None, response_body=None))
    for row in _telling(ctx):
        texts = {name: text for name in _TEXTS if (text := getattr(row, name))}
        values: dict[str, str | None] = {
            name: traces.covered(text) for name, text in texts.items() if traces.shows(text)
        }
        bodies = [body for name in _BODIES if (body := getattr(row, name))]
        if any(user_id in body or traces.shows(body) for body in bodies):
            values |= dict.fromkeys(_BODIES)
        if values:
            this = update(line).where(line.portal_id == ctx.portal.id, line.id == row.id)
            db.session.execute(this.values(values))


def is_over(ctx: Ctx) -> bool:
    """Tell whether a connector's debug mode ended so long ago that no body of it can be left, once nothing is `stale`."""
    query = select(Connector.id).where(Connector.portal_id == ctx.portal.id, Connector.debug_until <= ctx.now - KEPT)
    return db.session.scalar(query.limit(1)) is not None


def close(ctx: Ctx) -> None:
    """Forget debug modes that are over, so that nobody looks for their bodies any more."""
    over = (Connector.portal_id == ctx.portal.id) & (Connector.debug_until <= ctx.now - KEPT)
    db.session.execute(update(Connector).where(over).values(debug_until=None))


def _request(call: Call) -> str | None:
    asked = f"?{redaction.words(call.query)}" if call.query else None
    sent = redaction.body(call.request_body)
    return redaction.cut("\n".join(one for one in (asked, sent) if one)) or None


def _telling(ctx: Ctx) -> Iterator[Row[Any]]:
    """Yield the lines that may quote somebody: failed calls, remarks, and bodies; a good call's path says only an id."""
    line, after = ProvisioningEntry, ""
    telling = or_(line.status >= 400, *(getattr(line, name).is_not(None) for name in ("detail", *_BODIES)))
    query = select(line.id, *(getattr(line, name) for name in (*_TEXTS, *_BODIES)))
    query = query.where(line.portal_id == ctx.portal.id, telling).order_by(line.id).limit(BATCH)
    while rows := db.session.execute(query.where(line.id > after)).all():
        yield from rows
        after = rows[-1].id
