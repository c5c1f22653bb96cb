"""From rows to the resources of an answer: what belongs into it, and what the caller wants of that (RFC 7644 §3.9).

A group's members are read only where they are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from scim_portal.context import Ctx
from scim_portal.protocol import resource
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.definitions import GROUP, LICENSE_URN
from scim_portal.protocol.queries import Query
from scim_portal.services import conversions, directory


def finished(ctx: Ctx, kind: ResourceType, rows: Sequence[Any], query: Query) -> list[bytes]:
    """Finish the resources of one type; licenses are shown to whoever asks for them."""
    if ctx.connector and shows_licenses(ctx, query):
        ctx = replace(ctx, connector=replace(ctx.connector, show_licenses=True))
    if kind.name == GROUP.name:
        found = directory.finished_groups(ctx, rows, with_members=_wants_members(query))
    else:
        found = directory.finished_users(ctx, rows)
    found = conversions.outgoing(ctx, kind, found)
    if not query.attributes and not query.excluded:
        return found
    wanted = {"attributes": query.attributes, "excluded": query.excluded}
    return [resource.dumps(resource.project(orjson.loads(one), kind, **wanted)) for one in found]


def shows_licenses(ctx: Ctx, query: Query) -> bool:
    """Tell whether a user's answer has seats and places, by the connector's setting or because they were asked for."""
    asked = any(LICENSE_URN.lower() in name.lower() for name in query.attributes)
    return ctx.connector is not None and (ctx.connector.show_licenses or asked)


def mixed(ctx: Ctx, types: Sequence[ResourceType], rows: Sequence[Any], query: Query) -> list[bytes]:
    """Finish resources of several types, whose rows say their `kind`; the order stays."""
    done: dict[str, bytes] = {}
    for kind in types:
        mine = [row for row in rows if row.kind == kind.name]
        done |= zip((row.id for row in mine), finished(ctx, kind, mine, query), strict=True)
    return [done[row.id] for row in rows]


def _wants_members(query: Query) -> bool:
    asked = [name.lower() for name in query.attributes]
    refused = [name.lower() for name in query.excluded]
    return "members" not in refused and (not asked or any("members" in name for name in asked))
