"""Portals: made once, found by slug or by host, and given as plain values to everybody else."""

from __future__ import annotations

import re

from sqlalchemy import or_, select

from scim_portal import clock
from scim_portal.config import Settings
from scim_portal.context import Ctx, PortalRef
from scim_portal.db import db
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import new_id
from scim_portal.models import Family, Portal
from scim_portal.protocol.sentences import say

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
FIRST_FAMILY = "cal"


def create(settings: Settings, slug: str, *, name: str) -> PortalRef:
    """Create a portal with its one family `cal`. Raises `Invalid` for a slug no host name could carry, `Conflict` if taken."""
    if not SLUG.match(slug):
        raise Invalid(
            "A portal's slug has 1 to 63 lower-case letters, digits and inner hyphens.", field="slug", value=slug
        )
    if not name.strip():
        raise Invalid("A portal needs a name.", field="name", value=name)
    if db.session.scalar(select(Portal.id).where(Portal.slug == slug)):
        raise Conflict(say("There is a portal {slug!r} already.", slug=slug), field="slug", value=slug)
    portal = Portal(
        id=new_id(), slug=slug, name=name.strip(), created_at=clock.now(), policy_version=0, catalog_stamp=new_id()
    )
    db.session.add(portal)
    db.session.flush()
    db.session.add(Family(portal_id=portal.id, key=FIRST_FAMILY))
    db.session.flush()
    return reference(settings, portal)


def by_slug(settings: Settings, slug: str) -> PortalRef:
    """Find a portal by the name in its path. Raises `NotFound`, also for what could never be one."""
    if not SLUG.match(slug):
        raise NotFound(say("There is no portal {slug!r} here.", slug=slug), field="portal", value=slug)
    return _found(settings, Portal.slug == slug, slug)


def by_host(settings: Settings, host: str) -> PortalRef:
    """Find a portal by its host (no port): its own domain, or a name below `PORTAL_DOMAIN`. Raises `NotFound`."""
    host = host.lower().replace("\0", "")
    conditions = [Portal.domain == host]
    if settings.portal_domain and host.endswith("." + settings.portal_domain):
        conditions.append(Portal.slug == host.removesuffix("." + settings.portal_domain))
    return _found(settings, or_(*conditions), host)


def everyone(settings: Settings) -> list[PortalRef]:
    """List all portals, oldest first: for jobs and commands that serve the whole installation."""
    return [reference(settings, portal) for portal in db.session.scalars(select(Portal).order_by(Portal.id))]


def refreshed(ctx: Ctx) -> PortalRef:
    """Read the portal again, for work that outlives a policy."""
    return _found(ctx.settings, Portal.id == ctx.portal.id, ctx.portal.slug)


def reference(settings: Settings, portal: Portal) -> PortalRef:
    """Take the plain values out of a row."""
    return PortalRef(portal.id, portal.slug, portal.name, base_url(settings, portal))


def base_url(settings: Settings, portal: Portal) -> str:
    """Tell the address that the portal's links are made of, whatever host a request came by."""
    if portal.base_url:
        return portal.base_url.rstrip("/")
    if portal.domain:
        return f"https://{portal.domain}"
    if settings.portal_domain:
        return f"https://{portal.slug}.{settings.portal_domain}"
    return f"{settings.public_url}/p/{portal.slug}"


def _found(settings: Settings, condition: object, name: str) -> PortalRef:
    portal = db.session.scalar(select(Portal).where(condition))  # type: ignore[arg-type]
    if portal is None:
        raise NotFound(say("There is no portal {name!r} here.", name=name), field="portal", value=name)
    return reference(settings, portal)
