"""From a bound SCIM filter to a SQL condition that means exactly what `protocol.filters.matches` means.

Every leaf is two-valued: null counts as false, so `not` is right. Attributes with a column of their own use it; groups and
members are looked for in the membership rows; everything else is read out of the folded copy of the document.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Float,
    Text,
    and_,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, aliased

from scim_portal.models import Group, User
from scim_portal.protocol import filters
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filters import BoundCompare, BoundPresent, BoundValuePath, Target
from scim_portal.services import filter_indexes, filter_links, filter_slots

Condition = ColumnElement[bool]
Leaf = BoundCompare | BoundPresent
_PLAIN: dict[str, Any] = {"boolean": Boolean, "integer": Float, "decimal": Float}

USER_COLUMNS: dict[tuple[str, ...], Any] = {
    ("id",): User.id,
    ("userName",): User.user_name_folded,
    ("externalId",): User.external_id,
    ("meta", "created"): User.created_at,
    ("meta", "lastModified"): User.updated_at,
}
GROUP_COLUMNS: dict[tuple[str, ...], Any] = {
    ("id",): Group.id,
    ("displayName",): Group.display_name_folded,
    ("externalId",): Group.external_id,
    ("meta", "created"): Group.created_at,
    ("meta", "lastModified"): Group.updated_at,
}


def condition(bound: filters.Bound, model: type[User] | type[Group], dialect: str, portal_id: Any) -> Condition:
    """Compile a filter over users or groups of one portal; `dialect` is `sqlite` or `postgresql`.

    `portal_id` may be a parameter, and texts in the filter places (`filter_slots`).
    """
    return _Compiler(model, dialect, portal_id).compile(bound)


class _Compiler:
    def __init__(self, model: type[User] | type[Group], dialect: str, portal_id: Any) -> None:
        self.model = model
        self.portal_id = portal_id
        self.postgresql = dialect == "postgresql"
        self.columns = USER_COLUMNS if model is User else GROUP_COLUMNS

    def compile(self, node: filters.Bound) -> Condition:
        match node:
            case filters.BoundAnd(items):
                return and_(*(self.compile(item) for item in items))
            case filters.BoundOr(items):
                return or_(*(self.compile(item) for item in items))
            case filters.BoundNot(item):
                return not_(self.compile(item))
            case BoundValuePath(target, item):
                return self.narrowed(node, self.any_element(target, lambda read: self.within(item, read)))
            case BoundCompare(target, "ne", value):
                return not_(self.leaf(BoundCompare(target, "eq", value)))
            case _:
                return self.leaf(node)

    def within(self, node: filters.Bound, read: Callable[[Target], Any]) -> Condition:
        """Compile a condition on one element of a multi-valued attribute."""
        match node:
            case filters.BoundAnd(items):
                return and_(*(self.within(item, read) for item in items))
            case filters.BoundOr(items):
                return or_(*(self.within(item, read) for item in items))
            case filters.BoundNot(item):
                return not_(self.within(item, read))
            case BoundCompare(target, "ne", value):
                return not_(self.test(BoundCompare(target, "eq", value), read(target)))
            case BoundCompare(target) | BoundPresent(target):
                return self.test(node, read(target))
            case _:
                raise AssertionError("a value path inside a value path cannot be parsed")

    def leaf(self, node: Leaf) -> Condition:
        target = node.target
        if target.multi is None or target.names[0] == "schemas":
            return self.single(node)
        element = Target(None, target.names[target.multi + 1 :], None, target.attribute)
        if isinstance(node, BoundPresent):
            inner: Leaf = BoundPresent(element)
        else:
            inner = BoundCompare(element, node.op, node.value)
        owner = Target(target.schema_uri, target.names[: target.multi + 1], target.multi, target.attribute)
        return self.narrowed(node, self.any_element(owner, lambda read: self.test(inner, read(element))))

    def narrowed(self, node: filters.Bound, exact: Condition) -> Condition:
        """Add what lets the database find by an index the few rows that the exact test is made on."""
        candidates = filter_indexes.candidates(node, self.model, self.portal_id)
        return exact if candidates is None else and_(candidates, exact)

    def single(self, node: Leaf) -> Condition:
        target = node.target
        if target.names[0] == "schemas":
            return self.any_json(target, lambda read: self.test(node, read(Target(None, (), None, target.attribute))))
        if target.schema_uri is None and target.names in self.columns:
            return self.since(node, self.test(node, self.columns[target.names]))
        keys = ((target.schema_uri,) if target.schema_uri else ()) + target.names
        return self.test(node, self.json(self.model.folded[keys], target))

    def since(self, node: Leaf, exact: Condition) -> Condition:
        """Make SQLite look recent changes up by their index: left alone it walks through everybody in the order of the list."""
        is_recent = isinstance(node, BoundCompare) and node.op in {"eq", "gt", "ge"}
        if self.postgresql or not is_recent or node.target.names != ("meta", "lastModified"):
            return exact
        other = aliased(self.model)
        recent = self.compare(node.op, other.updated_at, datetime.fromisoformat(str(node.value)))
        return and_(self.model.id.in_(select(other.id).where(other.portal_id == self.portal_id, recent)), exact)

    def any_element(self, target: Target, test: Callable[[Callable[[Target], Any]], Condition]) -> Condition:
        if target.schema_uri is None and target.names == ("groups",) and self.model is User:
            return self.any_group(test)
        if target.schema_uri is None and target.names == ("members",) and self.model is Group:
            return self.any_member(test)
        return self.any_json(target, test)

    def any_group(self, test: Callable[[Callable[[Target], Any]], Condition]) -> Condition:
        return filter_links.any_group(lambda columns: test(_reader(columns)), self.postgresql)

    def any_member(self, test: Callable[[Callable[[Target], Any]], Condition]) -> Condition:
        return filter_links.any_member(lambda columns: test(_reader(columns)), self.postgresql)

    def any_json(self, target: Target, test: Callable[[Callable[[Target], Any]], Condition]) -> Condition:
        keys = ((target.schema_uri,) if target.schema_uri else ()) + target.names
        if self.postgresql:
            array = self.model.folded[keys]
            elements = func.jsonb_array_elements(array).table_valued(column("value", JSONB))
        else:
            path = "$" + "".join(f'."{key}"' for key in keys)
            elements = func.json_each(self.model.folded, path).table_valued(column("value", JSON))
        value = elements.c.value

        def read(inner: Target) -> Any:
            if inner.names:
                return self.json(value[inner.names], inner)
            return plain_element(value, inner.attribute.type, self.postgresql)

        return exists(select(1).select_from(elements).where(test(read)))

    def json(self, expression: Any, target: Target) -> Any:
        match target.attribute.type:
            case "boolean":
                return expression.as_boolean()
            case "integer" | "decimal":
                return expression.as_float()
            case "complex":
                # As text a missing object is NULL on both databases; as JSON, SQLite would say 'null'.
                return expression.as_string()
            case _:
                text = expression.as_string()
                return text.collate("C") if self.postgresql else text

    def test(self, node: Leaf, value: Any) -> Condition:
        if value is None:  # an attribute of groups or members that is never stored
            return false()
        if isinstance(node, BoundPresent):
            return self.present(node, value)
        operand: Any = node.value
        if isinstance(operand, str) and "\x00" in operand:  # PostgreSQL takes no text with a NUL
            raise InvalidFilter("The filter contains the control character U+0000.", value=operand)
        if value in _INSTANTS and isinstance(operand, str):
            operand = datetime.fromisoformat(operand)
        compared = self.compare(node.op, value, filter_slots.operand(operand))
        if isinstance(value, InstrumentedAttribute):  # a column, and an index may serve it: no function around it
            return and_(value.is_not(None), compared) if value.nullable else compared
        return func.coalesce(compared, false())

    def present(self, node: BoundPresent, value: Any) -> Condition:
        if value in _INSTANTS or node.target.attribute.type in {"boolean", "integer", "decimal", "complex"}:
            return value.is_not(None)
        return func.coalesce(value != "", false())

    def compare(self, op: str, value: Any, operand: Any) -> Condition:
        match op:
            case "eq":
                return value == operand
            case "gt":
                return value > operand
            case "ge":
                return value >= operand
            case "lt":
                return value < operand
            case "le":
                return value <= operand
        return self.part(op, value, operand)

    def part(self, op: str, value: Any, operand: str) -> Condition:
        if operand == "":
            return value.is_not(None)
        if op == "sw":
            return func.substr(value, 1, len(operand)) == operand
        if op == "ew":
            end = func.right(value, len(operand)) if self.postgresql else func.substr(value, -len(operand))
            return and_(end == operand, func.length(value) >= len(operand))
        position = func.strpos if self.postgresql else func.instr
        return position(value, operand) > 0


def _reader(columns: dict[str, Any]) -> Callable[[Target], Any]:
    """Read the parts of an element that have a column; a target without a name is its `value`."""
    return lambda target: columns.get((target.names or ("value",))[0])


def plain_element(value: Any, kind: str, postgresql: bool) -> Any:
    """Read an element of a JSON array that is no object, as its attribute's type."""
    if not postgresql:
        return type_coerce(value, _PLAIN.get(kind, Text))
    text = type_coerce(value.op("#>>")(literal_column("'{}'")), Text)
    return cast(text, _PLAIN[kind]) if kind in _PLAIN else text.collate("C")


class _Columns:
    """Columns compared by identity: `in` on a list would build SQL."""

    def __init__(self, *columns: Any) -> None:
        self.ids = {id(one) for one in columns}

    def __contains__(self, one: object) -> bool:
        return id(one) in self.ids


_INSTANTS = _Columns(
    *(columns[("meta", name)] for columns in (USER_COLUMNS, GROUP_COLUMNS) for name in ("created", "lastModified"))
)
