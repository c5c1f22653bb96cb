"""Exports: asked for here, made in the background, downloaded when done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from scim_portal import errors
from scim_portal.models import Job
from scim_portal.services import exports as services
from scim_portal.services import past_exports
from scim_portal.web import languages
from scim_portal.web.portal import dates, door, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import as_end_of_day, day, problems, text
from scim_portal.web.telling import told

DATASETS = [("seats", _l("Seats: who has which license")), ("ledger", _l("Ledger: every change, with its reason"))]
FORMATS = [
    ("csv-excel", _l("CSV for spreadsheets")),
    ("csv-raw", _l("CSV, byte-true")),
    ("jsonl-raw", _l("JSON Lines, the evidence")),
]
STATES = {"queued": _l("queued"), "running": _l("running"), "done": _l("done"), "failed": _l("failed")}


@dataclass(frozen=True, slots=True)
class Pack:
    """An export as the list shows it."""

    title: str
    note: str
    state: str
    state_words: str
    created_at: datetime
    sha256: str | None
    url: str | None


@blueprint.get("/exports")
def exports() -> Answer:
    """List the exports made so far, and offer a new one."""
    return _page({})


@blueprint.post("/exports")
def export_begin() -> Answer:
    """Ask for an export."""
    try:
        door.change(lambda ctx: services.begin(ctx, services.checked(_asked(), ctx.now)))
    except errors.Invalid as error:
        return _page(problems(error)), 422
    flash(_("The export is being made. It is listed here, and can be downloaded when it is done."), "success")
    return redirect(url_for("portal.exports"))


@blueprint.get("/exports/<export_id>/download")
def export_download(export_id: str) -> Answer:
    """Give the file. Refused while it is not done."""
    ctx = door.context()
    job = services.find(ctx, export_id)
    path = services.file_of(ctx, job.id)
    if job.state != "done" or not path.exists():
        raise errors.Conflict("The export is not done yet, or its file is gone.", field="id", value=export_id)
    return send_file(path, as_attachment=True, download_name=services.of_job(job).file_name)


def _asked() -> services.Request:
    format, __, profile = request.form.get("format", "").partition("-")
    until, as_of = (as_end_of_day(name, text(name)) for name in ("to", "as_of"))
    return services.Request(
        request.form.get("dataset", ""), format, since=day("from"), until=until,
        profile=profile or "raw", as_of=_until_now(as_of),
    )  # fmt: skip


def _until_now(end: datetime | None) -> datetime | None:
    """Give the end of a day; today's is now."""
    now = door.context().now
    return now if end and dates.in_form(dates.ending(end)) == dates.in_form(now) else end


def _page(found: dict[str, str]) -> str:
    jobs = past_exports.recent(door.context())
    busy = any(job.state in {"queued", "running"} for job in jobs)
    packs = [_pack(job) for job in jobs]
    if request.headers.get("HX-Request"):
        return door.page("_packs.html", packs=packs, busy=busy)
    return door.page(
        "exports.html", section="exports", packs=packs, busy=busy, datasets=DATASETS, formats=FORMATS, form=request.form,
        errors=found,
    )  # fmt: skip


def _pack(job: Job) -> Pack:
    asked = services.of_job(job)
    as_of = asked.as_of and asked.as_of - timedelta(seconds=1)
    period = " – ".join(wording.day(one) for one in (asked.since, asked.until, as_of) if one)
    rows = job.result.get("rows") if job.result else None
    made = "" if rows is None else ngettext("%(n)s row", "%(n)s rows", rows, n=languages.number(rows))
    note = ", ".join(part for part in (period, made, told(job.message)) if part)
    dataset = {"seats": _("Seats"), "ledger": _("Ledger")}.get(asked.dataset, asked.dataset.capitalize())
    title = f"{dataset}, {'JSON Lines' if asked.format == 'jsonl' else 'CSV'}"
    url = url_for("portal.export_download", export_id=job.id) if job.state == "done" else None
    return Pack(
        title,
        note,
        job.state,
        str(STATES.get(job.state, job.state)),
        job.created_at,
        job.result.get("sha256") if job.result else None,
        url,
    )
