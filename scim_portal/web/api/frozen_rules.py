"""Rules that need attention because a group of theirs was deleted, and what can be done about them."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import frozen_rules
from scim_portal.services.frozen_rules import Frozen
from scim_portal.services.rulebook import Published
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import frozen_rules as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of
from scim_portal.web.api.schemas.policy import Published as PublishedShape

Body = dict[str, Any]
room = Room("frozen-rules", "Rules that need attention because a group of theirs was deleted.")


@room.get("/frozen-rules")
@room.query(Query)
@room.response(200, list_of(shapes.FrozenRule))
@doors.reads
def list_frozen_rules(ctx: Ctx, query: Body) -> Body:
    """List the rules that need attention, in rule order."""
    return lists.short([_shape(one) for one in frozen_rules.everything(ctx)], query)


@room.post("/frozen-rules/<id>/relink")
@room.arguments(shapes.Relink)
@room.response(202, PublishedShape)
@guards.writes
def relink_rule(ctx: Ctx, body: Body, id: str) -> Body:
    """Put another group into the rule where the deleted one stands."""
    return _begun(frozen_rules.relink(ctx, id, gone=body["from_"], to=body["to"]))


@room.post("/frozen-rules/<id>/release")
@room.response(202, PublishedShape)
@guards.writes
def release_rule(ctx: Ctx, id: str) -> Body:
    """End the freeze now: everybody is evaluated as the rule's condition stands."""
    return _begun(frozen_rules.release(ctx, id))


@room.post("/frozen-rules/<id>/pin")
@room.response(202, shapes.Pinned)
@guards.writes
def pin_rule(ctx: Ctx, id: str) -> Body:
    """Turn the seats that the rule keeps into pins, then end the freeze."""
    count, published = frozen_rules.pin(ctx, id)
    return _begun(published) | {"pinned": count}


def _begun(published: Published) -> Body:
    return {"version": published.version, "job_id": published.job.id}


def _shape(one: Frozen) -> Body:
    gone = [{"id": id, "display_name": name} for id, name in one.gone]
    return {"rule_id": one.rule_id, "name": one.name, "gone": gone, "people": one.people, "until": one.until}
