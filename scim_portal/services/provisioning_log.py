"""What identity providers asked for: one line for every write and every failed call, never a body, never a credential."""

from __future__ import annotations

from dataclasses import dataclass

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.ids import new_id
from scim_portal.models import ProvisioningEntry

_INSERT = ProvisioningEntry.__table__.insert()


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the door saw it; `detail` is the error's sentence, or what was left out of a write."""

    method: str
    path: str
    status: int
    milliseconds: int
    resource_kind: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    detail: str | None = None


def record(ctx: Ctx, call: Call) -> None:
    """Write the line, with the seats that the context's unit of work changed."""
    row = {
        "portal_id": ctx.portal.id, "id": new_id(), "at": ctx.now, "method": call.method, "path": call.path[:1000],
        "status": call.status, "milliseconds": call.milliseconds, "connector_id": ctx.connector.id if ctx.connector else None,
        "credential_id": ctx.actor.id, "resource_kind": call.resource_kind, "resource_id": call.resource_id,
        "resource_name": call.resource_name, "detail": call.detail, "effects": ctx.effects or None, "ip": ctx.actor.ip,
        "request_id": ctx.request_id,
    }  # fmt: skip
    db.session.execute(_INSERT, row)
