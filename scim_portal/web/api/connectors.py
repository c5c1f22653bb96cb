"""Connectors: one identity provider's connection each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import connectors
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import connectors as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("connectors", "Identity providers' connections.", writers=OWNERS)


@room.get("/connectors")
@room.query(Query)
@room.response(200, list_of(shapes.Connector))
@doors.reads
def list_connectors(ctx: Ctx, query: Body) -> Body:
    """List connectors, oldest first."""
    return lists.short(connectors.everyone(ctx), query)


@room.get("/connectors/<id>")
@room.response(200, shapes.Connector)
@doors.reads
def get_connector(ctx: Ctx, id: str) -> Any:
    """Show one connector."""
    return connectors.find(ctx, id)


@room.post("/connectors")
@room.arguments(shapes.NewConnector)
@room.response(201, shapes.Connector)
@guards.writes
def create_connector(ctx: Ctx, body: Body) -> Any:
    """Create a connector, switched off."""
    later = {name: body[name] for name in ("strict", "show_licenses") if name in body}
    first = {name: value for name, value in body.items() if name not in later}
    return connectors.change(ctx, connectors.create(ctx, **first).id, **later)


@room.patch("/connectors/<id>")
@room.arguments(shapes.ConnectorChanges)
@room.response(200, shapes.Connector)
@guards.writes
def change_connector(ctx: Ctx, body: Body, id: str) -> Any:
    """Change a connector, switch it on or off, or have its calls logged with their bodies for a while."""
    hours = body.pop("debug_hours", None)
    return connectors.change(ctx, id, **body, debug_for=None if hours is None else timedelta(hours=hours))
