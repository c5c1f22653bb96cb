"""The waitlist as it stands: who waits for what, in order, and giving somebody another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import AdminAction, Ticket, User
from scim_portal.services import catalog, list_exports, people, queue_places, records
from scim_portal.services.pages import Page
from scim_portal.web.portal import addresses, door, found_people, list_files, wording
from scim_portal.web.portal.addresses import Chip
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import refusal, text, whole

BACK = "portal.waitlist"
FIELDS = frozenset({"queue_priority", "reason"})


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue as the waitlist shows it; `given` is the admin's action that gave the priority, if one did."""

    position: int
    user_id: str
    user_name: str
    license_type: str
    type_name: str
    source: str
    klass: int
    queue_priority: int
    number: int
    since: datetime
    is_given: bool
    given: AdminAction | None


@blueprint.get("/waitlist")
def waitlist() -> Answer:
    """List who waits for what, in the order seats will be given."""
    return _page()


def _page(refused: tuple[str, str] | None = None, found_wrong: dict[str, str] | None = None) -> str:
    """Give the page; with what was wrong with a priority, the form of that user and license type is as it was typed."""
    ctx, license_type = door.context(), addresses.argument("license")
    persons = found_people.asked(ctx)
    found = records.waitlist(ctx, license_type=license_type, user_ids=persons.ids, cursor=addresses.argument("cursor"))
    types = [item.type for item in catalog.summaries(ctx)]
    chips: list[Chip] = [
        addresses.chip(f"{one.name} · {one.waiting:,}", "license", one.key) for one in types if one.waiting
    ]
    waiting = sum(one.waiting for one in types if license_type in (None, one.key))
    page = found if persons.ids is not None else Page(found.items, found.next, waiting)
    return door.page(
        "waitlist.html", section="waitlist", chips=chips, classes=wording.CLASSES, people=persons,
        tickets=_places(ctx, found.items, {one.key: one.name for one in types}, whole_queue=persons.ids is None),
        applied=addresses.applied([persons.select]), csv_url=addresses.with_arguments("portal.export_waitlist"),
        kept=addresses.arguments(), refused=refused, errors=found_wrong or {}, form=request.form,
        **addresses.paging(page, _("people waiting")),
    )  # fmt: skip


@blueprint.get("/waitlist.csv")
def export_waitlist() -> Answer:
    """Give the whole waitlist as it is filtered, as a file."""
    license_type, ids = addresses.argument("license"), found_people.asked(door.context()).ids
    return list_files.answer(
        "waitlist", list_exports.TICKETS, lambda ctx: list_exports.tickets(ctx, license_type, ids)
    )  # fmt: skip


@blueprint.post("/waitlist/users/<user_id>/licenses/<license_type>/priority")
def waitlist_priority(user_id: str, license_type: str) -> Answer:
    """Give somebody another priority in a queue, or, with an empty one, that of their rule again."""

    back: dict[str, Any] = addresses.arguments()

    def work(ctx: Ctx) -> None:
        queue_places.give(ctx, user_id, license_type, whole("queue_priority"), reason=text("reason") or "")

    try:
        door.change(work)
    except (errors.Invalid, errors.Conflict) as error:
        found, status = refusal(error, FIELDS)
        return _page((user_id, license_type), found), status
    flash(_("The queue is in its new order."), "success")
    return redirect(url_for(BACK, **back))


def _places(ctx: Ctx, rows: Sequence[Any], names: dict[str, str], *, whole_queue: bool) -> list[Place]:
    given = queue_places.latest(ctx, [ticket.user_id for ticket, _user in rows if ticket.given_priority is not None])
    places: list[Place] = []
    for ticket, user in rows:
        follows = whole_queue and places and places[-1].license_type == ticket.license_type
        position = places[-1].position + 1 if follows else people.position(ctx, ticket) or 0
        places.append(_place(ticket, user, names, position, given))
    return places


def _place(
    ticket: Ticket, user: User, names: dict[str, str], position: int, given: dict[tuple[str, str], AdminAction]
) -> Place:
    return Place(
        position, ticket.user_id, user.display_name or user.user_name, ticket.license_type, names[ticket.license_type],
        wording.source(ticket), ticket.klass, ticket.queue_priority, ticket.number, ticket.since,
        ticket.given_priority is not None, given.get((ticket.user_id, ticket.license_type)),
    )  # fmt: skip
