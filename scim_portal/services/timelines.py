"""Everything that happened to one user, newest first: ledger, provisioning log and admin actions, merged by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import Select

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid
from scim_portal.models import AdminAction, ProvisioningEntry, SeatEntry
from scim_portal.protocol.sentences import say
from scim_portal.services import cursors
from scim_portal.services.pages import Page

KINDS = ("seats", "calls", "admins")
Happening = tuple[str, Any]


def of_user(
    ctx: Ctx, user_id: str, *, kinds: Sequence[str] = KINDS, cursor: str | None = None, limit: int | None = None
) -> Page:
    """Give (kind, row) of what happened; ids are made in the order of time, so they merge. Raises `Invalid`."""
    if unknown := set(kinds) - set(KINDS):
        raise Invalid(say("There is no {what!r} to show.", what=unknown.pop()), field="show")
    keys, size = cursors.decode(cursor, str), cursors.limit(limit)
    parts = [_part(ctx, kind, user_id, keys[0] if keys else None, size + 1) for kind in kinds]
    found = list(islice(merge(*parts, key=lambda item: item[1].id, reverse=True), size + 1))
    next = cursors.encode(found[size - 1][1].id) if len(found) > size else None
    return Page(found[:size], next)


def _part(ctx: Ctx, kind: str, user_id: str, before: str | None, size: int) -> list[Happening]:
    model, query = _of_kind(ctx, kind, user_id)
    if before is not None:
        query = query.where(model.id < before)
    return [(kind, row) for row in db.session.scalars(query.order_by(model.id.desc()).limit(size))]


def _of_kind(ctx: Ctx, kind: str, user_id: str) -> tuple[Any, Select[Any]]:
    match kind:
        case "seats":
            return SeatEntry, scoped(SeatEntry, ctx).where(SeatEntry.user_id == user_id)
        case "calls":
            line = ProvisioningEntry
            return line, scoped(line, ctx).where(line.resource_id == user_id)
    about = (AdminAction.object_kind == "user", AdminAction.object_id == user_id)
    return AdminAction, scoped(AdminAction, ctx).where(*about)
