"""Coming in and going out of the SCIM rooms: credential, scope, request log; reading bodies, paging and filters."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from flask import Response, g, request

from scim_portal import clock
from scim_portal import errors as portal_errors
from scim_portal.context import Actor, ActorKind, Ctx, PortalRef
from scim_portal.db import transact
from scim_portal.protocol import filters, reading, tolerance
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.definitions import LICENSE_URN
from scim_portal.protocol.errors import InvalidValue, UnsupportedMediaType
from scim_portal.services import provisioning_log
from scim_portal.services.provisioning_log import Call
from scim_portal.services.secrets_format import SCIM_PREFIX
from scim_portal.web import guards, tenancy

MEDIA_TYPE = "application/scim+json"
ACCEPTED = {"application/scim+json", "application/json"}
VERBS = {"GET": "read", "HEAD": "read", "POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
LARGEST_PAGE = 200
DEFAULT_PAGE = 100
STRANGERS_EVERY = 10.0
_TOLERANCES = {
    "strict": tolerance.STRICT,
    "okta": tolerance.OKTA,
    "entra": tolerance.ENTRA,
    "generic": tolerance.GENERIC,
}


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted (RFC 7644 §3.4.2.4); `start_index` counts from 1."""

    start_index: int
    count: int


def enter() -> None:
    """Authenticate, and check the token's scope for this endpoint and verb."""
    g.started = time.monotonic()
    g.ctx, bearer = guards.authenticate(SCIM_PREFIX, ActorKind.SCIM)
    if LICENSE_URN.lower() in request.args.get("attributes", "").lower() and g.ctx.connector:
        g.ctx = replace(g.ctx, connector=replace(g.ctx.connector, show_licenses=True))  # returned on request
    needed = scope(request.path, request.method)
    if bearer.scopes is not None and needed not in bearer.scopes:
        raise portal_errors.Forbidden(f"This token may not do that: it lacks the scope {needed}.")


def scope(path: str, method: str) -> str:
    """Name the scope that an endpoint and verb need."""
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
    return _TOLERANCES[connector.tolerance if connector else "strict"]


def body() -> dict[str, Any]:
    """Read the request's JSON object strictly. Raises the protocol's errors for type, syntax and size."""
    if request.mimetype not in ACCEPTED:
        sent = request.mimetype or "nothing"
        raise UnsupportedMediaType(f"The body must be {MEDIA_TYPE} or application/json, not {sent}.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.")
    return reading.loads(request.get_data(cache=True))


def paging() -> Paging:
    """Read startIndex and count: below 1 is 1, negative is 0, more than 200 is 200."""
    return Paging(max(1, _whole("startIndex", 1)), min(LARGEST_PAGE, max(0, _whole("count", DEFAULT_PAGE))))


def bound_filter(kind: ResourceType) -> filters.Bound | None:
    """Read and bind the filter, if there is one. Raises `InvalidFilter`."""
    text = request.args.get("filter")
    if text is None:
        return None
    return filters.compiled(text, kind, bare_words=tolerated().bare_filter_words)


def names(parameter: str) -> tuple[str, ...]:
    """Read a comma-separated list of attribute names."""
    return tuple(name.strip() for name in request.args.get(parameter, "").split(",") if name.strip())


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
            provisioning_log.record(ctx, _call(response.status_code, g.subject.note))
            return response

        return guards.writes(run)

    return decorate


def about(id: str | None, name: str | None = None, note: str | None = None) -> None:
    """Say which resource the present write is about."""
    g.subject.id, g.subject.name, g.subject.note = id, name, note


def log_failure(status: int, detail: str) -> None:
    """Write a failed call into the log, in a transaction of its own: the call's was rolled back.

    Calls without a good credential are logged too, since that is what an admin looks for first, but only one every ten
    seconds per process and portal, so that a stranger cannot fill the log.
    """
    ctx: Ctx | None = g.get("ctx") or _stranger()
    if ctx is not None and not g.get("failure_logged"):
        g.failure_logged = True
        ctx = replace(ctx, effects=[])
        transact(lambda: provisioning_log.record(ctx, _call(status, detail)))


_last_stranger: dict[str, float] = {}


def _stranger() -> Ctx | None:
    portal: PortalRef | None = g.get("portal")
    if portal is None or time.monotonic() - _last_stranger.get(portal.id, -STRANGERS_EVERY) < STRANGERS_EVERY:
        return None
    _last_stranger[portal.id] = time.monotonic()
    actor = Actor(ActorKind.SCIM, None, "unknown caller", ip=request.remote_addr)
    return Ctx(portal, actor, clock.now(), guards.request_id(), tenancy.settings())


def _call(status: int, detail: str | None) -> Call:
    subject: Subject = g.get("subject") or Subject("")
    took = int((time.monotonic() - g.get("started", time.monotonic())) * 1000)
    path = _storable(request.script_root + request.path)
    return Call(
        request.method,
        path,
        status,
        took,
        subject.kind or None,
        subject.id and _storable(subject.id),
        subject.name,
        detail,
    )


def _storable(text: str) -> str:
    """Show a NUL as U+FFFD: an address may carry one, and PostgreSQL takes none."""
    return text.replace("\x00", "\ufffd")


def _whole(name: str, default: int) -> int:
    text = request.args.get(name, "").strip()
    if not text:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise InvalidValue(f"{name} must be a whole number, not {text[:40]!r}.", attribute=name, value=text)
    return int(text)
