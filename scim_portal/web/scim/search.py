"""Lists, at the root for users and groups together; and `/.search`: the same query in a body, where nobody logs it.

RFC 7644 §3.4.2, §3.4.2.1, §3.4.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response

from scim_portal.protocol import messages, queries
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.queries import Query
from scim_portal.services import resource_types, search
from scim_portal.web.scim import doors, finishing
from scim_portal.web.scim.doors import answer, context


def route(blueprint: Blueprint) -> None:
    """Register the routes: below each list, and at the root for users and groups together."""
    for name, address, kinds in (
        ("search_all", "/.search", ("User", "Group")),
        ("search_users", "/Users/.search", ("User",)),
        ("search_groups", "/Groups/.search", ("Group",)),
    ):
        blueprint.add_url_rule(address, name, by_message, methods=["POST"], defaults={"kinds": kinds})
    blueprint.add_url_rule("", "list_all", list_all, methods=["GET"])


def list_all() -> Response:
    """List users and groups together."""
    return answer_to(resource_types.of(context()).both, doors.query())


def by_message(kinds: Sequence[str]) -> Response:
    """Answer a SearchRequest for resources of these names."""
    types = tuple(one for one in resource_types.of(context()).both if one.name in kinds)
    return answer_to(types, queries.from_message(doors.body(), doors.tolerated()))


def answer_to(types: Sequence[ResourceType], query: Query) -> Response:
    """Answer a query with a ListResponse."""
    ctx = context()
    found = search.find(ctx, types, query, bare_words=doors.tolerated().bare_filter_words)
    if len(types) > 1:
        resources = finishing.mixed(ctx, types, found.rows, query)
    else:
        resources = finishing.finished(ctx, types[0], found.rows, query)
    cursors = {"next_cursor": found.next_cursor, "previous_cursor": found.previous_cursor}
    return answer(messages.list_response(resources, found.total, found.start_index, **cursors))
