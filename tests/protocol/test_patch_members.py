"""Membership is taken out of a PATCH as steps, and nothing that is broken empties a group."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import patch
from scim_portal.protocol.definitions import GROUP, GROUP_URN, Attribute, Schema
from scim_portal.protocol.errors import InvalidPath, InvalidValue, Mutability, NoTarget, ScimError, TooLarge
from scim_portal.protocol.patch import GroupPatch, Member, MemberChange, Operation, split_members
from scim_portal.protocol.tolerance import ENTRA, OKTA, STRICT, Tolerance


def split(*operations: dict[str, Any], tolerance: Tolerance = OKTA) -> GroupPatch:
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
    return split_members(patch.parse_request(message, tolerance), tolerance)


def change(kind: Any, *values: str) -> MemberChange:
    return MemberChange(kind, tuple(Member(one) for one in values))


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            {"op": "add", "path": "members", "value": [{"value": "a"}, {"value": "a"}, {"value": "b"}]},
            [change("add", "a", "b")],
        ),
        (
            {"op": "add", "path": "MEMBERS", "value": [{"VALUE": "a", "$ref": None, "type": "User"}]},
            [change("add", "a")],
        ),
        ({"op": "add", "path": f"{GROUP_URN}:members", "value": [{"value": "a"}]}, [change("add", "a")]),
        ({"op": "add", "path": "members", "value": []}, []),
        ({"op": "replace", "path": "members", "value": [{"value": "a"}]}, [change("replace", "a")]),
        ({"op": "replace", "path": "members", "value": []}, [change("replace")]),
        ({"op": "remove", "path": "members"}, [change("replace")]),
        ({"op": "remove", "path": "members", "value": [{"value": "a"}]}, [change("remove", "a")]),
        ({"op": "remove", "path": "members", "value": []}, []),
        ({"op": "remove", "path": 'members[value eq "a"]'}, [change("remove", "a")]),
        (
            {"op": "remove", "path": 'Members[Value EQ "a" or (value eq "b" or value eq "a")]'},
            [change("remove", "a", "b")],
        ),
        ({"op": "remove", "path": f'{GROUP_URN}:members[value eq "a"]'}, [change("remove", "a")]),
        ({"op": "replace", "value": {"Members": [{"value": "a"}]}}, [change("replace", "a")]),
        ({"op": "add", "value": {f"{GROUP_URN}:members": [{"value": "a"}]}}, [change("add", "a")]),
        ({"op": "add", "value": {GROUP_URN: {"members": [{"value": "a"}]}}}, [change("add", "a")]),
        ({"op": "add", "path": GROUP_URN, "value": {"members": [{"value": "a"}]}}, [change("add", "a")]),
    ],
)
def test_membership_is_read_as_steps(operation: dict[str, Any], expected: list[MemberChange]) -> None:
    assert split(operation, tolerance=STRICT) == GroupPatch((), tuple(expected))


@pytest.mark.parametrize("value", ["a", {"value": "a"}, ["a"]])
def test_bare_members_are_understood_when_allowed(value: object) -> None:
    operation = {"op": "add", "path": "members", "value": value}
    assert split(operation, tolerance=ENTRA).members == (change("add", "a"),)
    with pytest.raises(InvalidValue):
        split(operation, tolerance=STRICT)


def test_what_is_not_membership_stays_in_order() -> None:
    divided = split(
        {"op": "replace", "value": {"id": "g", "displayName": "N", "members": [{"value": "a", "display": "Ann"}]}},
        {"op": "replace", "path": "displayName", "value": "members"},
        {"op": "replace", "path": "urn:acme:x:members", "value": "y"},
        {"op": "replace", "path": "membership", "value": "y"},
        {"op": "replace", "value": {GROUP_URN: {"displayName": "M"}}},
        {"op": "replace", "value": "odd"},
    )
    assert divided.members == (MemberChange("replace", (Member("a", "Ann"),)),)
    assert divided.operations == (
        Operation("replace", None, {"id": "g", "displayName": "N"}),
        Operation("replace", "displayName", "members"),
        Operation("replace", "urn:acme:x:members", "y"),
        Operation("replace", "membership", "y"),
        Operation("replace", None, {"displayName": "M"}),
        Operation("replace", None, "odd"),
    )


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ({"op": "remove", "path": "members[value eq]"}, InvalidPath),
        ({"op": "remove", "path": 'members[value eq "a"'}, InvalidPath),
        ({"op": "remove", "path": "members[]"}, InvalidPath),
        ({"op": "remove", "path": "members["}, InvalidPath),
        ({"op": "remove", "path": "members]"}, InvalidPath),
        ({"op": "remove", "path": 'members[value ne "a"]'}, InvalidPath),
        ({"op": "remove", "path": "members[value pr]"}, InvalidPath),
        ({"op": "remove", "path": 'members[not (value eq "a")]'}, InvalidPath),
        ({"op": "remove", "path": 'members[value eq "a" and type eq "User"]'}, InvalidPath),
        ({"op": "remove", "path": 'members[display eq "a"]'}, InvalidPath),
        ({"op": "remove", "path": 'members[value eq ""]'}, InvalidPath),
        ({"op": "remove", "path": "members[value eq 3]"}, InvalidPath),
        ({"op": "remove", "path": "members.value"}, InvalidPath),
        ({"op": "remove", "path": 'members[value eq "a"].display'}, InvalidPath),
        ({"op": "replace", "path": 'members[value eq "a"]', "value": {"value": "b"}}, InvalidPath),
        ({"op": "remove", "path": "members", "value": None}, InvalidValue),
        ({"op": "remove", "path": "members", "value": {}}, InvalidValue),
        ({"op": "remove", "path": "members", "value": [{"value": None}]}, InvalidValue),
        ({"op": "remove", "path": "members", "value": [{"value": ""}]}, InvalidValue),
        ({"op": "add", "path": "members", "value": [{"value": 3}]}, InvalidValue),
        ({"op": "add", "path": "members", "value": [{"value": "x" * 1025}]}, InvalidValue),
        ({"op": "add", "path": "members", "value": [[]]}, InvalidValue),
        ({"op": "replace", "path": "members", "value": None}, InvalidValue),
        ({"op": "replace", "value": {"members": None}}, InvalidValue),
        ({"op": "remove", "value": {"members": [{"value": "a"}]}}, NoTarget),
        ({"op": "remove", "path": GROUP_URN}, NoTarget),
        ({"op": "add", "path": "members", "value": [{"value": str(n)} for n in range(10_001)]}, TooLarge),
    ],
)
def test_a_broken_step_is_refused(operation: dict[str, Any], error: type[ScimError]) -> None:
    with pytest.raises(error):
        split({"op": "add", "path": "members", "value": [{"value": "z"}]}, operation)


@given(st.text(alphabet='[]()" .eqvalueor"ab', max_size=30))
def test_no_odd_path_ever_empties_a_group(tail: str) -> None:
    try:
        divided = split({"op": "remove", "path": f"members{tail}"})
    except ScimError:
        return
    emptied = any(one.kind == "replace" for one in divided.members)
    assert not emptied or not tail.strip()


def test_a_whole_group_resource_can_be_patched_in_memory_too() -> None:
    group = {"displayName": "G", "members": [{"value": "a", "type": "User"}]}
    added = patch.apply(GROUP, group, [Operation("add", "members", [{"value": "b"}, {"value": "a"}])], tolerance=STRICT)
    assert added["members"] == [{"value": "a", "type": "User"}, {"value": "b"}]
    removed = patch.apply(GROUP, added, [Operation("remove", 'members[value eq "a"]')], tolerance=STRICT)
    assert removed["members"] == [{"value": "b"}]
    with pytest.raises(Mutability):
        patch.apply(GROUP, group, [Operation("replace", 'members[value eq "a"].value', "c")], tolerance=STRICT)


def test_an_immutable_attribute_is_set_once() -> None:
    mine = Schema("urn:acme:x", "X", attributes=(Attribute("code", mutability="immutable"),))
    kind = replace(GROUP, extensions=(mine,))
    once = patch.apply(kind, {"displayName": "G"}, [Operation("add", "urn:acme:x:code", "1")], tolerance=STRICT)
    assert once["urn:acme:x"] == {"code": "1"}
    assert patch.apply(kind, once, [Operation("replace", "urn:acme:x:code", "1")], tolerance=STRICT) == once
    with pytest.raises(Mutability):
        patch.apply(kind, once, [Operation("replace", "urn:acme:x:code", "2")], tolerance=STRICT)
