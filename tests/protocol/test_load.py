"""What a client sends becomes a canonical resource, or a refusal that names the attribute."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from scim_portal.protocol import resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, USER, USER_URN, Attribute, Schema
from scim_portal.protocol.errors import InvalidSyntax, InvalidValue
from scim_portal.protocol.limits import Limits
from scim_portal.protocol.tolerance import ENTRA, GENERIC, OKTA, STRICT, Tolerance
from tests.protocol.test_filter_binding import MINE, TYPE

ODD = "urn:okta:custom:user:1.0"


def load(more: dict[str, Any], tolerance: Tolerance = GENERIC, **kw: Any) -> dict[str, Any]:
    return resource.load(TYPE, {"schemas": [USER_URN], "userName": "ann", **more}, tolerance=tolerance, **kw)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"DISPLAYNAME": "Ann"}, {"displayName": "Ann"}),
        ({"Name": {"GIVENNAME": "Ann", "shoe": 4}}, {"name": {"givenName": "Ann"}}),
        ({"title": None, "emails": [], "ims": None, "name": {"givenName": None}, "roles": [None, {}]}, {}),
        ({"name": {"middleName": ""}}, {"name": {"middleName": ""}}),
        ({"id": "x", "meta": {"created": 3}, "groups": [{"value": "g"}], "password": 3}, {}),
        ({"shoeSize": 43, "department": None, "http://x/y": {"a": 1}}, {}),
        ({"emails": [{"value": "a@b", "primary": True}]}, {"emails": [{"value": "a@b", "primary": True}]}),
        ({"externalId": "00u1"}, {"externalId": "00u1"}),
        ({"x509Certificates": [{"value": "TUlJ"}]}, {"x509Certificates": [{"value": "TUlJ"}]}),
        ({"profileUrl": "https://x/" + "y" * 4000}, {"profileUrl": "https://x/" + "y" * 4000}),
        ({ENTERPRISE_URN: {}}, {}),
        ({ENTERPRISE_URN: None}, {}),
        ({ENTERPRISE_URN: {"department": None, "foo": 1}}, {}),
        ({ENTERPRISE_URN.upper(): {"DEPARTMENT": "R"}}, {ENTERPRISE_URN: {"department": "R"}}),
        (
            {MINE.id: {"tags": ["a", "b"], "level": 3, "score": 1}},
            {MINE.id: {"tags": ["a", "b"], "level": 3, "score": 1}},
        ),
        ({MINE.id: {"hired": "2020-01-01T00:00:00Z"}}, {MINE.id: {"hired": "2020-01-01T00:00:00Z"}}),
    ],
)
@pytest.mark.parametrize("tolerance", [STRICT, OKTA, ENTRA, GENERIC])
def test_what_is_sent_becomes_canonical(sent: dict[str, Any], kept: dict[str, Any], tolerance: Tolerance) -> None:
    before = copy.deepcopy(sent)
    loaded = load(sent, tolerance)
    assert loaded.pop("schemas") == [USER_URN, *(urn for urn in (ENTERPRISE_URN, MINE.id) if urn in kept)]
    assert loaded == {"userName": "ann", **kept}
    assert sent == before


@pytest.mark.parametrize(
    ("sent", "detail"),
    [
        ({"userName": None}, "userName is required."),
        ({"userName": ""}, "userName must not be empty."),
        ({"userName": "  "}, "userName must not be empty."),
        ({"userName": 5}, "userName must be a string, not a number."),
        ({"userName": "a\u200bb"}, "userName contains a control or invisible character."),
        ({"userName": "a" * 257}, "userName is 257 characters long; at most 256 are accepted."),
        ({"title": "a" * 1025}, "title is 1025 characters long; at most 1024 are accepted."),
        ({"title": ["x"]}, "title must be a string, not a list."),
        ({"title": {"x": 1}}, "title must be a string, not an object."),
        ({"active": "maybe"}, "active must be true or false, not a string."),
        ({"active": 1}, "active must be true or false, not a number."),
        ({"name": "Ann"}, "name must be an object, not a string."),
        ({"name": {"givenName": False}}, "name.givenName must be a string, not a boolean."),
        ({"emails": [{"value": "a"}, {"value": 3}]}, "emails[1].value must be a string, not a number."),
        ({"emails": [{"primary": 1.5}]}, "emails[0].primary must be true or false, not a number."),
        ({"addresses": ["x"]}, "addresses[0] must be an object, not a string."),
        ({"emails": [[]]}, "emails[0] must be an object, not a list."),
        ({"emails": [{"value": "x"}] * 101}, "emails has 101 values; at most 100 are accepted."),
        ({"x509Certificates": [{"value": "!"}]}, "x509Certificates[0].value must be in base64."),
        ({ENTERPRISE_URN: "x"}, f"{ENTERPRISE_URN} must be an object, not a string."),
        ({ENTERPRISE_URN: {"department": 3}}, f"{ENTERPRISE_URN}:department must be a string, not a number."),
        (
            {ENTERPRISE_URN: {"manager": {"value": 3}}},
            f"{ENTERPRISE_URN}:manager.value must be a string, not a number.",
        ),
        ({MINE.id: {"level": 1.5}}, f"{MINE.id}:level must be a whole number, not a number."),
        ({MINE.id: {"level": True}}, f"{MINE.id}:level must be a whole number, not a boolean."),
        ({MINE.id: {"score": "1"}}, f"{MINE.id}:score must be a number, not a string."),
        ({MINE.id: {"tags": ["a", 1]}}, f"{MINE.id}:tags[1] must be a string, not a number."),
        ({MINE.id: {"hired": "soon"}}, f"{MINE.id}:hired must be a date and time such as 2026-01-31T12:00:00Z."),
    ],
)
def test_a_wrong_value_is_refused_with_its_path(sent: dict[str, Any], detail: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        load(sent)
    assert caught.value.detail == detail
    assert caught.value.attribute
    assert detail.startswith(caught.value.attribute)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"active": "False"}, {"active": False}),
        ({"active": "true"}, {"active": True}),
        ({"roles": [{"value": "r", "primary": "True"}]}, {"roles": [{"value": "r", "primary": True}]}),
        ({"emails": {"value": "a@b"}}, {"emails": [{"value": "a@b"}]}),
        ({"emails": "a@b"}, {"emails": [{"value": "a@b"}]}),
        ({ENTERPRISE_URN: {"manager": "m"}}, {ENTERPRISE_URN: {"manager": {"value": "m"}}}),
        ({ENTERPRISE_URN: {"manager": ""}}, {}),
        ({ENTERPRISE_URN: {"manager": [{"value": "m"}]}}, {ENTERPRISE_URN: {"manager": {"value": "m"}}}),
        ({ENTERPRISE_URN: {"manager": {"displayName": "M"}}}, {ENTERPRISE_URN: {"manager": {"displayName": "M"}}}),
        (
            {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
            {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": False}]},
        ),
        ({ODD: {"Any": [1, {"x": None}]}}, {ODD: {"Any": [1, {"x": None}]}}),
    ],
)
@pytest.mark.parametrize("tolerance", [OKTA, ENTRA, GENERIC])
def test_a_known_departure_is_understood(sent: dict[str, Any], kept: dict[str, Any], tolerance: Tolerance) -> None:
    loaded = load(sent, tolerance)
    assert {name: one for name, one in loaded.items() if name not in ("schemas", "userName")} == kept


@pytest.mark.parametrize(
    "sent",
    [
        {"active": "False"},
        {"emails": {"value": "a@b"}},
        {"emails": ["a@b"]},
        {ENTERPRISE_URN: {"manager": "m"}},
        {ENTERPRISE_URN: {"manager": [{"value": "m"}]}},
        {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
    ],
)
def test_a_strict_server_refuses_departures(sent: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        load(sent, STRICT)


def test_a_strict_server_drops_what_nobody_described() -> None:
    assert load({ODD: {"a": 1}, ENTERPRISE_URN: {"manager": {"displayName": "M"}}}, STRICT) == {
        "schemas": [USER_URN],
        "userName": "ann",
    }


def test_unknown_extensions_are_listed_after_known_ones() -> None:
    loaded = load(
        {"urn:b:x": {"a": 1}, "urn:a:x": {"b": 1}, ENTERPRISE_URN: {"division": "d"}, USER_URN: {"title": "no"}}
    )
    assert loaded["schemas"] == [USER_URN, ENTERPRISE_URN, "urn:a:x", "urn:b:x"]


def test_an_unknown_extension_is_kept_only_in_a_reasonable_size() -> None:
    with pytest.raises(InvalidValue, match="at most 8192"):
        load({ODD: {"a": "x" * 8192}})


def test_an_unknown_extension_that_is_no_object_is_dropped() -> None:
    assert ODD not in load({ODD: "x"})


@pytest.mark.parametrize("schemas", [None, [], "x", [3], [ENTERPRISE_URN], [USER_URN, "urn:unknown"]])
def test_schemas_are_checked_by_a_strict_server_only(schemas: object) -> None:
    with pytest.raises(InvalidSyntax, match="schemas"):
        load({"schemas": schemas}, STRICT)
    assert load({"schemas": schemas}, OKTA)["schemas"] == [USER_URN]


def test_schemas_are_compared_without_case() -> None:
    assert load({"schemas": [USER_URN.upper(), ENTERPRISE_URN.lower()]}, STRICT)["userName"] == "ann"


def test_limits_are_a_parameter_and_members_have_their_own() -> None:
    members = [{"value": f"u{number}"} for number in range(500)]
    group = {"schemas": [GROUP_URN], "displayName": "G", "members": members}
    assert len(resource.load(GROUP, group, tolerance=STRICT)["members"]) == 500
    with pytest.raises(InvalidValue, match="members has 500 values"):
        resource.load(GROUP, group, tolerance=STRICT, limits=Limits(members=499))
    with pytest.raises(InvalidValue):
        load({"title": "abc"}, limits=Limits(text=2))


def test_a_group_needs_a_name() -> None:
    with pytest.raises(InvalidValue, match="displayName is required"):
        resource.load(GROUP, {"schemas": [GROUP_URN]}, tolerance=STRICT)


def test_a_required_part_and_a_name_like_a_keyword_are_checked() -> None:
    parts = (Attribute("value", required=True), Attribute("Meta"))
    mine = Schema("urn:acme:2.0:Badge", "B", attributes=(Attribute("badge", type="complex", sub_attributes=parts),))
    badge = replace(USER, extensions=(mine,))
    with pytest.raises(InvalidValue, match=r"urn:acme:2\.0:Badge:badge\.value is required"):
        resource.load(badge, {"userName": "a", mine.id: {"badge": {"Meta": "x"}}}, tolerance=GENERIC)
    kept = resource.load(badge, {"userName": "a", mine.id: {"badge": {"meta": "x", "value": "y"}}}, tolerance=GENERIC)
    assert kept[mine.id] == {"badge": {"value": "y", "Meta": "x"}}


def test_loading_a_loaded_resource_changes_nothing() -> None:
    once = load({"emails": [{"value": "a@b", "type": "work"}], ODD: {"a": 1}, MINE.id: {"tags": ["x"]}})
    assert resource.load(TYPE, once, tolerance=GENERIC) == once
