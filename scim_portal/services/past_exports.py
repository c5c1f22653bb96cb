"""The exports that were asked for so far, newest first. Reads only."""

from __future__ import annotations

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import Job

MOST = 50


def recent(ctx: Ctx) -> list[Job]:
    """List the jobs of the latest exports."""
    query = scoped(Job, ctx).where(Job.kind == "export").order_by(Job.id.desc())
    return list(db.session.scalars(query.limit(MOST)))
