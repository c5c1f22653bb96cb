"""The list of users: search, filters and order from the address, pages, and all of it as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.errors import NotFound
from scim_portal.models import User
from scim_portal.services import connectors as connector_services
from scim_portal.services import list_exports, people, rulebook, user_conditions
from scim_portal.services.people import Wanted
from scim_portal.web.portal import addresses, bulk_words, door, list_files, wording
from scim_portal.web.portal.addresses import Chip, Select
from scim_portal.web.portal.door import Answer, blueprint

SORT = "user_name"
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A seat or ticket as a list shows it; `told` is its state in words."""

    name: str
    state: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A user as the list shows them."""

    id: str
    display_name: str | None
    user_name: str
    active: bool
    deleted: bool
    connector: str | None
    updated_at: datetime
    seats: list[Named]
    tickets: list[Named]


@blueprint.get("/users")
def users() -> Answer:
    """List users; searched while typing, only the list is sent."""
    ctx, wanted, sort = door.context(), asked(), sorting()
    found = people.users(ctx, wanted, sort=sort, cursor=addresses.argument("cursor"), count=True)
    selects = _selects(ctx)
    values = {
        "users": lines(ctx, found.items), "filtered": wanted != Wanted(), "q": wanted.search, "chips": _chips(),
        "applied": addresses.applied(selects), "kept": addresses.arguments(), "total": found.total,
        "is_more": found.is_more, "bulk_actions": bulk_words.choices(),
        "csv_url": addresses.with_arguments("portal.export_users"), **addresses.paging(found, _("users")),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return door.page("_user_list.html", **values)
    return door.page("users.html", section="users", selects=selects, sorts=_sorts(), sort=sort, **values)


@blueprint.get("/users.csv")
def export_users() -> Answer:
    """Give all users whom the filters let through, as a file."""
    wanted, sort = asked(), sorting()
    return list_files.answer("users", list_exports.USERS, lambda ctx: list_exports.users(ctx, wanted, sort))


def asked(given: Mapping[str, str] | None = None) -> Wanted:
    """Read from the address, or a form, which users are wanted. Raises `NotFound` for a license that is not there."""
    ctx, values = door.context(), request.args if given is None else given

    def argument(name: str) -> str | None:
        return addresses.clean(values.get(name, ""))

    state, concern = argument("state"), argument("concern")
    if state in user_conditions.CONCERNS:  # an older address
        state, concern = None, state
    if (key := argument("license")) and key not in rulebook.license_types(ctx):
        raise NotFound("There is no such license type in this portal.", field="license", value=key)
    return Wanted(
        search=argument("q"), state=state, concern=concern, license_type=key, connector_id=argument("connector"),
        group_id=argument("group"),
    )  # fmt: skip


def sorting() -> str:
    """Read the order from the address."""
    return addresses.one_of("sort", people.SORTS, SORT)


def lines(ctx: Ctx, users: Sequence[User]) -> list[Line]:
    """Describe users for a list, with what they hold and await."""
    names, ids = type_names(ctx), [user.id for user in users]
    seats, tickets = people.seats(ctx, ids), people.tickets(ctx, ids)
    connectors = {one.id: one.name for one in connector_services.everyone(ctx)}
    return [
        Line(
            user.id, user.display_name, user.user_name, user.active, user.deleted_at is not None,
            connectors.get(user.connector_id or ""), user.updated_at,
            [Named(names[one.license_type], one.state, wording.seat_state(one.state)) for one in seats.get(user.id, [])],
            [Named(names[one.license_type]) for one in tickets.get(user.id, []) if one.parked_until is None],
        )
        for user in users
    ]  # fmt: skip


def type_names(ctx: Ctx) -> dict[str, str]:
    """Give the name of every license type by key."""
    return {key: type.name for key, type in rulebook.license_types(ctx).items()}


def _chips() -> list[Chip]:
    pairs = (
        (_("Active"), "state", "active"), (_("Deactivated"), "state", "inactive"), (_("Deleted"), "state", "deleted"),
        (_("Waiting"), "concern", "waiting"), (_("Needs attention"), "concern", "attention"),
        (_("With an exception"), "concern", "exception"),
    )  # fmt: skip
    return [addresses.chip(*pair) for pair in pairs]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("user_name", _("User name, A to Z")), ("-user_name", _("User name, Z to A")), ("-created", _("Newest first")),
        ("created", _("Oldest first")), ("-updated", _("Changed last")),
    ]  # fmt: skip


def _selects(ctx: Ctx) -> list[Select]:
    groups = list(people.group_names(ctx, limit=MOST_GROUPS).items())
    chosen = addresses.argument("group")
    if chosen and chosen not in dict(groups):
        groups.append((chosen, people.group(ctx, chosen).display_name))
    connectors: Any = [(one.id, one.name) for one in connector_services.everyone(ctx)]
    return [
        Select("license", _("License"), list(type_names(ctx).items())),
        Select("connector", _("Connector"), connectors),
        Select("group", _("Group"), groups),
    ]
