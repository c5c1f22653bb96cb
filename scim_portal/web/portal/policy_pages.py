"""The history of the policy: each version that was live, its work while it lasts, what was predicted and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.models import Job, PolicyVersion
from scim_portal.services import drafts, policy_outcomes, rulebook
from scim_portal.services.policy_outcomes import Past
from scim_portal.web.portal import door, policy_words
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.policy_words import Difference, Document, Vocabulary
from scim_portal.web.telling import told

RUNNING = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version as the history shows it; `compared` is (what, predicted, actual), a missing number None."""

    row: PolicyVersion
    live: bool
    differences: list[Difference]
    job: Job | None
    compared: list[tuple[str, int | None, int | None]]

    @property
    def is_running(self) -> bool:
        """Whether people are still being brought in line with it."""
        return self.job is not None and self.job.state in RUNNING


@blueprint.get("/rules/history")
def policy_history() -> Answer:
    """List the versions that were live, newest first, a page at a time."""
    ctx = door.context()
    typed = request.args.get("before", "")
    found, following = policy_outcomes.history(ctx, before=int(typed) if _is_version(typed) else None)
    live, words = rulebook.current(ctx)[0], policy_words.vocabulary(ctx)
    return door.page(
        "policy_history.html", section="rules", versions=[_version(one, live, words) for one in found],
        draft=drafts.latest(ctx),
        next_url=url_for("portal.policy_history", before=following) if following else None,
        first_url=url_for("portal.policy_history") if typed else None,
    )  # fmt: skip


@blueprint.get("/rules/history/<int:version>/progress")
def policy_progress(version: int) -> Answer:
    """Send how far the work of one version is; the last answer says what came of it and asks no more."""
    ctx = door.context()
    found = policy_outcomes.one(ctx, _checked(version))
    item = _version(found, rulebook.current(ctx)[0], policy_words.vocabulary(ctx))
    return door.page("_policy_work.html", item=item, polled=True)


@blueprint.post("/rules/history/<int:version>/draft")
def policy_restore(version: int) -> Answer:
    """Take an old version's document as the draft, and go to its preview."""
    number = _checked(version)

    def replaced(document: Document, old: Document) -> None:
        document.clear()
        document.update(old)

    try:
        door.change(lambda ctx: drafts.edit(ctx, lambda now: replaced(now, rulebook.document(ctx, number))))
    except errors.Invalid as error:
        flash(
            _("Version %(version)s cannot be used any more. %(why)s", version=number, why=told(error.detail)), "error"
        )
        return redirect(url_for("portal.policy_history"))
    if rulebook.draft(door.context()) is None:
        flash(_("Version %(version)s says what is live already.", version=number), "info")
        return redirect(url_for("portal.policy_history"))
    flash(_("Version %(version)s is the draft now. This is what publishing it would do.", version=number), "success")
    return redirect(url_for("portal.rules_preview"))


def _version(found: Past, live: int, words: Vocabulary) -> Version:
    row = found.version
    differences = policy_words.differences(found.before, row.document, words)
    return Version(row, row.version == live, differences, found.job, _compared(row.predicted, found.actual))


def _compared(
    predicted: dict[str, Any] | None, actual: dict[str, int] | None
) -> list[tuple[str, int | None, int | None]]:
    if predicted is None and actual is None:
        return []
    words = {
        "grant": _("get a seat"),
        "swap": _("get another"),
        "queue": _("begin to wait"),
        "release": _("lose or lesser"),
    }
    return [(label, predicted and predicted.get(kind), actual and actual.get(kind)) for kind, label in words.items()]


def _checked(version: int) -> int:
    """Refuse what no database could hold. Raises `NotFound`."""
    if version > 2**31 - 1:
        raise errors.NotFound(_("There is no such version."), field="version", value=version)
    return version


def _is_version(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10
