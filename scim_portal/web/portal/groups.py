"""Groups that identity providers pushed: their members, and the rules that name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from scim_portal.models import Group
from scim_portal.services import connectors as connector_services
from scim_portal.services import groups as group_services
from scim_portal.services import people, resource_types, rosters, rulebook
from scim_portal.services.people import Wanted
from scim_portal.services.rosters import GroupLine
from scim_portal.web.portal import addresses, door, policy_words
from scim_portal.web.portal import people as people_pages
from scim_portal.web.portal.door import Answer, blueprint

EMPTY = {
    "okta": (
        "No members were sent",
        "Okta pushed only the name. Assign the group to the app in Okta too, then push it again.",
    ),
    "entra": (
        "No members were sent",
        "Entra sent only the name. Members follow with its next cycle, about every 40 minutes; only direct members are sent.",
    ),
    "generic": ("No members were sent", "The provider sent only the name, or members whom nobody knows here yet."),
    None: ("No members", "Nobody is in this group."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A group as its list shows it; `names_only` when a provider pushed it without anybody in it."""

    id: str
    display_name: str
    members: int
    indirect: int
    nested: int
    rules: list[dict[str, Any]]
    connector: str | None
    updated_at: datetime
    deleted: bool
    names_only: bool


@blueprint.get("/groups")
def groups() -> Answer:
    """List groups by name."""
    ctx = door.context()
    search = addresses.argument("q")
    found = people.groups(ctx, search=search, cursor=addresses.argument("cursor"))
    document = rulebook.current(ctx)[1]
    connectors = {one.id: one.name for one in connector_services.everyone(ctx)}
    lines = [
        Line(
            item.group.id, item.group.display_name, item.members, item.indirect_members, len(item.member_groups),
            _rules(document, item.group), connectors.get(item.group.connector_id or ""), item.group.updated_at,
            item.group.deleted_at is not None, _is_names_only(item),
        )
        for item in found.items
    ]  # fmt: skip
    return door.page("groups.html", section="groups", groups=lines, q=search, **addresses.paging(found, "groups"))


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
        ("Source", source.name if source else "this portal"),
        ("External id", found.external_id),
        ("Id", found.id),
    ]
    return door.page(
        "group.html", section="groups", group=found, deleted=found.deleted_at is not None, total=members.total,
        members=people_pages.lines(ctx, members.items), facts=facts,
        rules=_rules(rulebook.current(ctx)[1], found), line=rosters.lines(ctx, [found])[0],
        empty_words=EMPTY[source.kind if source else None],
        **addresses.paging(members, "members"),
    )  # fmt: skip


@blueprint.post("/groups/<group_id>/restore")
def group_restore(group_id: str) -> Answer:
    """Undo a delete."""
    back = url_for("portal.group", group_id=group_id)
    return door.attempt(
        lambda ctx: group_services.restore(ctx, group_id), said="The group is back with its members.", back=back
    )


def _is_names_only(item: GroupLine) -> bool:
    pushed = item.group.connector_id is not None and item.group.deleted_at is None
    return pushed and not item.members and not item.indirect_members and not item.member_groups


def _rules(document: dict[str, Any], group: Group) -> list[dict[str, Any]]:
    kind = resource_types.user(door.context())
    return policy_words.rules_naming(document, group.id, group.display_name, kind)
