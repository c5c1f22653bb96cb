"""Attribute mappings: what feeds what in the bodies of one connector."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import conversions
from scim_portal.web import guards
from scim_portal.web.api import doors
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import mapping as shapes

Body = dict[str, Any]
room = Room("mapping", "Attribute mappings of connectors.", writers=OWNERS)


@room.get("/connectors/<id>/mapping")
@room.response(200, shapes.Mapping)
@doors.reads
def get_mapping(ctx: Ctx, id: str) -> Body:
    """Show a connector's rules; empty lists where there are none."""
    return conversions.document(ctx, id)


@room.put("/connectors/<id>/mapping")
@room.arguments(shapes.Mapping)
@room.response(200, shapes.Mapping)
@guards.writes
def put_mapping(ctx: Ctx, body: Body, id: str) -> Body:
    """Replace a connector's rules; they hold from the next call on."""
    return conversions.save(ctx, id, body)


@room.delete("/connectors/<id>/mapping")
@room.response(204)
@guards.writes
def remove_mapping(ctx: Ctx, id: str) -> None:
    """Take a connector's rules away."""
    conversions.save(ctx, id, {})


@room.post("/connectors/<id>/mapping/preview")
@room.arguments(shapes.MappingTrial)
@room.response(200, shapes.MappingPreview)
@doors.reads
def preview_mapping(ctx: Ctx, body: Body, id: str) -> Any:
    """Try rules on a sample, exactly as a call would; nothing is stored."""
    rules = body["mapping"] if "mapping" in body else conversions.document(ctx, id)
    sample, kind = body["sample"], body["resource"]
    return conversions.preview(ctx, id, rules, kind=kind, direction=body["direction"], sample=sample)
