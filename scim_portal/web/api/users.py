"""Users: lists by SCIM filter, what they have and why, and what an admin does to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response

import rules
from scim_portal.context import Ctx
from scim_portal.models import User
from scim_portal.services import explanations, people, provisioning, rulebook
from scim_portal.services.people import Wanted
from scim_portal.web import guards
from scim_portal.web.api import doors, explaining, standing
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import explanations as explained
from scim_portal.web.api.schemas import users as shapes
from scim_portal.web.api.schemas.pieces import list_of

Body = dict[str, Any]
room = Room("users", "People whom identity providers pushed: what they have, why, and what an admin can do.")


@room.get("/users")
@room.query(shapes.UserQuery)
@room.response(200, list_of(shapes.User))
@doors.reads
def list_users(ctx: Ctx, query: Body) -> Body:
    """List users, deleted ones included."""
    wanted = Wanted(filter=query.get("filter"))
    found = people.users(ctx, wanted, sort=query["sort"], cursor=query.get("cursor"), limit=query.get("limit"))
    return {"items": _shapes(ctx, found.items), "next": found.next}


@room.get("/users/<id>")
@room.response(200, shapes.User)
@doors.reads
def get_user(ctx: Ctx, id: str) -> Body:
    """Show one user, deleted or not."""
    return one(ctx, id)


@room.get("/users/<id>/seats")
@room.response(200, shapes.Standing)
@doors.reads
def get_user_seats(ctx: Ctx, id: str) -> Body:
    """Show what a user has and waits for."""
    people.user(ctx, id)
    seats, tickets = people.seats(ctx, [id]).get(id, []), people.tickets(ctx, [id]).get(id, [])
    return {
        "seats": [standing.seat(seat) for seat in seats],
        "tickets": [standing.ticket(ticket, people.position(ctx, ticket)) for ticket in tickets],
    }


@room.get("/users/<id>/explain")
@room.response(200, explained.Explanation)
@doors.reads
def explain_user(ctx: Ctx, id: str) -> Response:
    """Tell why a user has what they have: every rule in order, what it saw, what decided."""
    told = explanations.of_user(ctx, id)
    tickets = people.tickets(ctx, [id]).get(id, [])
    positions = {ticket.license_type: people.position(ctx, ticket) for ticket in tickets}
    types = {one.key: one.name for one in rulebook.license_types(ctx).values()}
    written = explaining.written(told, positions, types, people.group_names(ctx))
    told_whole = explained.Explanation().dump(written | {"sentences": rules.sentences(told)})
    return Response(
        orjson.dumps(told_whole), mimetype="application/json"
    )  # megabytes, with forty terms in each of 200 rules


@room.post("/users/<id>/deactivate")
@room.response(200, shapes.User)
@guards.writes
def deactivate_user(ctx: Ctx, id: str) -> Body:
    """End a user's access; the seats are held."""
    provisioning.set_active(ctx, id, False)
    return one(ctx, id)


@room.post("/users/<id>/reactivate")
@room.response(200, shapes.User)
@guards.writes
def reactivate_user(ctx: Ctx, id: str) -> Body:
    """Give a user access again; inside the hold the seats come back without queueing."""
    provisioning.set_active(ctx, id, True)
    return one(ctx, id)


@room.post("/users/<id>/restore")
@room.response(200, shapes.User)
@guards.writes
def restore_user(ctx: Ctx, id: str) -> Body:
    """Undo a delete: record, groups and, inside the hold, the seats are back."""
    provisioning.restore(ctx, id)
    return one(ctx, id)


def one(ctx: Ctx, id: str) -> Body:
    """Show a user as this transaction leaves them."""
    doors.afresh()
    return _shapes(ctx, [people.user(ctx, id)])[0]


def _shapes(ctx: Ctx, users: Sequence[User]) -> list[Body]:
    names = ("id", "user_name", "external_id", "active", "display_name", "email", "created_at", "updated_at")
    seats = people.seats(ctx, [user.id for user in users])
    return [
        {name: getattr(user, name) for name in names}
        | {
            "deleted": user.deleted_at is not None,
            "erased": user.erased_at is not None,
            "connector": user.connector_id,
            "seats": seats.get(user.id, []),
        }
        for user in users
    ]
