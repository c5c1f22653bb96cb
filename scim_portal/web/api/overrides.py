"""Pins and exclusions of single users."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import overrides, people
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import users as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("overrides", "An admin's word about one user and one license type.")


@room.get("/users/<id>/overrides")
@room.query(Query)
@room.response(200, list_of(shapes.Override))
@doors.reads
def list_overrides(ctx: Ctx, query: Body, id: str) -> Body:
    """List a user's overrides, oldest first."""
    people.user(ctx, id)
    return lists.short(overrides.of_user(ctx, id), query)


@room.post("/users/<id>/overrides")
@room.arguments(shapes.NewOverride)
@room.response(201, shapes.Override)
@guards.writes
def add_override(ctx: Ctx, body: Body, id: str) -> Any:
    """Pin a user to a license type, or exclude them from it."""
    return overrides.add(ctx, id, **body)


@room.delete("/overrides/<id>")
@room.response(204)
@guards.writes
def remove_override(ctx: Ctx, id: str) -> None:
    """Take an override back."""
    overrides.remove(ctx, id)
