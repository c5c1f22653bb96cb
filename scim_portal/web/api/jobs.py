"""Jobs: how far a long piece of work is."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import work
from scim_portal.web.api import doors
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import work as shapes

room = Room("jobs", "Long pieces of work and their progress.")


@room.get("/jobs/<id>")
@room.response(200, shapes.Job)
@doors.reads
def get_job(ctx: Ctx, id: str) -> Any:
    """Show how far a job is."""
    return work.find(ctx, id)
