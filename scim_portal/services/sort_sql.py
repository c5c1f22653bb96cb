"""From what `sortBy` names to the SQL expression that users or groups are ordered by (RFC 7644 §3.4.2.3).

Attributes with a column of their own use it; everything else is read out of the folded copy of the document. A multi-valued
attribute counts by its primary value, or else its first. Text compares by code point on both databases.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    column,
    false,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from scim_portal.models import Ancestry, Group, Membership, Nesting, User
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.filters import Target
from scim_portal.services.filter_sql import GROUP_COLUMNS, USER_COLUMNS, plain_element

Model = type[User] | type[Group]
_LINKED = {(User, "groups"): ("value", "display"), (Group, "members"): ("value",)}


def key(target: Target, model: Model, dialect: str) -> ColumnElement[Any] | None:
    """Build the expression for an attribute; None when it is never stored, so that nobody has a value."""
    columns = USER_COLUMNS if model is User else GROUP_COLUMNS
    core = target.schema_uri is None
    if core and (model, target.names[0]) in _LINKED:
        return _linked(model, target)
    if core and target.names in columns:
        found: ColumnElement[Any] = columns[target.names]
        return found
    names = ((target.schema_uri,) if target.schema_uri else ()) + target.names
    if target.multi is not None:
        return _first(model, names, len(names) - len(target.names) + 1, target.attribute, dialect)
    return _value(model.folded[names], target.attribute, dialect)


def collated(expression: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Say for text of a derived table how it compares; a union does not keep that on PostgreSQL."""
    is_text = isinstance(expression.type, Text)
    return expression.collate("C") if is_text and dialect == "postgresql" else expression


def _linked(model: Model, target: Target) -> ColumnElement[Any] | None:
    """Read the first of a user's groups or of a group's members, in the order in which `directory` lists them."""
    part = target.names[-1]
    if part not in _LINKED[(model, target.names[0])]:
        return None
    if model is Group:
        return func.coalesce(_first_member(Membership.user_id, User), _first_member(Nesting.member_id, aliased(Group)))
    read = select(Group.id if part == "value" else Group.display_name_folded).select_from(Membership)
    above = and_(Ancestry.portal_id == Membership.portal_id, Ancestry.group_id == Membership.group_id)
    return func.coalesce(
        _first_group(read, Membership.group_id), _first_group(read.join(Ancestry, above), Ancestry.ancestor_id)
    )


def _first_group(read: Select[Any], id: Any) -> Any:
    found = read.join(Group, and_(Group.portal_id == Membership.portal_id, Group.id == id))
    mine = (Membership.portal_id == User.portal_id, Membership.user_id == User.id, Group.deleted_at.is_(None))
    return found.where(*mine).order_by(Group.id).limit(1).correlate(User).scalar_subquery()


def _first_member(id: Any, kind: Any) -> Any:
    link = id.class_
    found = select(id).join(kind, and_(kind.portal_id == link.portal_id, kind.id == id))
    mine = (link.portal_id == Group.portal_id, link.group_id == Group.id, kind.deleted_at.is_(None))
    return found.where(*mine).order_by(id).limit(1).correlate(Group).scalar_subquery()


def _first(model: Model, names: tuple[str, ...], depth: int, attribute: Attribute, dialect: str) -> ColumnElement[Any]:
    """Read the primary, or else the first element; `depth` is how many names lead to the list."""
    value, place, elements = _elements(model, names[:depth], dialect)
    if len(names) > depth:
        read = _value(value[names[depth:]], attribute, dialect)
        order = (func.coalesce(value[("primary",)].as_boolean(), false()).desc(), place)
    else:
        read, order = plain_element(value, attribute.type, dialect == "postgresql"), (place,)
    return select(read).select_from(elements).order_by(*order).limit(1).scalar_subquery()


def _elements(model: Model, path: tuple[str, ...], dialect: str) -> tuple[Any, Any, Any]:
    if dialect == "postgresql":
        array = func.jsonb_array_elements(model.folded[path])
        elements = array.table_valued(column("value", JSONB), with_ordinality="ordinality")
        return elements.c.value, elements.c.ordinality, elements
    written = "$" + "".join(f'."{name}"' for name in path)
    elements = func.json_each(model.folded, written).table_valued(column("value", JSON), column("key", Integer))
    return elements.c.value, elements.c.key, elements


def _value(expression: Any, attribute: Attribute, dialect: str) -> Any:
    match attribute.type:
        case "boolean":
            return expression.as_boolean()
        case "integer" | "decimal":
            return expression.as_float()
    text = type_coerce(expression.as_string(), Text)
    return text.collate("C") if dialect == "postgresql" else text
