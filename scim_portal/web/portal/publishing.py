"""From draft to live: the preview person by person, its export, and publishing it. What became of it is in `policy_pages`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from rules.compare import Row
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import drafts, export_formats, previews, rulebook, shown_previews, user_names
from scim_portal.services.previews import Shown, StalePreview
from scim_portal.services.rulebook import Published
from scim_portal.services.shown_previews import Seen
from scim_portal.web import languages
from scim_portal.web.portal import addresses, changed_by, door, linting
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.user_list import type_names
from scim_portal.web.telling import told

PAGE = 50
FEW_NAMES = 8
SEPARATORS = re.compile(r"[\s.,'’]")
CHUNK = 500
COLUMNS = ("user_id", "user_name", "change", "license_before", "license_after", "reason")
TONES = {"grant": "good", "swap": "info", "queue": "warn", "lesser": "warn", "release": "bad"}


@dataclass(frozen=True, slots=True)
class Change:
    """One person's change as the preview shows it."""

    user_id: str
    user_name: str
    label: str
    tone: str
    before: str | None
    after: str | None
    reason: str
    is_wait: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """One type's use before and after, its limit, and how many would begin to wait for it."""

    name: str
    before: int
    after: int
    limit: int | None
    waits: int


@blueprint.get("/rules/preview")
def rules_preview() -> Answer:
    """Show what publishing the draft would do; nothing is stored."""
    ctx = door.context()
    try:
        seen = shown_previews.of_draft(ctx, request.args.get("token"))
    except errors.Invalid as error:
        flash(told(error.detail), "error")
        return redirect(url_for("portal.rules"))
    return _page(ctx, seen)


@blueprint.get("/rules/preview/changes.csv")
def export_preview() -> Answer:
    """Send every change of the preview that is shown, or those of one kind, as CSV."""
    ctx = door.context()
    seen = shown_previews.of_draft(ctx, request.args.get("token"))
    names, wanted = type_names(ctx), addresses.argument("kind")
    rows = [row for row in seen.rows if wanted in (None, shown_previews.kind(row))]
    lines = export_formats.csv_lines(_records(ctx, rows, names), COLUMNS, excel=True)
    file = f"preview-{ctx.portal.slug}-{seen.at:%Y%m%d-%H%M}.csv"
    return Response(
        b"".join(lines), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'}
    )


@blueprint.post("/rules/publish")
def rules_publish() -> Answer:
    """Publish what was previewed; when its outcome would be another one by now, show the new preview."""
    ctx, token = door.context(), request.form.get("preview_token", "")
    try:
        rulebook.read_preview(ctx, token, shown_previews.of_now(ctx))
    except errors.Invalid:
        return _of_another_draft(token)
    seen = shown_previews.of_draft(ctx, token)
    if seen.is_large_loss and SEPARATORS.sub("", request.form.get("typed", "")) != str(seen.lost):
        said = _("Type %(number)s to confirm.", number=seen.lost)
        return _page(ctx, seen, found={"typed": said}), 422
    try:
        published = _publish(token)
    except StalePreview as stale:
        again = shown_previews.keep(door.context(), stale.shown)
        return _page(door.context(), again, stale=_what_moved(again, token)), 409
    except (errors.Invalid, errors.StaleVersion):
        return _of_another_draft(token)
    flash(
        _("Version %(version)s is live. Everybody is being brought in line with it.", version=published.version),
        "success",
    )
    return redirect(url_for("portal.policy_history"))


def _publish(token: str) -> Published:
    """Put the draft in force as it was previewed, while others write.

    Raises `StalePreview`, and `Invalid` or `StaleVersion` when it is another draft by now.
    """

    def look() -> Shown:
        ctx = door.context()
        return previews.check(ctx, drafts.working(ctx), token=token)

    def put(checked: Shown, whatever_moved: bool) -> Published:
        return door.change(lambda ctx: _put_in_force(ctx, checked, whatever_moved))

    return previews.publish_checked(look, put)


def _put_in_force(ctx: Ctx, checked: Shown, whatever_moved: bool) -> Published:
    rulebook.hold(ctx)  # before the draft, as whoever publishes by the API
    drafts.hold(ctx)
    if shown_previews.of_now(ctx) != checked.document:
        raise errors.StaleVersion("Somebody wrote in the draft while it was checked.", field="preview_token")
    return previews.put_in_force(ctx, checked, whatever_moved=whatever_moved)


def _of_another_draft(token: str) -> Answer:
    """Show the preview of the draft as it is now: it, or what is live, is not what was previewed."""
    ctx = door.context()
    latest = drafts.latest(ctx) or drafts.last_touch(ctx, drafts.ORDER)
    again = shown_previews.of_draft(ctx)
    said = _("The rules were last changed by %(who)s %(when)s.", **changed_by.who(latest))
    return _page(ctx, again, stale=[said, *_what_moved(again, token)]), 409


def _what_moved(again: Seen, token: str) -> list[str]:
    """Tell what the new preview says otherwise than the one before, if this process remembers that one."""
    ctx = door.context()
    former = shown_previews.find(ctx, token)
    if former is None:
        return []
    new, gone = shown_previews.moved(former.rows, again.rows)
    names = user_names.of(ctx, {row.user_id for row in islice((*new, *gone), 2 * FEW_NAMES)})
    labels = _labels()
    told = [(new, _("New: %(names)s")), (gone, _("No longer: %(names)s"))]
    return [sentence % {"names": _listed(rows, names, labels)} for rows, sentence in told if rows]


def _listed(rows: list[Row], names: dict[str, str], labels: dict[str, str]) -> str:
    told = [f"{names[row.user_id]} {labels[shown_previews.kind(row)]}" for row in rows[:FEW_NAMES]]
    rest = len(rows) - len(told)
    return "; ".join([*told, ngettext("and %(num)s more", "and %(num)s more", rest)] if rest else told) + "."


def _page(ctx: Ctx, seen: Seen, *, stale: list[str] | None = None, found: dict[str, str] | None = None) -> str:
    outcome, names = seen.shown.outcome, type_names(ctx)
    counts, waits = shown_previews.by_kind(seen.rows), shown_previews.waits(seen.rows)
    return door.page(
        "preview.html", section="rules", version=seen.shown.base_version, preview_token=seen.shown.token, at=seen.at,
        stale=stale, errors=found or {}, has_draft=rulebook.draft(ctx) is not None,
        tally=[(label, counts[kind], TONES[kind] if counts[kind] else "") for kind, label in _tally().items()],
        usage=[
            Usage(names.get(key, key), one.before, one.after, one.limit, waits[key])
            for key, one in outcome.usage.items()
        ],
        lost=seen.lost, must_type=seen.lost if seen.is_large_loss else None, affected=sum(counts.values()),
        unchanged=outcome.counts["unchanged"], marks=linting.marks(ctx, seen.shown.document), **_rows(ctx, seen, counts, names),
    )  # fmt: skip


def _rows(ctx: Ctx, seen: Seen, counts: dict[str, int], names: dict[str, str]) -> dict[str, Any]:
    """Give one page of the changes of the kind that the address names, and the way to the others."""
    here = _addresses(seen.shown.token)
    wanted = addresses.argument("kind")
    rows = [row for row in seen.rows if wanted in (None, shown_previews.kind(row))]
    last = max((len(rows) - 1) // PAGE, 0)
    typed = request.args.get("page", "1")
    page = min(max(int(typed) - 1, 0), last) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    part = rows[page * PAGE : (page + 1) * PAGE]
    users = user_names.of(ctx, {row.user_id for row in part})
    chips = [
        addresses.Chip(
            f"{label} {languages.number(counts[kind])}", here(kind=None if wanted == kind else kind), wanted == kind
        )
        for kind, label in _labels().items()
        if counts[kind]
    ]
    return {
        "changes": [_change(row, users, names) for row in part], "chips": chips if len(chips) > 1 or wanted else [],
        "filtered": wanted is not None, "total": len(rows), "first": page * PAGE + 1, "last": page * PAGE + len(part),
        "previous_url": here(kind=wanted, page=str(page)) if page else None,
        "next_url": here(kind=wanted, page=str(page + 2)) if page < last else None, "all_url": here(kind=None),
        "export_url": url_for("portal.export_preview", token=seen.shown.token, kind=wanted),
    }  # fmt: skip


def _addresses(token: str) -> Callable[..., str]:
    """Give what makes addresses of pages of one preview."""

    def here(**arguments: str | None) -> str:
        return url_for("portal.rules_preview", token=token, **{k: v for k, v in arguments.items() if v})

    return here


def _change(row: Row, users: dict[str, str], names: dict[str, str]) -> Change:
    before, after = (names.get(key, key) if key else None for key in (row.before, row.after))
    kind = shown_previews.kind(row)
    return Change(
        row.user_id, users[row.user_id], _labels()[kind], TONES[kind], before, after, row.reason, kind == "queue"
    )


def _records(ctx: Ctx, rows: list[Row], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        users = user_names.of(ctx, {row.user_id for row in part})
        for row in part:
            before, after = (names.get(key, key) if key else None for key in (row.before, row.after))
            values = (row.user_id, users[row.user_id], shown_previews.kind(row), before, after, row.reason)
            yield dict(zip(COLUMNS, values, strict=True))


def _labels() -> dict[str, str]:
    """What happens to one person, by kind of change."""
    words = (
        _("gets a seat"),
        _("gets another seat"),
        _("begins to wait"),
        _("gets a lesser seat"),
        _("loses the seat"),
    )
    return dict(zip(shown_previews.KINDS, words, strict=True))


def _tally() -> dict[str, str]:
    """What happens to so many people, by kind of change."""
    words = (_("get a seat"), _("get another"), _("begin to wait"), _("get a lesser one"), _("lose their seat"))
    return dict(zip(shown_previews.KINDS, words, strict=True))
