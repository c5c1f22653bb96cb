"""License types as SCIM resources with live seat counts (L13), so that Okta's discovery lists them. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import LicenseType
from scim_portal.protocol import cursors, short_lists
from scim_portal.protocol.cursors import Place
from scim_portal.protocol.entitlement_schema import ENTITLEMENT, ENTITLEMENT_URN, TYPE_NAME
from scim_portal.protocol.errors import NotFound
from scim_portal.protocol.queries import Query
from scim_portal.protocol.sentences import say
from scim_portal.services import catalog, mapping
from scim_portal.services.catalog import Summary
from scim_portal.services.search import Found

Resource = dict[str, Any]


def everything(ctx: Ctx) -> list[Resource]:
    """Describe every license type that can be given, by key."""
    types = (one for one in catalog.summaries(ctx) if one.type.retired_at is None)
    return sorted((_resource(ctx, one) for one in types), key=lambda one: str(one["id"]))


def exist(ctx: Ctx) -> bool:
    """Tell whether the portal has any license type."""
    return db.session.scalar(select(LicenseType.key).where(LicenseType.portal_id == ctx.portal.id).limit(1)) is not None


def find(ctx: Ctx, id: str) -> Resource:
    """Describe one license type by its key. Raises the protocol's `NotFound`."""
    found = next((one for one in everything(ctx) if one["id"] == id), None)
    if found is None:
        raise NotFound(say("There is no license type {id!r} in this portal.", id=id))
    return found


def search(ctx: Ctx, query: Query, *, bare_words: bool) -> tuple[Found, list[Resource]]:
    """Find the page that a query asks for, by index or by cursor. Raises the protocol's errors for filter, order, cursor."""
    found = short_lists.select(everything(ctx), ENTITLEMENT, query, bare_words=bare_words)
    if query.cursor is not None:
        return _by_cursor(ctx, found, query)
    page = found[query.start_index - 1 :][: query.page_size]
    return Found((), len(found), query.start_index), page


def _by_cursor(ctx: Ctx, found: list[Resource], query: Query) -> tuple[Found, list[Resource]]:
    bound = [ctx.portal.id, ENTITLEMENT.name, query.filter, query.sort_by, str(query.descending)]
    secret = ctx.settings.secret_key
    place = cursors.read(secret, bound, query.cursor, ctx.now) if query.cursor else None
    size = place.size if place else query.page_size
    start = int(place.key) if place else 0
    page = found[start:][:size]

    def cursor(at: int) -> str:
        return cursors.write(secret, bound, Place(at, "", size, False), ctx.now)

    following = cursor(start + size) if size and start + size < len(found) else None
    preceding = cursor(max(0, start - size)) if start else None
    return Found((), len(found) if place is None else None, None, following, preceding), page


def _resource(ctx: Ctx, one: Summary) -> Resource:
    type, limit = one.type, one.limit
    counted = f"{type.used} of {limit} seats in use" if limit is not None else f"{type.used} seats in use, no limit"
    counts = {} if limit is None else {"totalAssignmentsPermitted": limit}
    return {
        "schemas": [ENTITLEMENT_URN],
        "id": type.key,
        "displayName": type.name,
        "type": TYPE_NAME,
        "description": f"Family {type.family}: {counted}",
        "value": type.key,
        "display": type.name,
        "supported": True,
        "limitedAssignmentsPermitted": limit is not None,
        **counts,
        "totalAssignmentsUsed": type.used,
        "meta": {
            "resourceType": TYPE_NAME,
            "location": mapping.location(ctx.portal.scim_base_url, ENTITLEMENT, type.key),
        },
    }
