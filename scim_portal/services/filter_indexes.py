"""Which rows an index says could meet a term of a filter, so that the exact test is made on them alone.

Only an equality with a value that is indexed in a table of its own narrows anything: mail addresses, a user's groups, a group's
members. Columns of users and groups have their indexes themselves. Not here: what a term means (`filter_sql`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, select, union_all

from scim_portal.models import Ancestry, Email, Group, Membership, Nesting, User
from scim_portal.protocol.filters import Bound, BoundAnd, BoundCompare, BoundValuePath
from scim_portal.services import filter_slots

# PostgreSQL refuses index entries of more than about 2,700 bytes; what an index cuts off, the exact test compares.
INDEXED_CHARACTERS = filter_slots.LONGEST


def candidates(node: Bound, model: type[User] | type[Group], portal_id: Any) -> ColumnElement[bool] | None:
    """Give a condition on the id that every row which meets the term meets; None when no index helps."""
    found = _equality(node)
    if found is None:
        return None
    name, value = found[0], filter_slots.operand(found[1])
    match model.__name__, name:
        case "User", "emails":
            return User.id.in_(_by_mail(portal_id, value))
        case "User", "groups":
            return User.id.in_(_in_group(portal_id, value))
        case "Group", "members":
            return Group.id.in_(_with_member(portal_id, value))
    return None


def _equality(node: Bound) -> tuple[str, str] | None:
    """Find the multi-valued core attribute one of whose values must be a certain text for the term to hold."""
    match node:
        case BoundCompare(target, "eq", str(value)) if target.names[1:] == ("value",) and target.schema_uri is None:
            return target.names[0], value
        case BoundValuePath(target, inner) if target.schema_uri is None:
            value_of = _inner_equality(inner)
            return None if value_of is None else (target.names[0], value_of)
    return None


def _inner_equality(node: Bound) -> str | None:
    match node:
        case BoundCompare(target, "eq", str(value)) if target.names == ("value",):
            return value
        case BoundAnd(items):
            return next((value for one in items if (value := _inner_equality(one)) is not None), None)
    return None


def _by_mail(portal_id: Any, value: Any) -> Select[Any]:
    cut = value[:INDEXED_CHARACTERS] if isinstance(value, str) else value
    return select(Email.user_id).where(Email.portal_id == portal_id, Email.value_folded == cut)


def _in_group(portal_id: Any, id: Any) -> Any:
    direct = select(Membership.user_id).where(Membership.portal_id == portal_id, Membership.group_id == id)
    below = (
        select(Membership.user_id)
        .join(Ancestry, (Ancestry.portal_id == Membership.portal_id) & (Ancestry.group_id == Membership.group_id))
        .where(Ancestry.portal_id == portal_id, Ancestry.ancestor_id == id)
    )
    return union_all(direct, below)


def _with_member(portal_id: Any, id: Any) -> Any:
    users = select(Membership.group_id).where(Membership.portal_id == portal_id, Membership.user_id == id)
    groups = select(Nesting.group_id).where(Nesting.portal_id == portal_id, Nesting.member_id == id)
    return union_all(users, groups)
