"""One user: every seat and the reason for it, and what an admin can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.models import Seat, Ticket
from scim_portal.services import account_links, people, provisioning, rosters, rulebook
from scim_portal.web.portal import addresses, door, exceptions, explaining, identity, timeline, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.user_list import type_names

MOST_GROUPS = 100


@blueprint.get("/users/<user_id>")
def user(user_id: str) -> Answer:
    """Show one user: seats and why, how the rules were read, the timeline, identity and groups."""
    return page(user_id)


def page(user_id: str, found_wrong: Mapping[str, str] | None = None) -> str:
    """Give a user's page; with what was wrong with an exception, by field, its form is as it was typed."""
    ctx = door.context()
    found = people.user(ctx, user_id)
    names = type_names(ctx)
    seats, tickets = people.seats(ctx, [user_id]), people.tickets(ctx, [user_id])
    groups = rosters.groups_of(ctx, user_id)
    part, happenings = timeline.page(ctx, user_id, names)
    return door.page(
        "user.html", section="users", user=found, deleted=found.deleted_at is not None,
        erased=found.erased_at is not None, seats=[_seat(seat, names) for seat in seats.get(user_id, [])],
        tickets=[_ticket(ctx, ticket, names) for ticket in tickets.get(user_id, [])],
        families=explaining.families(ctx, user_id, names), policy_version=rulebook.current(ctx)[0],
        happenings=happenings, timeline_chips=timeline.chips(), paging=addresses.paging(part, _("entries")),
        identity=identity.facts(ctx, found), attributes=identity.sections(found),
        document=json.dumps(json.loads(found.document), indent=2, ensure_ascii=False), groups=groups[:MOST_GROUPS],
        groups_total=len(groups), overrides=exceptions.of_user(ctx, user_id, names), type_options=list(names.items()),
        account_link_until=account_links.good_until(ctx, user_id), errors=found_wrong or {},
        form=request.form if found_wrong else {},
    )  # fmt: skip


@blueprint.post("/users/<user_id>/deactivate")
def user_deactivate(user_id: str) -> Answer:
    """End a user's access; the seats are held."""
    said = _("The user is deactivated. Seats are held, then released.")
    return door.attempt(lambda ctx: provisioning.set_active(ctx, user_id, False), said=said, back=_own(user_id))


@blueprint.post("/users/<user_id>/reactivate")
def user_reactivate(user_id: str) -> Answer:
    """Give a deactivated user access again."""
    said = _("The user is active again.")
    return door.attempt(lambda ctx: provisioning.set_active(ctx, user_id, True), said=said, back=_own(user_id))


@blueprint.post("/users/<user_id>/restore")
def user_restore(user_id: str) -> Answer:
    """Undo a delete."""
    said = _("The user is back, with their groups.")
    return door.attempt(lambda ctx: provisioning.restore(ctx, user_id), said=said, back=_own(user_id))


def _seat(seat: Seat, names: dict[str, str]) -> dict[str, Any]:
    reason = _("From %(source)s.", source=wording.source(seat))
    if seat.due_at and seat.state == "releasing":
        reason = _(
            "From %(source)s. It settles until %(day)s.", source=wording.source(seat), day=wording.day(seat.due_at)
        )
    elif seat.due_at and seat.state == "held":
        reason = _(
            "From %(source)s. It is held until %(day)s.", source=wording.source(seat), day=wording.day(seat.due_at)
        )
    return {
        "name": names[seat.license_type], "state": seat.state, "overage": seat.overage, "since": seat.since, "reason": reason,
    }  # fmt: skip


def _ticket(ctx: Ctx, ticket: Ticket, names: dict[str, str]) -> dict[str, Any]:
    reason = _(
        "From %(source)s; no seat is free. Waiting since %(day)s: %(kind)s, priority %(priority)s.",
        source=wording.source(ticket), day=wording.day(ticket.since), kind=wording.CLASSES[ticket.klass],
        priority=ticket.queue_priority,
    )  # fmt: skip
    if ticket.parked_until:
        reason = _("The wish ended; the place is kept until %(day)s.", day=wording.day(ticket.parked_until))
    return {
        "name": names[ticket.license_type],
        "position": people.position(ctx, ticket),
        "reason": reason,
        "key": ticket.license_type,
    }


def _own(user_id: str) -> str:
    return url_for("portal.user", user_id=user_id)
