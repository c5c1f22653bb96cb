"""Conversions of PATCH operations: who sets a source sets its target, who removes it removes it."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import conversions
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER, USER_URN
from scim_portal.protocol.patch import Operation, apply
from scim_portal.protocol.tolerance import ENTRA

Body = dict[str, Any]
WORK = 'emails[type eq "work"].value'
DEPARTMENT = f"{ENTERPRISE_URN}:department"
COPY = {"source": "nickName", "target": "title"}
MOVE = COPY | {"drop_source": True}
LOWER = {"source": "userName", "target": "userName", "transforms": ["lower"]}
GIVEN = {"source": "name.givenName", "target": "displayName"}
STAFF = {"constant": "Staff", "target": "userType"}


def converted(op: str, path: str | None, value: Any, *rules: Body) -> list[tuple[str, str | None, Any]]:
    conversion = conversions.from_document({"user": {"requests": list(rules)}}, USER)
    given = Operation(op, path, value, value is not None)  # type: ignore[arg-type]
    return [(one.op, one.path, one.value) for one in conversions.incoming_patch(conversion, [given])]


@pytest.mark.parametrize(
    ("rules", "sent", "made"),
    [
        ([COPY], ("replace", "NICKNAME", "A"), [("replace", "NICKNAME", "A"), ("replace", "title", "A")]),
        ([MOVE], ("add", "nickName", "A"), [("replace", "title", "A")]),
        ([COPY], ("replace", "locale", "de"), [("replace", "locale", "de")]),
        ([COPY], ("replace", "nickName[", "de"), [("replace", "nickName[", "de")]),
        ([COPY], ("remove", "nickName", None), [("remove", "nickName", None), ("remove", "title", None)]),
        ([MOVE], ("remove", "nickName", None), [("remove", "title", None)]),
        ([COPY], ("remove", "nickName", "A"), [("remove", "nickName", "A")]),
        ([COPY], ("replace", "nickName", None), [("replace", "nickName", None), ("remove", "title", None)]),
        ([COPY], ("remove", None, None), [("remove", None, None)]),
        ([COPY], ("replace", None, "odd"), [("replace", None, "odd")]),
        ([COPY], ("replace", None, {}), [("replace", None, {})]),
        ([COPY], ("replace", None, {"locale": "de"}), [("replace", None, {"locale": "de"})]),
        ([LOWER], ("replace", "userName", "ANN"), [("replace", "userName", "ann")]),
        ([LOWER], ("replace", "userName", ""), [("replace", "userName", "")]),
        ([LOWER], ("remove", "userName", None), [("remove", "userName", None)]),
        ([LOWER], ("replace", None, {"USERNAME": "ANN", "x": 1}), [("replace", None, {"USERNAME": "ann", "x": 1})]),
        ([LOWER], ("replace", USER_URN, {"userName": "ANN"}), [("replace", USER_URN, {"userName": "ann"})]),
        ([LOWER], ("add", None, {USER_URN: {"userName": "ANN"}}), [("add", None, {USER_URN: {"userName": "ann"}})]),
        ([{"source": "login", "target": "userName"}], ("remove", "login", None), []),
        ([{"source": "login", "target": "title"}], ("replace", "login", "x"), [("replace", "title", "x")]),
        ([{"source": "login", "target": "title"}], ("replace", None, {"login": "x"}), [("replace", "title", "x")]),
        (
            [GIVEN],
            ("replace", "name.givenName", "A"),
            [("replace", "name.givenName", "A"), ("replace", "displayName", "A")],
        ),
        (
            [GIVEN],
            ("replace", "name", {"GivenName": "A"}),
            [("replace", "name", {"GivenName": "A"}), ("replace", "displayName", "A")],
        ),
        ([GIVEN], ("remove", "name", None), [("remove", "name", None), ("remove", "displayName", None)]),
        (
            [GIVEN | {"drop_source": True}],
            ("replace", "name", {"givenName": "A", "familyName": "B"}),
            [("replace", "name", {"familyName": "B"}), ("replace", "displayName", "A")],
        ),
        (
            [GIVEN],
            ("add", None, {"name.givenName": "A", "displayName": "old"}),
            [("add", None, {"name.givenName": "A", "displayName": "A"})],
        ),
        (
            [{"source": DEPARTMENT, "target": "title"}],
            ("replace", "department", "S"),
            [("replace", "department", "S"), ("replace", "title", "S")],
        ),
        ([{"source": "department", "target": "title"}], ("replace", "department", "S"), [("replace", "title", "S")]),
        (
            [{"source": DEPARTMENT, "target": "title"}],
            ("replace", ENTERPRISE_URN, {"department": "S"}),
            [("replace", ENTERPRISE_URN, {"department": "S"}), ("replace", "title", "S")],
        ),
        (
            [{"source": DEPARTMENT, "target": "title", "drop_source": True}],
            ("add", None, {ENTERPRISE_URN: {"department": "S", "division": "D"}}),
            [("add", None, {ENTERPRISE_URN: {"division": "D"}}), ("replace", "title", "S")],
        ),
        (
            [{"source": WORK, "target": "title"}],
            ("add", 'emails[type eq "WORK"].value', "a"),
            [("add", 'emails[type eq "WORK"].value', "a"), ("replace", "title", "a")],
        ),
        (
            [{"source": WORK, "target": "title"}],
            ("add", "emails", [{"type": "home", "value": "h"}, {"type": "work", "value": "a"}]),
            [
                ("add", "emails", [{"type": "home", "value": "h"}, {"type": "work", "value": "a"}]),
                ("replace", "title", "a"),
            ],
        ),
        (
            [{"source": WORK, "target": WORK, "transforms": ["lower"]}],
            ("replace", 'emails[type eq "work"]', {"value": "A"}),
            [("replace", 'emails[type eq "work"]', {"type": "work", "value": "a"})],
        ),
        (
            [{"source": WORK, "target": "title"}],
            ("replace", 'emails[type ne "work"].value', "a"),
            [("replace", 'emails[type ne "work"].value', "a")],
        ),
        (
            [{"source": "mails", "target": "emails"}],
            ("add", "mails", [{"value": "a"}]),
            [("add", "emails", [{"value": "a"}])],
        ),
        ([STAFF], ("replace", "userType", "Guest"), [("replace", "userType", "Staff")]),
        (
            [STAFF],
            ("replace", None, {"userType": "Guest", "title": "x"}),
            [("replace", None, {"userType": "Staff", "title": "x"})],
        ),
        ([STAFF], ("remove", "userType", None), [("remove", "userType", None), ("replace", "userType", "Staff")]),
        ([STAFF], ("replace", "title", "x"), [("replace", "title", "x")]),
        (
            [{"first_of": ["nickName", "login"], "target": "title"}],
            ("add", None, {"login": "l", "nickName": "n"}),
            [("add", None, {"nickName": "n"}), ("replace", "title", "n")],
        ),
        (
            [{"first_of": ["nickName", "login"], "target": "title"}],
            ("remove", "nickName", None),
            [("remove", "nickName", None)],
        ),
        ([], ("replace", "userType", "Guest"), [("replace", "userType", "Guest")]),
    ],
)
def test_an_operation_becomes(rules: list[Body], sent: tuple[str, str | None, Any], made: list[Any]) -> None:
    assert converted(*sent, *rules) == made


def test_the_operation_that_was_given_is_not_changed() -> None:
    value = {"userName": "ANN", "name": {"givenName": "A"}}
    converted("replace", None, value, LOWER, GIVEN | {"drop_source": True})
    assert value == {"userName": "ANN", "name": {"givenName": "A"}}


def test_what_comes_out_can_be_applied_and_says_what_a_put_would_have_said() -> None:
    rules = [LOWER, GIVEN, {"source": "mail", "target": WORK}, {"source": "dept", "target": DEPARTMENT}]
    conversion = conversions.from_document({"user": {"requests": rules}}, USER)
    body = {"userName": "ANN@X", "name": {"givenName": "Ann"}, "mail": "ann@x", "dept": "Sales"}
    stored = {"schemas": [USER_URN], "userName": "x", "active": True}
    patched = apply(
        USER, stored, conversions.incoming_patch(conversion, [Operation("replace", None, body)]), tolerance=ENTRA
    )
    put = conversions.incoming(conversion, body)
    for name in ("userName", "name", "displayName", "emails", ENTERPRISE_URN):
        assert patched[name] == put[name], name
