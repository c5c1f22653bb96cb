"""Coming in and going out of the SCIM rooms: credential, scope, request log; reading bodies and queries.

A view cannot tell whether its request came alone or as an operation of a bulk request: `body` and `if_match` give what is its.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from urllib.parse import unquote_plus

import orjson
from flask import Response, g, request

from scim_portal import clock
from scim_portal import errors as portal_errors
from scim_portal.context import Actor, ActorKind, Ctx, PortalRef
from scim_portal.db import transact
from scim_portal.protocol import patch_request, queries, reading, tolerance
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.bulk import Call as BulkCall
from scim_portal.protocol.errors import UnsupportedMediaType
from scim_portal.protocol.patch_request import Operation
from scim_portal.services import conversions, provisioning_log
from scim_portal.services.provisioning_log import Call
from scim_portal.services.secrets_format import SCIM_PREFIX
from scim_portal.web import bodies, guards, tenancy
from scim_portal.web.scim import callers

MEDIA_TYPE = "application/scim+json"
ACCEPTED = {"application/scim+json", "application/json"}
VERBS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
ROOT = "/scim/v2"
STRANGERS_EVERY = 10.0
# A rule may feed a value that is chosen by brackets and not there yet, and then it has to appear.
_CONVERTING = {name: replace(one, create_unmatched=True) for name, one in tolerance.NAMED.items()}


def enter() -> None:
    """Authenticate, and check the token's scope for this endpoint and verb."""
    g.started = g.entered = time.monotonic()
    g.ctx, bearer = guards.authenticate(SCIM_PREFIX, ActorKind.SCIM)
    g.scopes, g.young = bearer.scopes, bearer.young
    if request.path != f"{ROOT}/Bulk":  # each of its operations needs its own
        check_scope(request.path, request.method)


def check_scope(path: str, method: str) -> None:
    """Raise `Forbidden` when the token lacks a scope for this endpoint and verb."""
    lacking = sorted(scopes(path, method) - set(g.scopes)) if g.scopes is not None else []
    if lacking:
        raise portal_errors.Forbidden(f"This token may not do that: it lacks the scope {lacking[0]}.")


def scopes(path: str, method: str) -> set[str]:
    """Name the scopes that an endpoint and verb need; a search by POST only reads."""
    if path == ROOT or (method == "POST" and path == f"{ROOT}/.search"):
        return {"scim:user:read", "scim:group:read"}
    if method == "POST" and path.endswith("/.search"):
        method = "GET"
    return {scope(path, method)}


def scope(path: str, method: str) -> str:
    """Name the scope that an endpoint of one resource type, or of none, and a verb need."""
    for part, subject in (("/Users", "user"), ("/Groups", "group")):
        if part in path:
            return f"scim:{subject}:{VERBS.get(method, 'read')}"
    return "scim:schema:read"


def context() -> Ctx:
    """Give the context that `enter` made."""
    found: Ctx = g.ctx
    return found


def tolerated() -> tolerance.Tolerance:
    """Give the departures that this request's connector accepts."""
    connector = context().connector
    named = tolerance.NAMED if connector is None or connector.conversion is None else _CONVERTING
    return named[connector.tolerance if connector else "strict"]


def body() -> dict[str, Any]:
    """Read the request's JSON object strictly. Raises the protocol's errors for type, syntax and size."""
    if "operation" in g:
        return dict(g.operation.data or {})
    if request.mimetype not in ACCEPTED:
        sent = request.mimetype or "nothing"
        raise UnsupportedMediaType(f"The body must be {MEDIA_TYPE} or application/json, not {sent}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.")
    return reading.loads(bodies.whole())


def resource_body(kind: ResourceType) -> dict[str, Any]:
    """Read the resource in the body of a POST or PUT, as the connector's attribute mapping makes it."""
    return conversions.incoming(context(), kind, body())


def operations(kind: ResourceType) -> Sequence[Operation]:
    """Read the operations of a PATCH, as the connector's attribute mapping makes them."""
    return conversions.incoming_patch(context(), kind, patch_request.parse_request(body(), tolerated()))


def if_match() -> str | None:
    """Give the versions that the caller would change."""
    if "operation" in g:
        version: str | None = g.operation.version
        return version
    return request.headers.get("If-Match")


def query() -> queries.Query:
    """Read the parameters of a list, or of what an answer shall carry."""
    return queries.from_parameters(request.args)


def begin(operation: BulkCall, kind: str) -> None:
    """Begin one operation of a bulk request: from here on, views and log take it for the request."""
    g.operation, g.started, g.failure_logged = operation, time.monotonic(), False
    g.subject = Subject(kind, operation.id)


def answer(content: bytes | None, status: int = 200, **headers: str) -> Response:
    """Make an answer; `headers` are given with underscores."""
    response = Response(content, status=status, mimetype=MEDIA_TYPE)
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    if content is None:
        response.headers.pop("Content-Type", None)
    return response


@dataclass(slots=True)
class Subject:
    """What a write was about, for the provisioning log; views fill it in."""

    kind: str
    id: str | None = None
    name: str | None = None
    note: str | None = None


def logged(kind: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Run a writing view in a transaction and write its line into the provisioning log with it."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def run(ctx: Ctx, *args: Any, **kwargs: Any) -> Response:
            g.subject = Subject(kind)
            response = view(ctx, *args, **kwargs)
            provisioning_log.record(ctx, _call(response.status_code, g.subject.note, response.get_data()))
            g.logged = True
            return response

        return guards.writes(run)

    return decorate


def about(id: str | None, name: str | None = None, note: str | None = None) -> None:
    """Say which resource the present write is about."""
    g.subject.id, g.subject.name, g.subject.note = id, name, note


def log_failure(status: int, detail: str, content: bytes) -> None:
    """Write a failed call into the log, in a transaction of its own: the call's was rolled back.

    Calls without a good credential are logged too, since that is what an admin looks for first, but only one every ten
    seconds per process and portal, so that a stranger cannot fill the log. `content` is what the caller is answered.
    """
    ctx: Ctx | None = g.get("ctx") or _stranger()
    if ctx is not None and not g.get("failure_logged"):
        g.failure_logged = True
        ctx = replace(ctx, effects=[])
        transact(lambda: provisioning_log.record(ctx, _call(status, detail, content)))


def leave(response: Response) -> Response:
    """Write the line of a call that has none yet, such as a read, in debug mode or when it tells a new caller."""
    ctx: Ctx | None = g.get("ctx")
    bulk = g.pop("operation", None) is not None
    has_line = not bulk and (g.get("logged") or g.get("failure_logged"))
    if ctx is None or ctx.connector is None:
        return response
    is_news = not g.get("failure_logged") and callers.is_news(ctx) and not bulk
    if has_line or not (ctx.connector.debug or is_news):
        return response
    if bulk:  # its operations have their lines; this one is the request that brought them
        g.started, g.subject = g.entered, Subject("")
    call, ctx = _call(response.status_code, None, response.get_data()), replace(ctx, effects=[])
    transact(lambda: provisioning_log.record(ctx, call))
    return response


_last_stranger: dict[str, float] = {}


def _stranger() -> Ctx | None:
    portal: PortalRef | None = g.get("portal")
    if portal is None or time.monotonic() - _last_stranger.get(portal.id, -STRANGERS_EVERY) < STRANGERS_EVERY:
        return None
    _last_stranger[portal.id] = time.monotonic()
    actor = Actor(ActorKind.SCIM, None, "unknown caller", ip=request.remote_addr)
    return Ctx(portal, actor, clock.now(), guards.request_id(), tenancy.settings())


def _call(status: int, detail: str | None, content: bytes) -> Call:
    subject: Subject = g.get("subject") or Subject(callers.CLIENT, name=callers.name())
    took = int((time.monotonic() - g.get("started", time.monotonic())) * 1000)
    method, address = request.method, request.path
    if "operation" in g:
        method, address = g.operation.method, address_of(g.operation)
    path, id = _storable(request.script_root + address), subject.id and _storable(subject.id)
    wire = _on_the_wire(content)
    return Call(method, path, status, took, subject.kind or None, id, subject.name, detail and _storable(detail), *wire)


def _on_the_wire(content: bytes) -> tuple[str | None, bytes, bytes]:
    """Give query string and bodies for the log in debug mode, and nothing otherwise."""
    ctx: Ctx | None = g.get("ctx")
    if ctx is None or ctx.connector is None or not ctx.connector.debug:
        return None, b"", b""
    if "operation" in g:
        return None, orjson.dumps(g.operation.data), content
    return _storable(unquote_plus(request.query_string.decode("latin-1"))), bodies.readable(), content


def address_of(operation: BulkCall) -> str:
    """Give the path that an operation of a bulk request would have had alone."""
    return f"{ROOT}{operation.endpoint}" + (f"/{operation.id}" if operation.id else "")


def _storable(text: str) -> str:
    """Show a NUL as U+FFFD: an address may carry one, and PostgreSQL takes none."""
    return text.replace("\x00", "\ufffd")
