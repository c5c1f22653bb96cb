"""Exports: begun as a job, watched, downloaded."""

from __future__ import annotations

from typing import Any

from flask import Response, send_file

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import exports
from scim_portal.web import guards
from scim_portal.web.api import doors
from scim_portal.web.api.doors import EXPORTERS, Room
from scim_portal.web.api.schemas import work as shapes

Body = dict[str, Any]
MEDIA_TYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}
room = Room("exports", "Whole populations as files, for auditors.", readers=EXPORTERS, writers=EXPORTERS)


@room.post("/exports")
@room.arguments(shapes.NewExport)
@room.response(202, shapes.BegunExport)
@guards.writes
def begin_export(ctx: Ctx, body: Body) -> Any:
    """Begin an export."""
    return exports.begin(ctx, exports.checked(exports.Request(**body), ctx.now))


@room.get("/exports/<id>")
@room.response(200, shapes.Export)
@doors.reads
def get_export(ctx: Ctx, id: str) -> Any:
    """Show how far an export is, and what its file is like once it is done."""
    return exports.find(ctx, id)


@room.get("/exports/<id>/download")
@room.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@doors.reads
def download_export(ctx: Ctx, id: str) -> Response:
    """Download the file of an export that is done."""
    job, path = exports.find(ctx, id), exports.file_of(ctx, id)
    if job.state != "done":
        raise errors.Conflict(f"The export is {job.state}; its file is there once it is done.", field="id", value=id)
    if not path.is_file():
        raise errors.NotFound("The file of this export was removed; export again.", field="id", value=id)
    request = exports.of_job(job)
    response = send_file(path, MEDIA_TYPES[request.format], as_attachment=True, download_name=request.file_name)
    response.headers["Cache-Control"] = "no-store"  # personal data: not for caches, whatever files are otherwise
    del response.headers["Expires"]
    return response
