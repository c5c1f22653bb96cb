"""Extension schemas that the portal declares: what `/scim/v2/Schemas` shows besides the standard ones."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import extensions
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import extensions as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("schemas", "Extension schemas of users and groups, declared at run time.")


@room.get("/schemas")
@room.query(Query)
@room.response(200, list_of(shapes.ExtensionSchema))
@doors.reads
def list_schemas(ctx: Ctx, query: Body) -> Body:
    """List declared extensions, oldest first."""
    return lists.short(extensions.everyone(ctx), query)


@room.get("/schemas/<id>")
@room.response(200, shapes.ExtensionSchema)
@doors.reads
def get_schema(ctx: Ctx, id: str) -> Any:
    """Show one declared extension."""
    return extensions.find(ctx, id)


@room.post("/schemas")
@room.arguments(shapes.NewSchema)
@room.response(201, shapes.ChangedSchema)
@guards.writes
def declare_schema(ctx: Ctx, body: Body) -> Body:
    """Declare an extension; it holds from the next request on."""
    return _shape(extensions.declare(ctx, **body))


@room.patch("/schemas/<id>")
@room.arguments(shapes.SchemaChanges)
@room.response(200, shapes.ChangedSchema)
@guards.writes
def change_schema(ctx: Ctx, body: Body, id: str) -> Body:
    """Change an extension; 409 when a rule in force reads an attribute that would go."""
    return _shape(extensions.change(ctx, id, **body))


@room.delete("/schemas/<id>")
@room.response(204)
@guards.writes
def remove_schema(ctx: Ctx, id: str) -> None:
    """Take an extension back; the data that came in by it is kept. 409 when a rule in force uses it."""
    extensions.remove(ctx, id)


def _shape(declared: extensions.Declared) -> Body:
    names = ("id", "urn", "name", "description", "resource_kind", "attributes", "created_at", "updated_at")
    shown = {name: getattr(declared.schema, name) for name in names}
    return shown | {"job_id": declared.job.id if declared.job else None}
