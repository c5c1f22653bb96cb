"""Take group membership out of PATCH operations, so that it can be changed by difference and never by loading it.

A path that cannot be understood is refused as a whole; nothing that is broken may ever empty a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scim_portal.protocol.errors import InvalidPath, InvalidValue, NoTarget, TooLarge
from scim_portal.protocol.filter_nodes import Compare, Node, Or
from scim_portal.protocol.group_schema import GROUP_SCHEMA
from scim_portal.protocol.limits import DEFAULT, Limits
from scim_portal.protocol.patch_path import PatchPath, parse_path
from scim_portal.protocol.patch_request import Operation
from scim_portal.protocol.shaping import kind_of
from scim_portal.protocol.tolerance import Tolerance

_CORE = GROUP_SCHEMA.id.lower()
_KEYS = ("members", f"{_CORE}:members")


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the client names it: identifier, and a name to show if one was sent."""

    value: str
    display: str | None = None


@dataclass(frozen=True, slots=True)
class MemberChange:
    """One step on the membership. `replace` with no members empties the group."""

    kind: Literal["add", "remove", "replace"]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class GroupPatch:
    """A group's PATCH in two parts: operations for `patch.apply`, and membership steps in order."""

    operations: tuple[Operation, ...]
    members: tuple[MemberChange, ...]


def split_members(operations: Sequence[Operation], tolerance: Tolerance, *, limits: Limits = DEFAULT) -> GroupPatch:
    """Separate membership from everything else.

    Raises InvalidPath for a path below `members` other than `members[value eq "x"]` (or several with `or`),
    InvalidValue for a value that names no members, TooLarge beyond 10,000 members in one request.
    """
    others: list[Operation] = []
    changes: list[MemberChange] = []
    for operation in operations:
        rest, found = _split(operation, tolerance)
        others.extend(rest)
        changes.extend(found)
    count = sum(len(one.members) for one in changes)
    if count > limits.members:
        raise TooLarge(f"A PATCH may name at most {limits.members} members, not {count}.")
    return GroupPatch(tuple(others), tuple(changes))


def _split(operation: Operation, tolerance: Tolerance) -> tuple[list[Operation], list[MemberChange]]:
    if operation.path is None:
        return _split_value(operation, tolerance)
    if operation.path.lower() == _CORE:
        if operation.op == "remove":
            raise NoTarget("The attributes of the core schema cannot be removed all at once.")
        return _split_value(replace(operation, path=None), tolerance)
    if "members" not in operation.path.lower():
        return [operation], []
    parsed = parse_path(operation.path)
    if parsed.path.name.lower() != "members" or (parsed.path.uri or _CORE).lower() != _CORE:
        return [operation], []
    return [], _at_members(operation, parsed, tolerance)


def _split_value(operation: Operation, tolerance: Tolerance) -> tuple[list[Operation], list[MemberChange]]:
    if operation.op == "remove":
        raise NoTarget("A 'remove' needs a path that says what to remove.")
    if not isinstance(operation.value, dict):
        return [operation], []
    rest: dict[str, Any] = {}
    changes: list[MemberChange] = []
    for name, value in operation.value.items():
        if name.lower() in _KEYS:
            changes += _change(operation.op, value, tolerance)
        elif name.lower() == _CORE and isinstance(value, dict):
            inner, found = _split_value(replace(operation, value=value), tolerance)
            rest.update(inner[0].value if inner else {})
            changes += found
        else:
            rest[name] = value
    return ([replace(operation, value=rest)] if rest else []), changes


def _at_members(operation: Operation, parsed: PatchPath, tolerance: Tolerance) -> list[MemberChange]:
    if parsed.path.sub is not None:
        raise InvalidPath("Members are added and removed as a whole, not in parts.", attribute="members")
    if parsed.selection is not None:
        if operation.op != "remove":
            raise InvalidPath("Only 'remove' can select members with brackets.", attribute="members")
        return [MemberChange("remove", tuple(Member(one) for one in dict.fromkeys(_selected(parsed.selection))))]
    if operation.op == "remove" and not operation.has_value:
        return [MemberChange("replace", ())]
    return _change(operation.op, operation.value, tolerance)


def _selected(node: Node) -> list[str]:
    match node:
        case Compare(path, "eq", str(value)) if str(path).lower() == "value" and value:
            return [value]
        case Or(items):
            return [value for one in items for value in _selected(one)]
    raise InvalidPath('Members are selected only by members[value eq "identifier"].', attribute="members")


def _change(kind: Literal["add", "remove", "replace"], raw: Any, tolerance: Tolerance) -> list[MemberChange]:
    values = raw if isinstance(raw, list) else [raw]
    if not isinstance(raw, list) and not tolerance.single_for_list:
        raise InvalidValue(f"members must be a list, not {kind_of(raw)}.", attribute="members", value=raw)
    members: dict[str, Member] = {}
    for index, one in enumerate(values):
        member = _member(one, f"members[{index}]", tolerance)
        members.setdefault(member.value, member)
    return [MemberChange(kind, tuple(members.values()))] if members or kind == "replace" else []


def _member(raw: Any, path: str, tolerance: Tolerance) -> Member:
    if isinstance(raw, str) and tolerance.plain_values:
        raw = {"value": raw}
    if not isinstance(raw, dict):
        raise InvalidValue(f"{path} must be an object, not {kind_of(raw)}.", attribute=path, value=raw)
    parts = {name.lower(): value for name, value in raw.items()}
    value, display = parts.get("value"), parts.get("display")
    if not isinstance(value, str) or not value or len(value) > DEFAULT.text:
        raise InvalidValue(f"{path}.value must be the identifier of a member.", attribute=f"{path}.value", value=value)
    return Member(value, display if isinstance(display, str) else None)
