"""From host or path to the portal: once, first, before anything else is looked up."""

from __future__ import annotations

import time

from flask import Flask, current_app, g, request

from scim_portal.config import Settings
from scim_portal.context import PortalRef
from scim_portal.db import reading
from scim_portal.errors import NotFound
from scim_portal.services import portals

KNOWN_SECONDS = 5.0
MOST_KNOWN = 10_000
WITHOUT_PORTAL = frozenset({"static", "operations.healthz", "operations.readyz", "operations.metrics"})


def settings() -> Settings:
    """Give the settings the application was built with."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def portal() -> PortalRef:
    """Give the portal of this request. Raises `NotFound` when there is none by that name."""
    if "portal" not in g:
        g.portal = _resolve()
    found: PortalRef = g.portal
    return found


def install(app: Flask) -> None:
    """Resolve the portal before every request that is about one, also those that no route matches."""

    @app.before_request
    def resolve() -> None:
        if request.endpoint not in WITHOUT_PORTAL:
            portal()


def _resolve() -> PortalRef:
    """Find the portal, or remember it: names and addresses change once in a while, requests come by the thousand."""
    slug, host = request.environ.get("portal.slug"), request.host.partition(":")[0]
    known: dict[tuple[str | None, str], tuple[float, PortalRef]] = current_app.extensions.setdefault("portals", {})
    key = (slug, host if slug is None else "")
    until, found = known.get(key, (0.0, None))
    if found is None or until < time.monotonic():
        reading()
        found = _find(slug, host)
        if len(known) > MOST_KNOWN:
            known.clear()
        known[key] = (time.monotonic() + KNOWN_SECONDS, found)
    return found


def _find(slug: str | None, host: str) -> PortalRef:
    if slug is not None:
        return portals.by_slug(settings(), slug)
    try:
        return portals.by_host(settings(), host)
    except NotFound:
        return portals.by_slug(settings(), settings().default_portal)
