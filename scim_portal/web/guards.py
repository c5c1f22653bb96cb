"""Who is asking, and the transaction around what they ask: authentication, scopes, `@writes`.

The credential is checked before anything else of the portal is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import g, request
from sqlalchemy.exc import DBAPIError

from scim_portal import clock
from scim_portal.context import UNREAD, Actor, ActorKind, Ctx
from scim_portal.db import db, reading, transact
from scim_portal.errors import NotFound
from scim_portal.ids import new_id
from scim_portal.services import tokens
from scim_portal.services.resource_types import Outdated
from scim_portal.services.tokens import Bearer
from scim_portal.web import tenancy

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
View = Callable[..., Any]


def request_id() -> str:
    """Give this request's id: the caller's `X-Request-ID` when it is a plain word, else one of ours."""
    return name_request(request.environ)


def name_request(environ: dict[str, Any]) -> str:
    """Give the id of the request that an environment is of."""
    found: str | None = environ.get("portal.request_id")
    if found is None:
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        found = environ["portal.request_id"] = sent if REQUEST_ID.match(sent) else new_id()
    return found


def presented() -> str | None:
    """Read the bearer value; its scheme may be doubled or missing, since Okta's header apps send what was typed."""
    words = request.headers.get("Authorization", "").split()
    while len(words) > 1 and words[0].lower() == "bearer":
        words.pop(0)
    return words[0] if len(words) == 1 and words[0].lower() != "bearer" else None


def authenticate(prefix: str, kind: ActorKind) -> tuple[Ctx, Bearer]:
    """Check the credential of this request and make its context. Raises `Unauthorized`, `Forbidden`."""
    portal, now = tenancy.portal(), clock.now()
    reading()
    secret, value = tenancy.settings().secret_key, presented()
    try:
        bearer = tokens.authenticate(portal, secret, prefix, value, now)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        db.session.remove()  # the database went away and may be back: nothing was done yet, so ask once more
        reading()
        bearer = tokens.authenticate(portal, secret, prefix, value, now)
    if bearer.needs_stamp:
        transact(lambda: tokens.stamp(portal, bearer, now, request.remote_addr))
        reading()
    actor = Actor(kind, bearer.id, bearer.name, bearer.role, request.remote_addr, user_agent())
    settings, stamp = tenancy.settings(), bearer.schema_stamp
    return Ctx(portal, actor, now, request_id(), settings, bearer.connector, schema_stamp=stamp), bearer


def refuse_nul() -> None:
    """Find nothing at an address with a NUL in it, which PostgreSQL takes in no text. Raises `NotFound`."""
    if any("\x00" in value for value in (request.view_args or {}).values() if isinstance(value, str)):
        raise NotFound("There is nothing at this address.")


def user_agent() -> str:
    """Give the caller's user agent, cut to a sane length."""
    return request.headers.get("User-Agent", "")[:256]


def writes(view: View) -> View:
    """Run a view inside one transaction, again as a whole when the database asks for it; it is given the context first."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        def unit() -> Any:
            g.ctx = replace(g.ctx, effects=[])
            return view(g.ctx, *args, **kwargs)

        try:
            return transact(unit)
        except Outdated:
            g.ctx = replace(g.ctx, schema_stamp=UNREAD)
            return transact(unit)

    return run
