"""From draft to live: the preview person by person, publishing it, and the history of versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for

from rules.compare import Row
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Job, PolicyVersion
from scim_portal.services import previews, rulebook, user_names, work
from scim_portal.services.previews import Shown, StalePreview
from scim_portal.web.portal import door, linting, policy_words, rules
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.user_list import type_names

MOST_SHOWN = 200
TYPED_FROM = 20
LABELS = {"grant": "gets a seat", "swap": "other seat", "queue": "waits", "release": "loses the seat"}
TALLY = (
    ("grant", "get a seat", ""),
    ("swap", "change seat", ""),
    ("queue", "wait", "warn"),
    ("release", "lose a seat", "bad"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One person's change as the preview shows it."""

    user_id: str
    user_name: str
    change: str
    label: str
    before: str | None
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """One type's use before and after."""

    name: str
    before: int
    after: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version as the history shows it."""

    version: int
    live: bool
    created_at: datetime
    author: str
    diff: list[str]
    job: Job | None


@blueprint.get("/rules/preview")
def rules_preview() -> Answer:
    """Show what publishing the draft would do; nothing is stored."""
    ctx = door.context()
    try:
        return _preview(ctx, previews.preview(ctx, rules.working(ctx)))
    except errors.Invalid as error:
        flash(error.detail, "error")
        return redirect(url_for("portal.rules"))


@blueprint.post("/rules/publish")
def rules_publish() -> Answer:
    """Publish what was previewed; when its outcome would be another one by now, show the new preview."""
    token, typed = request.form.get("preview_token", ""), request.form.get("typed", "").strip()

    def work_unit(ctx: Ctx) -> Any:
        lost = previews.preview(ctx, rules.working(ctx)).outcome.counts["release"]
        if lost >= TYPED_FROM and typed.replace(",", "") != str(lost):
            raise errors.Invalid(f"Type {lost} to confirm.", field="typed")
        return previews.publish(ctx, rules.working(ctx), token=token)

    try:
        published = door.change(work_unit)
    except StalePreview as stale:
        return _preview(door.context(), stale.shown, stale=True), 409
    except errors.Invalid as error:
        ctx = door.context()
        return _preview(ctx, previews.preview(ctx, rules.working(ctx)), found=error), 422
    flash(f"Version {published.version} is live. Everybody is being brought in line with it.", "success")
    return redirect(url_for("portal.policy_history"))


@blueprint.get("/rules/history")
def policy_history() -> Answer:
    """List every version that was live."""
    ctx = door.context()
    found = rulebook.versions(ctx)
    live = rulebook.current(ctx)[0]
    earlier = [one.document for one in found[1:]] + [rulebook.EMPTY]
    versions = [_version(ctx, one, before, live) for one, before in zip(found, earlier, strict=False)]
    return door.page("policy_history.html", section="rules", versions=versions)


@blueprint.post("/rules/history/<int:version>/draft")
def policy_restore(version: int) -> Answer:
    """Take an old version's document as the draft."""
    said = f"Version {version} is the draft now. Preview it, then publish."
    back = url_for("portal.rules")
    return door.attempt(lambda ctx: rulebook.save_draft(ctx, rulebook.document(ctx, version)), said=said, back=back)


def _preview(ctx: Ctx, shown: Shown, *, stale: bool = False, found: errors.Invalid | None = None) -> str:
    outcome, names = shown.outcome, type_names(ctx)
    counts = outcome.counts
    affected = sum(counts[effect] for effect in LABELS)
    lost = counts["release"]
    shown_rows = outcome.changes[:MOST_SHOWN]
    users = user_names.of(ctx, {row.user_id for row in shown_rows})
    return door.page(
        "preview.html", section="rules", version=shown.base_version, preview_token=shown.token, stale=stale,
        changes=[_change(row, users, names) for row in shown_rows], changes_total=len(outcome.changes),
        counts=[(label, counts[effect], tone if counts[effect] else "") for effect, label, tone in TALLY],
        usage=[Usage(names[key], one.before, one.after, one.limit) for key, one in outcome.usage.items()],
        question=f"{affected:,} changes follow, {lost:,} of them lose a seat.", must_type=lost if lost >= TYPED_FROM else None,
        unchanged=counts["unchanged"], errors={found.field or "": found.detail} if found else {},
        marks=linting.marks(ctx, shown.document),
    )  # fmt: skip


def _change(row: Row, users: dict[str, str], names: dict[str, str]) -> Change:
    before, after = (names.get(key, key) if key else None for key in (row.before, row.after))
    label = LABELS[row.change.value] if row.change != "release" or not after else "a lesser seat"
    return Change(row.user_id, users[row.user_id], row.change.value, label, before, after, row.reason)


def _version(ctx: Ctx, one: PolicyVersion, before: dict[str, Any], live: int) -> Version:
    job = work.find(ctx, one.job_id) if one.job_id else None
    diff = policy_words.differences(before, one.document)
    return Version(one.version, one.version == live, one.created_at, one.author, diff, job)
