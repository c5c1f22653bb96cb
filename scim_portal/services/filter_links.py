"""What a filter finds in rows that link users and groups: a user's `groups`, direct and above them, and a group's `members`.

The elements are those that `directory` puts into an answer; what is tested of them is the caller's. Which of their parts are no
columns here (`$ref`) are never stored, and so are found by no filter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, literal, or_, select
from sqlalchemy.orm import aliased

from scim_portal.models import Ancestry, Group, Membership, Nesting, User

Condition = ColumnElement[bool]
Test = Callable[[dict[str, Any]], Condition]


def any_group(test: Test, postgresql: bool) -> Condition:
    """Build the condition that a user is in some group that passes a test of its columns."""
    mine = and_(Membership.portal_id == User.portal_id, Membership.user_id == User.id)
    direct = select(1).select_from(Membership).join(Group, _group(Membership.portal_id, Membership.group_id))
    above = (
        select(1)
        .select_from(Membership)
        .join(Ancestry, and_(Ancestry.portal_id == Membership.portal_id, Ancestry.group_id == Membership.group_id))
        .join(Group, _group(Ancestry.portal_id, Ancestry.ancestor_id))
    )
    columns = {"value": Group.id, "display": Group.display_name_folded}
    return or_(
        exists(direct.where(mine, Group.deleted_at.is_(None), test(columns | {"type": _word("direct", postgresql)}))),
        exists(above.where(mine, test(columns | {"type": _type_above(postgresql)}))),
    )


def any_member(test: Test, postgresql: bool) -> Condition:
    """Build the condition that a group has some member, user or group, that passes a test of its columns."""
    nested = aliased(Group)
    users = (
        select(1)
        .select_from(Membership)
        .join(User, and_(User.portal_id == Membership.portal_id, User.id == Membership.user_id))
        .where(Membership.portal_id == Group.portal_id, Membership.group_id == Group.id, User.deleted_at.is_(None))
    )
    groups = (
        select(1)
        .select_from(Nesting)
        .join(nested, and_(nested.portal_id == Nesting.portal_id, nested.id == Nesting.member_id))
        .where(Nesting.portal_id == Group.portal_id, Nesting.group_id == Group.id, nested.deleted_at.is_(None))
    )
    user = {"value": Membership.user_id, "display": Membership.display_folded, "type": _word("user", postgresql)}
    group = {"value": Nesting.member_id, "display": Nesting.display_folded, "type": _word("group", postgresql)}
    return or_(exists(users.where(test(user))), exists(groups.where(test(group))))


def _group(portal_id: Any, id: Any) -> Condition:
    return and_(Group.portal_id == portal_id, Group.id == id)


def _type_above(postgresql: bool) -> Any:
    """Say of a group above a user's groups what `directory` says: `direct` where the user is in it as well."""
    itself = aliased(Membership)
    as_well = exists().where(
        itself.portal_id == User.portal_id, itself.user_id == User.id, itself.group_id == Ancestry.ancestor_id
    )
    direct, indirect = _word("direct", postgresql), _word("indirect", postgresql)
    return case((as_well.correlate_except(itself), direct), else_=indirect)


def _word(text: str, postgresql: bool) -> Any:
    """Write a constant that compares as stored text does."""
    return literal(text).collate("C") if postgresql else literal(text)
