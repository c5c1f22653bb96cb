"""Every body and filter that Entra is known to send, with and without its compliance flag."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import filters, patch, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, USER, USER_URN
from scim_portal.protocol.patch import Member, MemberChange
from scim_portal.protocol.tolerance import ENTRA

ANN: dict[str, Any] = {
    "schemas": [USER_URN],
    "id": "A1",
    "userName": "ann@contoso.example",
    "active": True,
    "emails": [{"value": "ann@contoso.example", "type": "work", "primary": True}],
}


def patched(*operations: dict[str, Any]) -> dict[str, Any]:
    parsed = patch.parse_request({"Operations": list(operations)}, ENTRA)
    return patch.apply(USER, ANN, parsed, tolerance=ENTRA)


def test_a_user_is_created_in_entras_way() -> None:
    sent = {
        "schemas": [USER_URN, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        "externalId": "jyoung",
        "userName": "ann@contoso.example",
        "active": True,
        "addresses": None,
        "phoneNumbers": None,
        "title": None,
        "department": None,
        "manager": None,
        "emails": [{"type": "work", "value": "ann@contoso.example", "primary": True}],
        "meta": {"resourceType": "User"},
        "roles": [],
    }
    assert resource.load(USER, sent, tolerance=ENTRA) == {
        "schemas": [USER_URN],
        "externalId": "jyoung",
        "userName": "ann@contoso.example",
        "active": True,
        "emails": [{"value": "ann@contoso.example", "type": "work", "primary": True}],
    }


def test_roles_and_a_plain_manager_are_kept() -> None:
    role = {"primary": True, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}
    sent = {"userName": "a", "roles": [role], ENTERPRISE_URN: {"manager": "123456"}}
    loaded = resource.load(USER, sent, tolerance=ENTRA)
    assert loaded["roles"] == [role]
    assert loaded[ENTERPRISE_URN] == {"manager": {"value": "123456"}}


def test_odd_spellings_of_microsofts_samples_are_understood() -> None:
    sent = {"userName": "a", "DisplayName": "A", "emails": [{"Primary": True, "value": "x"}]}
    sent[ENTERPRISE_URN] = {"Department": "R"}  # type: ignore[assignment]
    loaded = resource.load(USER, sent, tolerance=ENTRA)
    assert loaded["displayName"] == "A"
    assert loaded["emails"] == [{"value": "x", "primary": True}]
    assert loaded[ENTERPRISE_URN] == {"department": "R"}


def test_a_group_is_created_with_a_schema_nobody_knows() -> None:
    odd = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    sent = {"schemas": [GROUP_URN, odd], "externalId": "e", "displayName": "G", "meta": {"resourceType": "Group"}}
    loaded = resource.load(GROUP, sent, tolerance=ENTRA)
    assert loaded == {"schemas": [GROUP_URN], "externalId": "e", "displayName": "G"}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "Replace", "path": "active", "value": "False"}, {"active": False}),
        ({"op": "Add", "path": "active", "value": "True"}, {}),
        ({"op": "Replace", "path": "displayName", "value": "Ann", "name": "x"}, {"displayName": "Ann"}),
        ({"op": "Add", "path": "name.givenName", "value": "Ann"}, {"name": {"givenName": "Ann"}}),
        ({"op": "Add", "path": "externalId", "value": "e"}, {"externalId": "e"}),
        (
            {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"},
            {"phoneNumbers": [{"type": "mobile", "value": "1"}]},
        ),
        (
            {"op": "Add", "path": 'addresses[type eq "work"].streetAddress', "value": "1 Way"},
            {"addresses": [{"type": "work", "streetAddress": "1 Way"}]},
        ),
        (
            {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "Admin"},
            {"roles": [{"primary": True, "value": "Admin"}]},
        ),
        (
            {"op": "Add", "path": "roles", "value": [{"value": '{"id":"1","value":"Admin","displayName":"Admin"}'}]},
            {"roles": [{"value": '{"id":"1","value":"Admin","displayName":"Admin"}'}]},
        ),
    ],
)
def test_a_user_is_patched(operation: dict[str, Any], expected: dict[str, Any]) -> None:
    assert patched(operation) == {**ANN, **expected}


@pytest.mark.parametrize(
    ("operation", "extension"),
    [
        ({"op": "Add", "path": f"{ENTERPRISE_URN}:department", "value": "R"}, {"department": "R"}),
        (
            {"op": "Add", "path": "manager", "value": [{"$ref": "https://x/Users/m", "value": "m"}]},
            {"manager": {"value": "m", "$ref": "https://x/Users/m"}},
        ),
        ({"op": "Add", "path": f"{ENTERPRISE_URN}:manager", "value": "m"}, {"manager": {"value": "m"}}),
        ({"op": "Add", "path": f"{ENTERPRISE_URN}.manager", "value": "m"}, {"manager": {"value": "m"}}),
        ({"op": "replace", "value": {f"{ENTERPRISE_URN}:employeeNumber": "z"}}, {"employeeNumber": "z"}),
        ({"op": "add", "value": {ENTERPRISE_URN: {"manager": "m"}}}, {"manager": {"value": "m"}}),
    ],
)
def test_the_enterprise_extension_is_patched(operation: dict[str, Any], extension: dict[str, Any]) -> None:
    assert patched(operation) == {**ANN, "schemas": [USER_URN, ENTERPRISE_URN], ENTERPRISE_URN: extension}


def test_dotted_names_in_a_value_are_understood() -> None:
    value = {"displayName": "x", "name.givenName": "y", 'emails[type eq "work"].value': "n@x"}
    changed = patched({"op": "replace", "value": value})
    assert changed["name"] == {"givenName": "y"}
    assert changed["emails"][0]["value"] == "n@x"


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ({"op": "Add", "value": [{"$ref": None, "value": "u"}]}, MemberChange("add", (Member("u"),))),
        ({"op": "Remove", "value": [{"$ref": None, "value": "u"}]}, MemberChange("remove", (Member("u"),))),
        ({"op": "add", "value": "u"}, MemberChange("add", (Member("u"),))),
        ({"op": "remove"}, MemberChange("replace", ())),
    ],
)
def test_membership_changes_only_by_what_is_named(operation: dict[str, Any], change: MemberChange) -> None:
    parsed = patch.parse_request({"Operations": [{**operation, "path": "members"}]}, ENTRA)
    assert patch.split_members(parsed, ENTRA) == patch.GroupPatch((), (change,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "ANN@contoso.example"', True),
        ('userName eq "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"', False),
        ('emails[type eq "work"].value eq "ann@contoso.example"', True),
        ("userName sw A", True),
        ('id eq "A1" and manager eq "m"', False),
        ('(userName co "ann" and active eq true) or displayName gt "x"', True),
    ],
)
def test_entras_filters_are_understood(text: str, expected: bool) -> None:
    bound = filters.compiled(text, USER, bare_words=ENTRA.bare_filter_words)
    assert filters.matches(bound, resource.fold(USER, ANN)) is expected


def test_a_membership_is_asked_by_filter() -> None:
    group = resource.fold(GROUP, {"id": "G", "displayName": "G", "members": [{"value": "U"}]})
    for text, expected in (('id eq "G" and members eq "U"', True), ('members eq "V" and id eq "G"', False)):
        assert filters.matches(filters.compiled(text, GROUP), group) is expected
