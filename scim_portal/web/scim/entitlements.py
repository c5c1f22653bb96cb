"""`/Entitlements`: license types with live seat counts, for Okta's discovery; to read only, since rules give the seats."""

from __future__ import annotations

from flask import Blueprint, Response

from scim_portal.protocol import messages, queries, resource
from scim_portal.protocol.entitlement_schema import ENTITLEMENT
from scim_portal.protocol.queries import Query
from scim_portal.services import license_resources
from scim_portal.web.scim import doors
from scim_portal.web.scim.doors import answer, context


def route(blueprint: Blueprint) -> None:
    """Register the routes."""
    blueprint.add_url_rule("/Entitlements", "list_entitlements", list_all, methods=["GET"])
    blueprint.add_url_rule("/Entitlements/.search", "search_entitlements", search, methods=["POST"])
    blueprint.add_url_rule("/Entitlements/<key>", "read_entitlement", read, methods=["GET"])


def list_all() -> Response:
    """List license types (RFC 7644 §3.4.2)."""
    return _listed(doors.query())


def search() -> Response:
    """Answer a SearchRequest (RFC 7644 §3.4.3)."""
    return _listed(queries.from_message(doors.body(), doors.tolerated()))


def read(key: str) -> Response:
    """Give one license type."""
    return answer(_projected(license_resources.find(context(), key), doors.query()))


def _listed(query: Query) -> Response:
    found, page = license_resources.search(context(), query, bare_words=doors.tolerated().bare_filter_words)
    listed = [_projected(one, query) for one in page]
    cursors = {"next_cursor": found.next_cursor, "previous_cursor": found.previous_cursor}
    return answer(messages.list_response(listed, found.total, found.start_index, **cursors))


def _projected(one: dict[str, object], query: Query) -> bytes:
    if query.attributes or query.excluded:
        one = resource.project(one, ENTITLEMENT, attributes=query.attributes, excluded=query.excluded)
    return resource.dumps(one)
