"""Checks: may this person use that product, and do the invariants hold."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, request

from scim_portal.context import Ctx
from scim_portal.services import entitlements, invariants
from scim_portal.web.api import doors
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import work as shapes

Body = dict[str, Any]
room = Room("checks", "What protected applications and nightly checks ask.")


@room.get("/entitlements/check")
@room.query(shapes.EntitlementQuery)
@room.response(200, shapes.Entitlement)
@doors.reads
def check_entitlement(ctx: Ctx, query: Body) -> Any:
    """Tell whether somebody may use a product now; with the entity tag of the last answer, only whether it still holds."""
    after_this_request(_tagged)
    return entitlements.check(ctx, **query)


def _tagged(response: Response) -> Response:
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"  # it may be kept, but must be asked about
    return response.make_conditional(request)  # type: ignore[return-value]


@room.get("/invariants")
@room.response(200, shapes.Invariants)
@doors.reads
def check_invariants(ctx: Ctx) -> Body:
    """Check now that seats, counters, queues and ledger agree."""
    violations = invariants.violations(ctx)
    return {"ok": not violations, "violations": violations}
