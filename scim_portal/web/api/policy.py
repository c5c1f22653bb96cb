"""The policy: what is in force, previews, publishing, history."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from rules.policy import with_ids
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import cursors, previews, rulebook, user_names
from scim_portal.web import guards
from scim_portal.web.api import doors, lists, policy_diffs
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import policy as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
CHANGES_A_PAGE = 1000
room = Room("policy", "The rules that say who gets which license: previewed, published, restored.")


@room.get("/policy")
@room.response(200, shapes.Policy)
@doors.reads
def get_policy(ctx: Ctx) -> Body:
    """Show the policy in force."""
    version, document = rulebook.current(ctx)
    return {"version": version, "document": document}


@room.post("/policy/preview")
@room.arguments(shapes.PreviewRequest)
@room.response(200, shapes.Preview)
@doors.reads
def preview_policy(ctx: Ctx, body: Body) -> Body:
    """Show what a document would change for everybody; nothing is stored."""
    return _shown(ctx, previews.preview(ctx, identified(ctx, body["document"])), body.get("cursor"))


@room.post("/policy/publish")
@room.arguments(shapes.PublishRequest)
@room.response(202, shapes.Published)
@room.alt_response(
    409, schema=shapes.Preview, description="Something changed: a problem whose `preview` is the new one"
)
@doors.reads
def publish_policy(ctx: Ctx, body: Body) -> Body:
    """Put a previewed document in force and begin to bring everybody in line with it."""
    document, token = identified(ctx, body["document"]), body["preview_token"]
    try:
        return previews.publish_checked(lambda: previews.check(ctx, document, token=token), _put_in_force)
    except errors.StaleVersion as error:
        shown = getattr(error, "shown", None) or previews.preview(ctx, document)
        error.extra = {"preview": shapes.Preview().dump(_shown(ctx, shown))}  # type: ignore[attr-defined]
        raise


@room.get("/policy/versions")
@room.query(Query)
@room.response(200, list_of(shapes.PolicyVersion))
@doors.reads
def list_policy_versions(ctx: Ctx, query: Body) -> Body:
    """List the history, newest first, each with what it changed."""
    found = rulebook.versions(ctx)
    documents = [*(one.document for one in found), rulebook.EMPTY]
    diffs = [policy_diffs.between(before, after) for after, before in pairwise(documents)]
    names = ("version", "author", "created_at", "job_id", "predicted")
    items = [
        {name: getattr(one, name) for name in names} | {"diff": diff} for one, diff in zip(found, diffs, strict=True)
    ]
    return lists.short(items, query, limit=cursors.DEFAULT_LIMIT)


@room.post("/policy/versions/<int(max=2147483647):version>/restore")
@room.response(202, shapes.Published)
@guards.writes
def restore_policy_version(ctx: Ctx, version: int) -> Body:
    """Put an old version in force again, as a new one."""
    return _begun(rulebook.restore(ctx, version))


@guards.writes
def _put_in_force(ctx: Ctx, checked: previews.Shown, whatever_moved: bool) -> Body:
    return _begun(previews.put_in_force(ctx, checked, whatever_moved=whatever_moved))


def _begun(published: rulebook.Published) -> Body:
    return {"version": published.version, "job_id": published.job.id}


def identified(ctx: Ctx, document: Body) -> Body:
    """Give rules without an id one that follows from the document, so that it can be published as it was previewed."""
    return with_ids(document, _ids(ctx, document).__next__)


def _ids(ctx: Ctx, document: Body) -> Iterator[str]:
    seed = rulebook.fingerprint([ctx.portal.id, document])
    place = 0
    while True:
        yield str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{place}"))
        place += 1


def _shown(ctx: Ctx, shown: previews.Shown, cursor: str | None = None) -> Body:
    """Write a preview with one page of its changes. Raises `StaleVersion` when the page before was of another outcome."""
    outcome = shown.outcome
    seen = rulebook.fingerprint([[row.user_id, row.license_type, row.change, row.after] for row in outcome.changes])
    start, former = cursors.decode(cursor, int, str) or (0, seen)
    if start < 0:
        raise errors.Invalid("This cursor belongs to no list; begin without one.", field="cursor")
    if former != seen:
        raise errors.StaleVersion("Something changed since the first page; preview again.", field="cursor")
    rows = outcome.changes[start : start + CHANGES_A_PAGE]
    names = user_names.of(ctx, {row.user_id for row in rows})
    end = start + len(rows)
    return {
        "preview_token": shown.token, "base_version": shown.base_version, "document": shown.document, "counts": outcome.counts,
        "changes": [_change(row, names) for row in rows], "usage": outcome.usage,
        "next": cursors.encode(end, seen) if end < len(outcome.changes) else None,
    }  # fmt: skip


def _change(row: Any, names: dict[str, str]) -> Body:
    parts = {name: getattr(row, name) for name in ("user_id", "license_type", "before", "after", "reason")}
    return parts | {"user_name": names[row.user_id], "change": row.change.value}
