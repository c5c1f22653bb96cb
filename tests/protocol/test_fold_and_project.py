"""The folded copy that filters read, and the part of a resource that an answer carries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER, USER_URN, Attribute, Schema
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.resource import fold, project

ANN: dict[str, Any] = {
    "schemas": [USER_URN, ENTERPRISE_URN],
    "id": "A1",
    "userName": " Ann@Example.com",
    "externalId": "A\u030aX",
    "active": True,
    "name": {"givenName": "Änne", "familyName": "Doe"},
    "emails": [{"value": "A@B", "type": "Work", "primary": True}, {"value": "C@D"}],
    "groups": [{"value": "G1", "display": "Sales"}],
    "meta": {"created": "2024-05-01T10:00:00+02:00", "version": 'W/"1"', "lastModified": "Nonsense"},
    ENTERPRISE_URN: {"department": "R&D", "manager": {"value": "M1"}},
    "urn:odd": {"Key": ["ABC", 3, None, {"Deep": "XYZ"}]},
}


def test_text_folds_where_case_does_not_matter() -> None:
    folded = fold(USER, ANN)
    assert folded["userName"] == "ann@example.com"
    assert folded["externalId"] == "ÅX"
    assert folded["active"] is True
    assert folded["name"] == {"givenName": "änne", "familyName": "doe"}
    assert folded["emails"] == [{"value": "a@b", "type": "work", "primary": True}, {"value": "c@d"}]
    assert folded["groups"] == [{"value": "G1", "display": "sales"}]
    assert folded["meta"] == {"created": "2024-05-01T08:00:00.000000Z", "version": 'W/"1"', "lastModified": "nonsense"}
    assert folded[ENTERPRISE_URN] == {"department": "r&d", "manager": {"value": "M1"}}
    assert "urn:odd" not in folded


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "type", "x"]), inner),
    max_leaves=5,
)
names = st.sampled_from(["userName", "id", "emails", "name", "meta", "active", "schemas", ENTERPRISE_URN, "urn:odd"])


@given(st.dictionaries(names, json_values))
def test_folding_anything_twice_is_folding_it_once(odd: dict[str, Any]) -> None:
    assert fold(USER, fold(USER, odd)) == fold(USER, odd)


EVERYTHING = frozenset(ANN)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (["userName"], {"userName": " Ann@Example.com"}),
        (["USERNAME", "nothing", "", "a.b.c"], {"userName": " Ann@Example.com"}),
        (["name.familyName"], {"name": {"familyName": "Doe"}}),
        (["name.familyName", "name.givenName"], {"name": {"givenName": "Änne", "familyName": "Doe"}}),
        (["name.nothing"], {}),
        (["emails.value"], {"emails": [{"value": "A@B"}, {"value": "C@D"}]}),
        (["emails.primary"], {"emails": [{"primary": True}]}),
        (['emails[type eq "work"]'], {"emails": ANN["emails"]}),
        ([f"{USER_URN}:active"], {"active": True}),
        ([ENTERPRISE_URN], {ENTERPRISE_URN: ANN[ENTERPRISE_URN]}),
        ([f"{ENTERPRISE_URN}:department"], {ENTERPRISE_URN: {"department": "R&D"}}),
        ([f"{ENTERPRISE_URN}:manager.value"], {ENTERPRISE_URN: {"manager": {"value": "M1"}}}),
        (["active.value"], {"active": True}),
        (["urn:odd"], {"urn:odd": ANN["urn:odd"]}),
    ],
)
def test_only_what_is_asked_for_is_returned(attributes: list[str], expected: dict[str, Any]) -> None:
    always = {"schemas": ANN["schemas"], "id": "A1"}
    assert project(ANN, USER, attributes=attributes) == always | expected


@pytest.mark.parametrize(
    ("excluded", "gone"),
    [
        (["emails", "groups"], {"emails", "groups"}),
        (["id", "schemas"], set()),
        ([ENTERPRISE_URN], {ENTERPRISE_URN}),
        ([f"{ENTERPRISE_URN}:department", f"{ENTERPRISE_URN}:manager"], {ENTERPRISE_URN}),
        (["urn:odd"], {"urn:odd"}),
        (["nothing"], set()),
    ],
)
def test_what_is_excluded_is_left_out(excluded: list[str], gone: set[str]) -> None:
    assert set(project(ANN, USER, excluded=excluded)) == EVERYTHING - gone


def test_a_part_can_be_excluded() -> None:
    shown = project(ANN, USER, excluded=["name.givenName", "emails.primary"])
    assert shown["name"] == {"familyName": "Doe"}
    assert shown["emails"] == [{"value": "A@B", "type": "Work"}, {"value": "C@D"}]
    assert "givenName" in ANN["name"]


def test_asking_wins_over_excluding() -> None:
    assert set(project(ANN, USER, attributes=["active"], excluded=["active"])) == {"schemas", "id", "active"}


def test_everything_is_returned_by_default_except_what_never_is() -> None:
    shown = project({**ANN, "password": "secret", "unknown": 1}, USER)
    assert shown == {**ANN, "unknown": 1}
    assert "password" not in project({"password": "secret"}, USER, attributes=["password"])


def test_what_is_returned_on_request_needs_the_request() -> None:
    mine = Schema("urn:acme:x", "X", attributes=(Attribute("note", returned="request"),))
    extended = replace(USER, extensions=(mine,))
    data: dict[str, Any] = {"id": "1", mine.id: {"note": "n", "odd": 1}}
    assert project(data, extended) == {"id": "1", mine.id: {"odd": 1}}
    assert project(data, extended, attributes=["urn:acme:x:note"]) == {"id": "1", mine.id: {"note": "n"}}


def test_too_many_names_are_refused() -> None:
    assert project(ANN, USER, attributes=["active"] * 100)
    with pytest.raises(InvalidValue, match="100"):
        project(ANN, USER, attributes=["a"] * 60, excluded=["b"] * 41)


def test_a_resource_is_written_compactly() -> None:
    assert resource.dumps({"a": "ä", "b": None}) == '{"a":"ä","b":null}'.encode()
