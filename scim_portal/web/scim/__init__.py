"""SCIM 2.0 over HTTP (RFC 7644): parse, one service call, answer. All meaning is in `protocol` and `services`."""

from __future__ import annotations

from flask import Blueprint, Flask

from scim_portal.web.scim import bulk, discovery, doors, entitlements, groups, search, users


def install(app: Flask) -> None:
    """Register the SCIM routes of every resource under `/scim/v2`."""
    blueprint = Blueprint("scim", __name__, url_prefix="/scim/v2")
    blueprint.before_request(doors.enter)
    blueprint.after_request(doors.leave)
    for room in (users, groups, entitlements, search, bulk, discovery):
        room.route(blueprint)
    app.register_blueprint(blueprint)
