"""`/Bulk` (RFC 7644 §3.7): every operation goes through the view that it would have reached alone.

So each has its own transaction, scope check and line in the provisioning log. Order and references are decided in
`protocol.bulk`.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, current_app

from scim_portal.protocol import bulk, resource
from scim_portal.protocol.bulk import Call, Outcome
from scim_portal.protocol.bulk_request import parse_request
from scim_portal.web.scim import doors, groups, users

KINDS = {"/Users": "User", "/Groups": "Group"}
VIEWS: dict[tuple[str, str], Callable[..., Response]] = {
    (endpoint, method): view
    for endpoint, room in (("/Users", users), ("/Groups", groups))
    for method, view in (("POST", room.create), ("PUT", room.replace), ("PATCH", room.modify), ("DELETE", room.remove))
}


def route(blueprint: Blueprint) -> None:
    """Register the route."""
    blueprint.add_url_rule("/Bulk", "bulk", run, methods=["POST"])


def run() -> Response:
    """Run the operations and answer each."""
    request = parse_request(doors.body(), doors.tolerated())
    return doors.answer(resource.dumps(bulk.perform(request, _make)))


def _make(call: Call) -> Outcome:
    doors.begin(call, KINDS.get(call.endpoint, ""))
    try:
        response = _answered(call)
    except Exception as error:  # one operation's failure, of whatever kind, must not take the others' answers away
        response = current_app.make_response(current_app.handle_user_exception(error))
    location = response.headers.get("Location")
    if location is None and call.id is not None:
        location = f"{doors.context().portal.scim_base_url}{call.endpoint}/{call.id}"
    id = location.rpartition("/")[2] if location else None
    body = orjson.loads(response.data) if response.status_code >= 400 else None
    return Outcome(response.status_code, id, location, response.headers.get("ETag"), body)


def _answered(call: Call) -> Response:
    if call.error is not None:
        raise call.error
    doors.check_scope(doors.address_of(call), call.method)
    id = () if call.id is None else (call.id,)
    return VIEWS[call.endpoint, call.method](*id)
