"""`/Users` (RFC 7644 §3.3 to §3.6)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from scim_portal.context import Ctx
from scim_portal.protocol import etags, resource
from scim_portal.protocol.definitions import USER
from scim_portal.services import directory, mapping, provisioning, resource_types
from scim_portal.web.scim import doors, finishing, search
from scim_portal.web.scim.doors import about, answer, context, logged


def route(blueprint: Blueprint) -> None:
    """Register the routes."""
    blueprint.add_url_rule("/Users", "list_users", list_users, methods=["GET"])
    blueprint.add_url_rule("/Users", "create_user", create, methods=["POST"])
    blueprint.add_url_rule("/Users/<id>", "read_user", read, methods=["GET"])
    blueprint.add_url_rule("/Users/<id>", "replace_user", replace, methods=["PUT"])
    blueprint.add_url_rule("/Users/<id>", "modify_user", modify, methods=["PATCH"])
    blueprint.add_url_rule("/Users/<id>", "remove_user", remove, methods=["DELETE"])


def list_users() -> Response:
    """List users (RFC 7644 §3.4.2)."""
    return search.answer_to((resource_types.user(context()),), doors.query())


def read(id: str) -> Response:
    """Read one user; 304 when the caller has this version already, and no seats are shown, which move without a new one."""
    ctx = context()
    row = directory.user(ctx, id)
    tag = etags.tag(row.version)
    known = None if finishing.shows_licenses(ctx, doors.query()) else request.headers.get("If-None-Match")
    if etags.precondition(None, known, row.version, reading=True) == "not-modified":
        return answer(None, 304, ETag=tag)
    return answer(_finished(ctx, row), ETag=tag)


@logged("User")
def create(ctx: Ctx) -> Response:
    """Create a user: 201 with Location; 409 when the userName is taken."""
    kind = resource_types.user(ctx)
    content = resource.load(kind, doors.resource_body(kind), tolerance=doors.tolerated())
    about(None, content["userName"])
    written = provisioning.create(ctx, content)
    about(written.id, content["userName"])
    return _written(ctx, written, 201)


@logged("User")
def replace(ctx: Ctx, id: str) -> Response:
    """Replace a user; never creates one."""
    about(id)
    kind = resource_types.user(ctx)
    content = resource.load(kind, doors.resource_body(kind), tolerance=doors.tolerated())
    written = provisioning.replace(ctx, id, content, if_match=doors.if_match())
    about(written.id, content["userName"])
    return _written(ctx, written, 200)


@logged("User")
def modify(ctx: Ctx, id: str) -> Response:
    """Apply a PATCH and answer with the user."""
    about(id)
    operations = doors.operations(resource_types.user(ctx))
    if_match = doors.if_match()
    written = provisioning.modify(ctx, id, operations, tolerance=doors.tolerated(), if_match=if_match)
    about(written.id, mapping.content(written.document)["userName"])
    return _written(ctx, written, 200)


@logged("User")
def remove(ctx: Ctx, id: str) -> Response:
    """Delete a user as far as SCIM is concerned."""
    about(id)
    provisioning.remove(ctx, id, if_match=doors.if_match())
    return answer(None, 204)


def _written(ctx: Ctx, written: Any, status: int) -> Response:
    headers = {"ETag": etags.tag(written.version)}
    if status == 201:
        headers["Location"] = mapping.location(ctx.portal.scim_base_url, USER, written.id)
    return answer(_finished(ctx, written), status, **headers)


def _finished(ctx: Ctx, row: Any) -> bytes:
    return finishing.finished(ctx, resource_types.user(ctx), [row], doors.query())[0]
