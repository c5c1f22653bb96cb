"""PATCH over a user: every form of path, every operation, every tolerance."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim_portal.protocol import patch
from scim_portal.protocol.definitions import ENTERPRISE_URN as ENT
from scim_portal.protocol.definitions import USER_URN
from scim_portal.protocol.errors import InvalidFilter, InvalidPath, InvalidValue, Mutability, NoTarget, ScimError
from scim_portal.protocol.tolerance import ENTRA, GENERIC, OKTA, STRICT, Tolerance
from tests.protocol.test_filter_binding import MINE, TYPE

WORK = {"value": "ann@work", "type": "work", "primary": True}
HOME = {"value": "Ann@home", "type": "home"}
ANN: dict[str, Any] = {
    "schemas": [USER_URN, ENT],
    "id": "A1",
    "userName": "ann",
    "title": "VP",
    "active": True,
    "name": {"givenName": "Ann", "familyName": "Doe"},
    "emails": [WORK, HOME],
    ENT: {"department": "Sales", "manager": {"value": "M1", "$ref": "../Users/M1"}},
}
ODD = "urn:okta:custom:user:1.0"


def run(*operations: tuple[Any, ...], tolerance: Tolerance = STRICT) -> dict[str, Any]:
    keys = ("op", "path", "value")
    sent = {"schemas": [patch_urn], "Operations": [dict(zip(keys, one, strict=False)) for one in operations]}
    before = copy.deepcopy(ANN)
    try:
        return patch.apply(TYPE, ANN, patch.parse_request(sent, tolerance), tolerance=tolerance)
    finally:
        assert before == ANN


patch_urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (("replace", "title", "CEO"), {"title": "CEO"}),
        (("add", "TITLE", "CEO"), {"title": "CEO"}),
        (("add", "title", None), {}),
        (("add", "emails", None), {}),
        (("replace", "title", None), {"title": None}),
        (("remove", "title"), {"title": None}),
        (("remove", "nickName"), {}),
        (("remove", "active"), {"active": None}),
        (("replace", "active", False), {"active": False}),
        (("replace", f"{USER_URN}:title", "CEO"), {"title": "CEO"}),
        (("replace", "name.givenName", "Bo"), {"name": {"givenName": "Bo", "familyName": "Doe"}}),
        (("replace", "name", {"GivenName": "Bo"}), {"name": {"givenName": "Bo", "familyName": "Doe"}}),
        (("add", "name", {"givenName": None, "odd": 1}), {"name": {"familyName": "Doe"}}),
        (("remove", "name.givenName"), {"name": {"familyName": "Doe"}}),
        (("remove", "name"), {"name": None}),
        (("replace", "name", {"givenName": None, "familyName": None}), {"name": None}),
        (("add", "nickName", "A"), {"nickName": "A"}),
        (("replace", "password", "secret"), {}),
        (("add", f"{ENT}:department", "R&D"), {ENT: {**ANN[ENT], "department": "R&D"}}),
        (
            ("replace", f"{ENT}:manager.value", "M2"),
            {ENT: {**ANN[ENT], "manager": {"value": "M2", "$ref": "../Users/M1"}}},
        ),
        (
            ("replace", ENT, {"Division": "d", "odd": 1, "department": None}),
            {ENT: {"manager": ANN[ENT]["manager"], "division": "d"}},
        ),
        (("remove", f"{ENT}:manager"), {ENT: {"department": "Sales"}}),
        (("remove", ENT), {ENT: None, "schemas": [USER_URN]}),
        (("remove", MINE.id), {}),
        (("add", USER_URN, {"title": "CEO"}), {"title": "CEO"}),
        (("add", f"{MINE.id}:level", 3), {MINE.id: {"level": 3}, "schemas": [USER_URN, ENT, MINE.id]}),
        (
            ("add", f"{MINE.id}:tags", ["a", "A", "b"]),
            {MINE.id: {"tags": ["A", "b"]}, "schemas": [USER_URN, ENT, MINE.id]},
        ),
    ],
)
@pytest.mark.parametrize("tolerance", [STRICT, OKTA, ENTRA, GENERIC])
def test_single_values_change(operation: tuple[Any, ...], expected: dict[str, Any], tolerance: Tolerance) -> None:
    wanted = {name: one for name, one in {**ANN, **expected}.items() if one is not None}
    assert run(operation, tolerance=tolerance) == wanted


@pytest.mark.parametrize(
    ("operation", "emails"),
    [
        (("add", "emails", [{"value": "x"}]), [WORK, HOME, {"value": "x"}]),
        (("add", "emails", [WORK]), [WORK, HOME]),
        (
            ("add", "emails", [{"value": "ANN@WORK", "type": "work", "primary": True}]),
            [{**WORK, "value": "ANN@WORK"}, HOME],
        ),
        (("add", "emails", [{"value": "ann@home"}]), [WORK, {"value": "ann@home", "type": "home"}]),
        (
            ("add", "emails", [{"value": "x", "primary": True}]),
            [{**WORK, "primary": False}, HOME, {"value": "x", "primary": True}],
        ),
        (("add", "emails", [{"type": "x"}, {"type": "x"}]), [WORK, HOME, {"type": "x"}]),
        (("replace", "emails", [{"value": "x"}]), [{"value": "x"}]),
        (("replace", "emails", []), []),
        (("replace", "emails", None), []),
        (("remove", "emails"), []),
        (("remove", "emails", None), []),
        (("remove", "emails", [{"value": "ANN@home"}]), [WORK]),
        (("remove", "emails", [{"value": "ann@home", "type": "work"}]), [WORK, HOME]),
        (("remove", "emails", [{"type": "Work"}]), [HOME]),
        (("remove", "emails", []), [WORK, HOME]),
        (("remove", 'emails[type eq "WORK"]'), [HOME]),
        (("remove", 'emails[type eq "other"]'), [WORK, HOME]),
        (("remove", 'emails[type eq "home"].type'), [WORK, {"value": "Ann@home"}]),
        (("remove", "emails.type"), [{"value": "ann@work", "primary": True}, {"value": "Ann@home"}]),
        (("replace", 'emails[type eq "work"].value', "n@w"), [{**WORK, "value": "n@w"}, HOME]),
        (("add", 'emails[type eq "home"].primary', True), [{**WORK, "primary": False}, {**HOME, "primary": True}]),
        (("add", 'emails[type eq "home"]', {"display": "H"}), [WORK, {**HOME, "display": "H"}]),
        (("add", 'emails[type eq "home"]', None), [WORK, HOME]),
        (("replace", 'emails[type eq "home"]', {"value": "x", "type": "home"}), [WORK, {"value": "x", "type": "home"}]),
        (("replace", "emails.display", "D"), [{**WORK, "display": "D"}, {**HOME, "display": "D"}]),
        (
            ("replace", 'emails[value ew "work" or value ew "home"].display', "D"),
            [{**WORK, "display": "D"}, {**HOME, "display": "D"}],
        ),
        (("replace", 'emails[not (type eq "work")].value', "x"), [WORK, {**HOME, "value": "x"}]),
    ],
)
@pytest.mark.parametrize("tolerance", [STRICT, OKTA, ENTRA, GENERIC])
def test_lists_change_by_element(operation: tuple[Any, ...], emails: list[Any], tolerance: Tolerance) -> None:
    assert run(operation, tolerance=tolerance) == {
        **{k: v for k, v in ANN.items() if k != "emails"},
        **({"emails": emails} if emails else {}),
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"active": False, "id": "x", "schemas": [], "meta": {}, "groups": [], "password": "p", "odd": 1},
            {"active": False},
        ),
        (
            {"name.givenName": "Bo", "displayName": "Bo D"},
            {"name": {"givenName": "Bo", "familyName": "Doe"}, "displayName": "Bo D"},
        ),
        ({"name": {"givenName": "Bo"}}, {"name": {"givenName": "Bo", "familyName": "Doe"}}),
        ({f"{ENT}:employeeNumber": "7"}, {ENT: {**ANN[ENT], "employeeNumber": "7"}}),
        ({ENT.upper(): {"Department": "R"}}, {ENT: {**ANN[ENT], "department": "R"}}),
        ({ENT: None}, {}),
        ({'emails[type eq "work"].value': "x"}, {"emails": [{**WORK, "value": "x"}, HOME]}),
        ({"meta.version": "x", "groups.value": "y", ODD: "x", "": 1, "a b": 2}, {}),
    ],
)
@pytest.mark.parametrize("verb", ["add", "replace"])
def test_a_value_without_path_is_spread_over_attributes(
    verb: str, value: dict[str, Any], expected: dict[str, Any]
) -> None:
    for tolerance in (STRICT, OKTA, ENTRA, GENERIC):
        assert run((verb, None, value), tolerance=tolerance) == {**ANN, **expected}


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        (("remove",), NoTarget),
        (("remove", USER_URN), NoTarget),
        (("replace", 'emails[type eq "other"].value', "x"), NoTarget),
        (("add", 'emails[type eq "other"].value', "x"), NoTarget),
        (("replace", 'emails[type eq "other"]', {"value": "x"}), NoTarget),
        (("remove", "userName"), Mutability),
        (("replace", "userName", None), Mutability),
        (("replace", "id", "x"), Mutability),
        (("remove", "meta"), Mutability),
        (("replace", "meta.version", "x"), Mutability),
        (("add", "groups", [{"value": "g"}]), Mutability),
        (("replace", f"{ENT}:manager.displayName", "x"), Mutability),
        (("replace", "schemas", []), Mutability),
        (("replace", "userName", ""), InvalidValue),
        (("replace", "title", 5), InvalidValue),
        (("replace", "active", "False"), InvalidValue),
        (("replace", "name", "Ann"), InvalidValue),
        (("replace", "name.givenName", ["x"]), InvalidValue),
        (("add", "emails", {"value": "x"}), InvalidValue),
        (("add", "emails", [{"value": 5}]), InvalidValue),
        (("replace", "emails", [WORK, {**HOME, "primary": True}]), InvalidValue),
        (("replace", "emails.primary", True), InvalidValue),
        (("add", "emails", [{"value": str(number)} for number in range(99)]), InvalidValue),
        (("replace", None, "x"), InvalidValue),
        (("replace", ENT, "x"), InvalidValue),
        (("replace", f"{ENT}:department", 3), InvalidValue),
        (("replace", "manager", {"value": "x"}), InvalidPath),
        (("replace", f"{ENT}.manager", "x"), InvalidPath),
        (("replace", "shoeSize", 4), InvalidPath),
        (("replace", "name.shoe", 4), InvalidPath),
        (("replace", "", 4), InvalidPath),
        (("replace", "a b", 4), InvalidPath),
        (("replace", "name.a.b", 4), InvalidPath),
        (("replace", 'emails[type eq "work"', 4), InvalidPath),
        (("replace", 'emails[type eq "work"]value', 4), InvalidPath),
        (("replace", 'emails[type eq "work"].a.b', 4), InvalidPath),
        (("replace", 'emails.value[type eq "work"].type', 4), InvalidPath),
        (("replace", 'emails[type eq "work"].shoe', 4), InvalidPath),
        (("replace", 'name[givenName eq "Ann"]', {}), InvalidPath),
        (("remove", 'schemas[value eq "x"]'), InvalidPath),
        (("replace", "x" * 5000, 4), InvalidPath),
        (("remove", 'emails[shoe eq "work"]'), InvalidFilter),
        (("remove", "emails[type eq 3]"), InvalidFilter),
    ],
)
def test_a_strict_server_refuses_what_the_rfc_refuses(operation: tuple[Any, ...], error: type[ScimError]) -> None:
    with pytest.raises(error):
        run(("replace", "title", "never kept"), operation)


@pytest.mark.parametrize("tolerance", [OKTA, ENTRA])
@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (("replace", "active", "False"), {"active": False}),
        (("Replace", 'emails[type eq "Other"].value', "x"), {"emails": [WORK, HOME, {"type": "Other", "value": "x"}]}),
        (
            ("Add", 'phoneNumbers[type eq "mobile" and primary eq "True"].value', "1"),
            {"phoneNumbers": [{"type": "mobile", "primary": True, "value": "1"}]},
        ),
        (("Add", 'roles[primary eq "True"].value', "r"), {"roles": [{"primary": True, "value": "r"}]}),
        (("Replace", 'emails[type eq "other"].value', None), {}),
        (
            ("Replace", 'emails[type eq "other"]', {"value": "x"}),
            {"emails": [WORK, HOME, {"type": "other", "value": "x"}]},
        ),
        (("Replace", 'emails[type eq "home"]', {"value": "x"}), {"emails": [WORK, {"type": "home", "value": "x"}]}),
        (
            ("Replace", 'addresses[type eq "work"].streetAddress', "1 Way"),
            {"addresses": [{"type": "work", "streetAddress": "1 Way"}]},
        ),
        (
            ("Add", "manager", [{"$ref": "r", "value": "M2"}]),
            {ENT: {"department": "Sales", "manager": {"value": "M2", "$ref": "r"}}},
        ),
        (
            ("Add", f"{ENT}:manager", "M2"),
            {ENT: {"department": "Sales", "manager": {"value": "M2", "$ref": "../Users/M1"}}},
        ),
        (("Replace", f"{ENT}.manager", "M1"), {}),
        (
            ("Replace", "manager.displayName", "Mo"),
            {ENT: {"department": "Sales", "manager": {**ANN[ENT]["manager"], "displayName": "Mo"}}},
        ),
        (("Add", "emails", {"value": "x"}), {"emails": [WORK, HOME, {"value": "x"}]}),
        (("Add", "emails.display", "D"), {"emails": [{**WORK, "display": "D"}, {**HOME, "display": "D"}]}),
        (("Add", "ims.value", "i"), {"ims": [{"value": "i"}]}),
        (("Replace", "emails", [WORK, {**HOME, "primary": True}]), {"emails": [WORK, {**HOME, "primary": False}]}),
        (("Replace", "emails.primary", "True"), {"emails": [WORK, {**HOME, "primary": False}]}),
        (("Replace", None, {"department": "R"}), {ENT: {**ANN[ENT], "department": "R"}}),
        (("Replace", None, {ODD: {"a": 1}}), {ODD: {"a": 1}, "schemas": [USER_URN, ENT, ODD]}),
    ],
)
def test_okta_and_entra_are_understood(
    operation: tuple[Any, ...], expected: dict[str, Any], tolerance: Tolerance
) -> None:
    assert run(operation, tolerance=tolerance) == {**ANN, **expected}


def test_a_selection_that_is_no_plain_equality_creates_nothing() -> None:
    for path in ('emails[type ne "work" and type ne "home"].value', 'emails[type eq "a" and not (value pr)].value'):
        with pytest.raises(NoTarget):
            run(("replace", path, "x"), tolerance=ENTRA)


def test_an_unknown_extension_grows_by_patch() -> None:
    grown = run(("add", None, {ODD: {"a": 1}}), ("add", None, {ODD: {"b": 2}}), tolerance=OKTA)
    assert grown[ODD] == {"a": 1, "b": 2}
    assert ODD not in run(("add", None, {ODD: {"a": 1}}))


def test_operations_apply_in_order_and_all_or_none() -> None:
    assert run(("remove", "title"), ("add", "title", "A"), ("replace", "title", "B"))["title"] == "B"
    with pytest.raises(Mutability):
        run(("replace", "title", "B"), ("remove", "userName"))


def test_an_extension_that_comes_and_goes_leaves_no_trace() -> None:
    assert run(("add", f"{MINE.id}:level", 3), ("remove", f"{MINE.id}:level")) == ANN


def test_plain_values_are_removed_by_value() -> None:
    tags = f"{MINE.id}:tags"
    assert run(("add", tags, ["a", "b"]), ("remove", tags, ["A"]))[MINE.id] == {"tags": ["b"]}


def test_a_resource_without_schemas_gets_none() -> None:
    bare = {"userName": "ann"}
    assert patch.apply(TYPE, bare, [patch.Operation("add", "title", "x")], tolerance=STRICT) == {**bare, "title": "x"}
