"""Evidence for auditors: whole populations, streamed in constant memory, as JSON Lines or CSV (see `export_formats`).

JSON Lines is the evidence, CSV a rendering of it. Every export is a line among the admin actions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import func, select

from scim_portal import __version__
from scim_portal.context import Ctx
from scim_portal.db import snapshot
from scim_portal.errors import Invalid, NotFound
from scim_portal.models import Job, SeatEntry, User
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, export_formats, export_rows, records, work
from scim_portal.services.audit import Action
from scim_portal.services.records import LedgerFilter

Row = dict[str, Any]
DATASETS = {"seats": export_rows.SEAT_COLUMNS, "ledger": export_rows.LEDGER_COLUMNS}
FORMATS = ("csv", "jsonl")
PROFILES = ("excel", "raw")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be exported: `as_of` is for `seats`, the period (`until` exclusive) for `ledger`."""

    dataset: str
    format: str
    as_of: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    profile: str = "raw"

    @property
    def file_name(self) -> str:
        """Name the file by what is in it."""
        return f"{self.dataset}.{self.format}"


def checked(request: Request, now: datetime) -> Request:
    """Give the request back. Raises `Invalid` for what cannot be exported."""
    if request.dataset not in DATASETS:
        raise Invalid(
            say(
                "There is no dataset {dataset!r}; choose {choices}.",
                dataset=request.dataset,
                choices=" or ".join(DATASETS),
            ),
            field="dataset",
        )
    if request.format not in FORMATS:
        raise Invalid(
            say(
                "There is no format {format!r}; choose {choices}.", format=request.format, choices=" or ".join(FORMATS)
            ),
            field="format",
        )
    if request.profile not in PROFILES:
        raise Invalid("A CSV profile is excel or raw.", field="profile")
    if request.as_of and request.as_of > now:
        raise Invalid("as_of lies in the future.", field="as_of")
    if request.since and request.until and request.until <= request.since:
        raise Invalid("The period must end after it begins.", field="to")
    return request


def stream(ctx: Ctx, request: Request) -> Iterator[bytes]:
    """Produce the file's bytes piece by piece, from one snapshot of the database."""
    snapshot()
    columns = DATASETS[request.dataset]
    if request.format == "jsonl":
        return export_formats.jsonl(rows(ctx, request))
    return export_formats.csv_lines(rows(ctx, request), columns, excel=request.profile == "excel")


def rows(ctx: Ctx, request: Request) -> Iterator[Row]:
    """Produce the dataset's rows."""
    if request.dataset == "ledger":
        query = records.ledger_query(ctx, LedgerFilter(since=request.since, until=request.until)).order_by(SeatEntry.id)
        return (export_rows.ledger_row(ctx, entry) for (entry,) in records.stream(query))
    types = export_rows.type_facts(ctx)
    if request.as_of is None:
        found = records.stream(records.seats_query(ctx))
        return (export_rows.seat_row(ctx, ctx.now, export_rows.live(seat), user, types) for seat, user in found)
    past = records.stream(_seats_as_of(ctx, request.as_of))
    return (export_rows.seat_row(ctx, request.as_of, entry.after, user, types, entry.user_name) for entry, user in past)


def note(ctx: Ctx, request: Request) -> None:
    """Write down that somebody exported something."""
    after = {"dataset": request.dataset, "format": request.format}
    audit.record(ctx, Action.EXPORT_MADE, "export", None, request.file_name, after=after)


def begin(ctx: Ctx, request: Request) -> Job:
    """Start an export as a job; its id is the export's id. Raises `Invalid` like `checked`."""
    note(ctx, checked(request, ctx.now))
    moments = {name: value.isoformat() for name in ("as_of", "since", "until") if (value := getattr(request, name))}
    return work.enqueue(
        ctx, "export", dataset=request.dataset, format=request.format, profile=request.profile, **moments
    )


def make(ctx: Ctx, job: Job) -> Row:
    """Write a job's file below `VAR_DIR`; gives its size, row count and SHA-256."""
    request = of_job(job)
    path = file_of(ctx, job.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        facts = write(ctx, request, file)
    unfinished.replace(path)
    return facts


def write(ctx: Ctx, request: Request, file: BinaryIO, progress: Callable[[int], None] | None = None) -> Row:
    """Write an export into a file; gives rows, bytes, sha256 and how it was made."""
    digest, size, count = hashlib.sha256(), 0, 0
    for piece in stream(ctx, request):
        file.write(piece)
        digest.update(piece)
        size += len(piece)
        count += piece.count(b"\n") if request.format == "jsonl" else 1
        if progress:
            progress(count)
    rows_written = count if request.format == "jsonl" else count - 1
    return {
        "file": request.file_name, "dataset": request.dataset, "format": request.format, "rows": rows_written, "bytes": size,
        "sha256": digest.hexdigest(), "portal": ctx.portal.slug, "made_at": ctx.now.isoformat(), "version": __version__,
    }  # fmt: skip


def find(ctx: Ctx, id: str) -> Job:
    """Find an export's job. Raises `NotFound`."""
    job = work.find(ctx, id)
    if job.kind != "export":
        raise NotFound("There is no such export in this portal.", field="id", value=id)
    return job


def file_of(ctx: Ctx, id: str) -> Any:
    """Tell where an export's file is kept."""
    return ctx.settings.var_dir / "exports" / ctx.portal.id / id


def of_job(job: Job) -> Request:
    """Read back what a job was asked to export."""
    said = job.arguments
    moments = {name: datetime.fromisoformat(said[name]) for name in ("as_of", "since", "until") if said.get(name)}
    return Request(said["dataset"], said["format"], profile=said.get("profile", "raw"), **moments)


def _seats_as_of(ctx: Ctx, moment: datetime) -> Any:
    """Select, per user and type, the last seat entry up to a moment, where it left a seat behind: the folded ledger."""
    place = func.row_number().over(
        partition_by=(SeatEntry.license_type, SeatEntry.user_id), order_by=SeatEntry.number.desc()
    )
    latest = (
        select(SeatEntry.id, place.label("place"))
        .where(SeatEntry.portal_id == ctx.portal.id, SeatEntry.at <= moment, SeatEntry.event.startswith("seat."))
        .subquery()
    )
    return (
        select(SeatEntry, User)
        .join(latest, (latest.c.id == SeatEntry.id) & (latest.c.place == 1))
        .outerjoin(User, (User.portal_id == SeatEntry.portal_id) & (User.id == SeatEntry.user_id))
        .where(SeatEntry.portal_id == ctx.portal.id, SeatEntry.to_state.is_not(None))
        .order_by(SeatEntry.license_type, SeatEntry.user_id)
    )
