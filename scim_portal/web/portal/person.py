"""A provisioned user's own page, reached by a link, and the button on the user's page that makes the link.

The link's value goes into a cookie that only this page is sent, so that it is in no address and no referrer. It shows what is
the person's own and nothing of others; who has no access, for whatever reason, gets the same kind page.
"""

from __future__ import annotations

import json
from typing import Any

from flask import make_response, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Seat, Ticket, User
from scim_portal.services import account_links, catalog, people, rosters, rulebook
from scim_portal.web import tenancy
from scim_portal.web.portal import door, wording
from scim_portal.web.portal.door import Answer, blueprint

PRIVATELY = {"Referrer-Policy": "no-referrer"}
MOST_GROUPS = 200


@blueprint.get("/account/<token>")
def person_enter(token: str) -> Answer:
    """Follow a link: keep its value in a cookie and go on to the page."""
    ctx = door.context()
    try:
        account_links.person(ctx, token)
    except errors.NotFound as error:
        return _counted(error.detail)
    response = make_response(redirect(url_for("portal.person")))
    secure, path = tenancy.settings().secure_cookies, url_for("portal.person")
    response.set_cookie(_cookie(), token, secure=secure, httponly=True, samesite="Lax", path=path)
    response.headers.update(PRIVATELY)
    return response


@blueprint.get("/account")
def person() -> Answer:
    """Show somebody their own profile, groups, licenses and places in queues."""
    value = request.cookies.get(_cookie(), "")
    try:
        account_links.person(door.context(), value)  # so that nobody without a good link opens a write
        user = door.change(lambda ctx: account_links.visit(ctx, value))
    except errors.NotFound:
        return _closed(_("It opens by a link that your administrator gives you."), 401)
    except errors.TooMany as error:
        return _too_often(error)
    ctx = door.context()
    types = {one.key: one.name for one in rulebook.license_types(ctx).values()}
    seats, tickets = people.seats(ctx, [user.id]), people.tickets(ctx, [user.id])
    body = door.page(
        "person.html", person=user, profile=_profile(user), is_provided=user.connector_id is not None,
        groups=[one.group.display_name for one in rosters.groups_of(ctx, user.id)][:MOST_GROUPS],
        seats=[_seat(one, types) for one in seats.get(user.id, [])],
        tickets=[_ticket(ctx, one, types) for one in tickets.get(user.id, [])],
    )  # fmt: skip
    return body, 200, PRIVATELY


@blueprint.post("/users/<user_id>/account-link")
def account_link_make(user_id: str) -> Answer:
    """Make a link to a user's own page and show it, this once."""
    try:
        link = door.change(lambda ctx: account_links.make(ctx, user_id))
    except errors.Conflict as error:
        return door.page("account_link.html", section="users", link=None, detail=error.detail, user_id=user_id), 409
    return door.page("account_link.html", section="users", link=link, user_id=user_id)


@blueprint.post("/users/<user_id>/account-link/end")
def account_link_end(user_id: str) -> Answer:
    """End a user's link."""
    back = url_for("portal.user", user_id=user_id)
    return door.attempt(
        lambda ctx: account_links.end(ctx, user_id), said=_("The link opens nothing any more."), back=back
    )


def _cookie() -> str:
    return "__Secure-person" if tenancy.settings().secure_cookies else "person"


def _counted(detail: str) -> Answer:
    try:
        door.change(account_links.count_guess)
    except errors.TooMany as error:
        return _too_often(error)
    return _closed(detail, 404)


def _too_often(error: errors.TooMany) -> Answer:
    body, status, headers = _closed(error.detail, 429)
    return body, status, headers | {"Retry-After": str(error.retry_after)}


def _closed(detail: str, status: int) -> Answer:
    body = door.page("link_dead.html", title=_("This page is not open"), detail=detail, me=None)
    return body, status, PRIVATELY


def _profile(user: User) -> list[tuple[str, Any]]:
    content: dict[str, Any] = json.loads(user.document)
    enterprise: dict[str, Any] = next(
        (value for key, value in content.items() if key.lower().endswith("enterprise:2.0:user")), {}
    )
    found = [
        (_("Name"), user.display_name), (_("User name"), user.user_name), (_("Email"), user.email),
        (_("Title"), content.get("title")), (_("Department"), enterprise.get("department")),
    ]  # fmt: skip
    return [(label, value) for label, value in found if value]


def _seat(seat: Seat, types: dict[str, str]) -> dict[str, Any]:
    tails = {
        "releasing": _("You keep it until %(day)s.", day=wording.day(seat.due_at))
        if seat.due_at
        else _("It is about to end."),
        "suspended": _("It cannot be used just now: the contract for it is not running."),
    }
    since = _("Since %(day)s.", day=wording.day(seat.since))
    reason = f"{_because(seat)} {since}"
    return {"name": types[seat.license_type], "state": seat.state, "reason": f"{reason} {tails.get(seat.state, '')}"}


def _because(row: Seat | Ticket) -> str:
    """Say what gives somebody a license, in words for that person."""
    if row.source_kind == "rule":
        return _("The rule “%(rule)s” gives it to you.", rule=row.rule_name)
    return _("An administrator gave it to you.") if row.source_kind == "pin" else _("Everybody is given it.")


def _ticket(ctx: Ctx, ticket: Ticket, types: dict[str, str]) -> dict[str, Any]:
    place = people.position(ctx, ticket)
    type, since = catalog.summary(ctx, ticket.license_type), wording.day(ticket.since)
    if type.limit == 0:
        waits = _("There are none just now; you are in the queue since %(day)s.", day=since)
    elif type.free == 0:
        waits = _("All are in use; you are in the queue since %(day)s.", day=since)
    else:
        waits = _("You are in the queue since %(day)s.", day=since)
    reason = f"{_because(ticket)} {waits}"
    if ticket.parked_until is not None:
        reason = _("Your place in the queue is kept until %(day)s.", day=wording.day(ticket.parked_until))
    return {"name": types[ticket.license_type], "place": place, "reason": reason}
