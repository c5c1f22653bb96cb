"""`/Groups` (RFC 7644 §3.3 to §3.6)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from scim_portal.context import Ctx
from scim_portal.protocol import etags, patch, resource
from scim_portal.protocol.definitions import GROUP
from scim_portal.protocol.patch import Member
from scim_portal.services import directory, mapping, resource_types
from scim_portal.services import groups as services
from scim_portal.web.scim import doors, finishing, search
from scim_portal.web.scim.doors import about, answer, context, logged

MEMBERS_IN_PATCH_ANSWER = 100


def route(blueprint: Blueprint) -> None:
    """Register the routes."""
    blueprint.add_url_rule("/Groups", "list_groups", list_groups, methods=["GET"])
    blueprint.add_url_rule("/Groups", "create_group", create, methods=["POST"])
    blueprint.add_url_rule("/Groups/<id>", "read_group", read, methods=["GET"])
    blueprint.add_url_rule("/Groups/<id>", "replace_group", replace, methods=["PUT"])
    blueprint.add_url_rule("/Groups/<id>", "modify_group", modify, methods=["PATCH"])
    blueprint.add_url_rule("/Groups/<id>", "remove_group", remove, methods=["DELETE"])


def list_groups() -> Response:
    """List groups (RFC 7644 §3.4.2)."""
    return search.answer_to((resource_types.group(context()),), doors.query())


def read(id: str) -> Response:
    """Read one group; 304 when the caller has this version already."""
    ctx = context()
    row = directory.group(ctx, id)
    tag = etags.tag(row.version)
    if etags.precondition(None, request.headers.get("If-None-Match"), row.version, reading=True) == "not-modified":
        return answer(None, 304, ETag=tag)
    return answer(_finished(ctx, row), ETag=tag)


@logged("Group")
def create(ctx: Ctx) -> Response:
    """Create a group with its members: 201 with Location."""
    content, members = _loaded()
    written = services.create(ctx, content, members)
    _about(written, content)
    location = mapping.location(ctx.portal.scim_base_url, GROUP, written.id)
    return answer(_finished(ctx, written), 201, ETag=etags.tag(written.version), Location=location)


@logged("Group")
def replace(ctx: Ctx, id: str) -> Response:
    """Replace a group and its members; never creates one."""
    about(id)
    content, members = _loaded()
    written = services.replace(ctx, id, content, members, if_match=doors.if_match())
    _about(written, content)
    return answer(_finished(ctx, written), ETag=etags.tag(written.version))


@logged("Group")
def modify(ctx: Ctx, id: str) -> Response:
    """Apply a PATCH: 200 with the group up to 100 members, 204 above and always for Entra."""
    about(id)
    tolerance = doors.tolerated()
    change = patch.split_members(doors.operations(resource_types.group(ctx)), tolerance)
    written = services.modify(ctx, id, change, tolerance=tolerance, if_match=doors.if_match())
    _about(written, mapping.content(written.document))
    tag = etags.tag(written.version)
    silent = ctx.connector is not None and ctx.connector.kind == "entra"
    if silent or directory.has_more_members(ctx, written.id, MEMBERS_IN_PATCH_ANSWER):
        return answer(None, 204, ETag=tag)
    return answer(_finished(ctx, written), ETag=tag)


@logged("Group")
def remove(ctx: Ctx, id: str) -> Response:
    """Delete a group as far as SCIM is concerned; its users stay."""
    about(id)
    services.remove(ctx, id, if_match=doors.if_match())
    return answer(None, 204)


def _loaded() -> tuple[dict[str, Any], list[Member]]:
    kind = resource_types.group(context())
    content = resource.load(kind, doors.resource_body(kind), tolerance=doors.tolerated())
    sent = content.pop("members", [])
    return content, [Member(one["value"], one.get("display")) for one in sent if one.get("value")]


def _about(written: services.Written, content: dict[str, Any]) -> None:
    note = None
    if written.unknown:
        listed = ", ".join(repr(id[:64]) for id in written.unknown[:5])
        note = f"{len(written.unknown)} unknown member(s) left out: {listed}{' …' if len(written.unknown) > 5 else ''}"
    about(written.id, content["displayName"], note)


def _finished(ctx: Ctx, row: Any) -> bytes:
    return finishing.finished(ctx, resource_types.group(ctx), [row], doors.query())[0]
