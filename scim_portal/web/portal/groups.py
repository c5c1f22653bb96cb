"""Groups that identity providers pushed: their members, and the rules that name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scim_portal.services import connectors as connector_services
from scim_portal.services import group_lists, list_exports, people, resource_types, rosters, rulebook
from scim_portal.services import groups as group_services
from scim_portal.services.pages import COUNTED
from scim_portal.services.people import Wanted
from scim_portal.web.portal import addresses, door, list_files, user_list
from scim_portal.web.portal.addresses import Chip, Select
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.group_rules import Naming

EMPTY = {
    "okta": (
        _l("No members were sent"),
        _l("Okta pushed only the name. Assign the group to the app in Okta too, then push it again."),
    ),
    "entra": (
        _l("No members were sent"),
        _l(
            "Entra sent only the name. Members follow with its next cycle, about every 40 minutes; "
            "only direct members are sent."
        ),
    ),
    "generic": (
        _l("No members were sent"),
        _l("The provider sent only the name, or members whom nobody knows here yet."),
    ),
    None: (_l("No members"), _l("Nobody is in this group.")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A group as its list shows it; `names_only` when a provider pushed it without anybody in it."""

    id: str
    display_name: str
    members: str
    indirect: int
    nested: int
    rules: list[dict[str, Any]]
    connector: str | None
    updated_at: datetime
    deleted: bool
    names_only: bool


@blueprint.get("/groups")
def groups() -> Answer:
    """List groups."""
    ctx, sort = door.context(), addresses.one_of("sort", group_lists.SORTS, "name")
    naming, connectors = _naming(), {one.id: one.name for one in connector_services.everyone(ctx)}
    wanted = _asked(naming)
    found = group_lists.page(ctx, wanted, sort=sort, cursor=addresses.argument("cursor"), count=True)
    lines = [
        Line(
            item.group.id, item.group.display_name, _number(item.members), item.indirect, item.nested,
            naming.of(item.group), connectors.get(item.group.connector_id or ""), item.group.updated_at,
            item.group.deleted_at is not None, _is_names_only(item),
        )
        for item in found.items
    ]  # fmt: skip
    selects = [Select("connector", _("Connector"), list(connectors.items()))]
    return door.page(
        "groups.html", section="groups", groups=lines, q=wanted.search, chips=_chips(), selects=selects, sort=sort,
        sorts=[("name", _("Name, A to Z")), ("-name", _("Name, Z to A")), ("-updated", _("Pushed last"))],
        applied=addresses.applied(selects), kept=addresses.arguments(), filtered=wanted != group_lists.Wanted(),
        csv_url=addresses.with_arguments("portal.export_groups"), **addresses.paging(found, _("groups")),
    )  # fmt: skip


@blueprint.get("/groups.csv")
def export_groups() -> Answer:
    """Give all groups that the filters let through, as a file."""
    wanted = _asked(_naming())
    sort = addresses.one_of("sort", group_lists.SORTS, "name")
    return list_files.answer("groups", list_exports.GROUPS, lambda ctx: list_exports.groups(ctx, wanted, sort))


@blueprint.get("/groups/<group_id>")
def group(group_id: str) -> Answer:
    """Show one group with its members, and the groups next to it."""
    ctx = door.context()
    found = people.group(ctx, group_id)
    members = people.users(
        ctx, Wanted(member_of=group_id), sort="user_name", cursor=addresses.argument("cursor"), count=True
    )
    connectors = {one.id: one for one in connector_services.everyone(ctx)}
    source = connectors.get(found.connector_id or "")
    facts = [
        (_("Source"), source.name if source else _("this portal")),
        (_("External id"), found.external_id),
        (_("Id"), found.id),
    ]
    return door.page(
        "group.html", section="groups", group=found, deleted=found.deleted_at is not None, total=members.total,
        members=user_list.lines(ctx, members.items), facts=facts,
        rules=_naming().of(found), line=rosters.lines(ctx, [found])[0],
        empty_words=EMPTY[source.kind if source else None],
        **addresses.paging(members, _("members")),
    )  # fmt: skip


@blueprint.post("/groups/<group_id>/restore")
def group_restore(group_id: str) -> Answer:
    """Undo a delete."""
    back = url_for("portal.group", group_id=group_id)
    return door.attempt(
        lambda ctx: group_services.restore(ctx, group_id), said=_("The group is back with its members."), back=back
    )


def _asked(naming: Naming) -> group_lists.Wanted:
    argument = addresses.argument
    ids = naming.ids if argument("used") == "rules" else None
    return group_lists.Wanted(argument("q"), argument("state"), argument("connector"), ids)


def _chips() -> list[Chip]:
    pairs = (
        (_("Present"), "state", "present"), (_("Deleted"), "state", "deleted"), (_("No members sent"), "state", "empty"),
        (_("Used by rules"), "used", "rules"),
    )  # fmt: skip
    return [addresses.chip(*pair) for pair in pairs]


def _number(count: int) -> str:
    return _("more than %(n)s", n=f"{COUNTED:,}") if count > COUNTED else f"{count:,}"


def _is_names_only(item: group_lists.Line) -> bool:
    pushed = item.group.connector_id is not None and item.group.deleted_at is None
    return pushed and not item.members and not item.indirect and not item.nested


def _naming() -> Naming:
    ctx = door.context()
    return Naming(rulebook.current(ctx)[1], resource_types.user(ctx))
