"""Groups that identity providers pushed, and the rules that use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import groups, people, rosters, rulebook
from scim_portal.services.rosters import GroupLine, GroupName
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import groups as shapes
from scim_portal.web.api.schemas.pieces import list_of

Body = dict[str, Any]
Rules = dict[str, list[dict[str, str]]]
room = Room("groups", "Groups that identity providers pushed.")


@room.get("/groups")
@room.query(shapes.GroupQuery)
@room.response(200, list_of(shapes.Group))
@doors.reads
def list_groups(ctx: Ctx, query: Body) -> Body:
    """List groups by name, deleted ones included."""
    rules = _rules(ctx)
    return lists.page(people.groups(ctx, **query), lambda line: _shape(line, rules))


@room.get("/groups/<id>")
@room.response(200, shapes.Group)
@doors.reads
def get_group(ctx: Ctx, id: str) -> Body:
    """Show one group; its members are the users with `groups.value eq` its id, those through nested groups included."""
    return _one(ctx, id)


@room.post("/groups/<id>/restore")
@room.response(200, shapes.Group)
@guards.writes
def restore_group(ctx: Ctx, id: str) -> Body:
    """Undo a delete: the group is back with its members, and in the groups it was in."""
    groups.restore(ctx, id)
    return _one(ctx, id)


def _one(ctx: Ctx, id: str) -> Body:
    doors.afresh()
    return _shape(rosters.lines(ctx, [people.group(ctx, id)])[0], _rules(ctx))


def _rules(ctx: Ctx) -> Rules:
    """Name the rules of the policy in force by the groups they test."""
    found: Rules = {}
    for rule in rulebook.in_force(ctx).rules:
        for id in rule.condition.group_ids:
            found.setdefault(id, []).append({"id": rule.id, "name": rule.name})
    return found


def _shape(line: GroupLine, rules: Rules) -> Body:
    group = line.group
    return {
        "id": group.id, "display_name": group.display_name, "external_id": group.external_id, "connector": group.connector_id,
        "deleted": group.deleted_at is not None, "member_count": line.members,
        "indirect_member_count": line.indirect_members, "member_groups": _names(line.member_groups),
        "parent_groups": _names(line.parent_groups), "created_at": group.created_at,
        "last_push_at": group.updated_at, "rules": rules.get(group.id, []),
    }  # fmt: skip


def _names(others: Iterable[GroupName]) -> list[Body]:
    return [{"id": one.id, "display_name": one.display_name} for one in others]
