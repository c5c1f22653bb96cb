"""Bodies that must be refused: name, method, path, body (text as sent, or a value for JSON), status, scimType."""

from __future__ import annotations

from typing import Any

from tests.portals import CORE_GROUP, CORE_USER, ENTERPRISE, a_group, a_patch, a_user

USERS, USER, GROUPS, GROUP = "/Users", "/Users/{user}", "/Groups", "/Groups/{group}"
Case = tuple[str, str, str, Any, int, str | None]


def deep(levels: int) -> Any:
    """Nest lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def new(**attributes: Any) -> dict[str, Any]:
    """Make a new user with something wrong."""
    return a_user("new@x.example", **attributes)


def replacing(path: str, value: Any) -> dict[str, Any]:
    """Make a PATCH of one replaced value."""
    return a_patch({"op": "replace", "path": path, "value": value})


SYNTAX: list[Case] = [
    (name, method, path, body, 400, "invalidSyntax")
    for method, path in (("POST", USERS), ("PUT", USER), ("PATCH", GROUP))
    for name, body in (
        ("nothing", ""), ("blanks", "  \n"), ("half an object", '{"userName": "x"'), ("a list", "[]"), ("a text", '"x"'),
        ("null", "null"), ("a number", "7"), ("NaN", '{"userName": NaN}'), ("single quotes", "{'userName': 'x'}"),
        ("a lone surrogate", r'{"userName": "\ud800"}'), ("bytes that are no UTF-8", b'{"userName": "\xff\xfe"}'),
        ("a name twice", '{"userName": "a", "username": "b"}'), ("a form", "userName=x"),
    )
]  # fmt: skip
VALUES: list[tuple[str, str, str, Any]] = [
    ("no userName", "POST", USERS, {"schemas": [CORE_USER]}),
    ("an empty userName", "POST", USERS, a_user("")),
    ("a blank userName", "POST", USERS, a_user("   ")),
    ("a null userName", "PUT", USER, a_user() | {"userName": None}),
    ("a numeric userName", "POST", USERS, a_user() | {"userName": 7}),
    ("an object as userName", "POST", USERS, a_user() | {"userName": {"a": 1}}),
    ("NUL in userName", "POST", USERS, a_user("a\x00b")),
    ("an invisible userName", "POST", USERS, a_user("a\u200bb")),
    ("a userName of 257", "POST", USERS, a_user("x" * 257)),
    ("an externalId of 1025", "POST", USERS, new(externalId="x" * 1025)),
    ("NUL in a title", "PUT", USER, a_user(title="a\x00")),
    ("NUL in a name of an extension", "POST", USERS, new(**{"urn:x:y": {"a\x00": 1}})),
    ("a title of 1025", "POST", USERS, new(title="x" * 1025)),
    ("a title that is a number", "POST", USERS, new(title=5)),
    ("a title that is a list", "POST", USERS, new(title=["a", "b"])),
    ("active that is a word", "POST", USERS, new(active="perhaps")),
    ("active that is a list", "PUT", USER, a_user(active=[1, 2])),
    ("a name that is a text", "POST", USERS, new(name="Ann")),
    ("a given name that is an object", "POST", USERS, new(name={"givenName": {}, "x": 1, "familyName": {"a": 1}})),
    ("a mail that is a number", "POST", USERS, new(emails=[{"value": 4}])),
    ("101 mails", "POST", USERS, new(emails=[{"value": f"{n}@x.example"} for n in range(101)])),
    ("primary that is a word", "POST", USERS, new(emails=[{"value": "a@b.c", "primary": "much"}])),
    ("a certificate that is no base64", "POST", USERS, new(x509Certificates=[{"value": "ä"}])),
    ("an extension that is a text", "POST", USERS, new(**{ENTERPRISE: "x"})),
    ("a department that is a number", "PUT", USER, a_user(**{ENTERPRISE: {"department": 3}})),
    ("an extension of 9 kB", "POST", USERS, new(**{"urn:x:y": {"a": "x" * 9000}})),
    ("a group without a name", "POST", GROUPS, {"schemas": [CORE_GROUP]}),
    ("a group with an empty name", "POST", GROUPS, a_group("")),
    ("a group's name that is a number", "PUT", GROUP, a_group() | {"displayName": 3}),
    ("NUL in a group's name", "POST", GROUPS, a_group("a\x00")),
    ("members that are a number", "POST", GROUPS, a_group() | {"members": 5}),
    ("NUL in a member's id", "POST", GROUPS, a_group("G", "a\x00")),
    ("a member's id that is a number", "POST", GROUPS, a_group() | {"members": [{"value": 3}]}),
]
OTHERS: list[Case] = [
    ("nesting", "POST", USERS, a_user(title=deep(30)), 400, "invalidSyntax"),
    ("a userName that is taken", "POST", USERS, a_user("BOB@X.example"), 409, "uniqueness"),
    ("somebody else's userName", "PUT", USER, a_user("Bob@x.example"), 409, "uniqueness"),
    ("somebody else's userName by PATCH", "PATCH", USER, replacing("userName", "bob@x.example"), 409, "uniqueness"),
]
PATCHES: list[Case] = [
    ("no operations", "PATCH", USER, a_patch(), 400, "invalidSyntax"),
    ("operations that are an object", "PATCH", USER, {"Operations": {"op": "add"}}, 400, "invalidSyntax"),
    ("an operation that is a text", "PATCH", USER, {"Operations": ["add"]}, 400, "invalidSyntax"),
    (
        "an unknown operation",
        "PATCH",
        USER,
        a_patch({"op": "move", "path": "title", "value": "x"}),
        400,
        "invalidSyntax",
    ),
    ("an operation without op", "PATCH", USER, a_patch({"path": "title", "value": "x"}), 400, "invalidSyntax"),
    ("1001 operations", "PATCH", USER, a_patch(*[{"op": "add", "path": "title", "value": "x"}] * 1001), 413, None),
    ("a remove without a path", "PATCH", USER, a_patch({"op": "remove"}), 400, "noTarget"),
    ("a path that cannot be read", "PATCH", USER, replacing("emails[", "x"), 400, "invalidPath"),
    ("an empty path", "PATCH", USER, replacing("", "x"), 400, "invalidPath"),
    ("a path that is a number", "PATCH", USER, a_patch({"op": "replace", "path": 5, "value": 1}), 400, "invalidSyntax"),
    ("a path with a broken filter", "PATCH", USER, replacing('emails[type zz "x"].value', "x"), 400, "invalidPath"),
    ("a path with a NUL", "PATCH", USER, replacing("tit\x00le", "x"), 400, "invalidValue"),
    ("userName taken away", "PATCH", USER, a_patch({"op": "remove", "path": "userName"}), 400, "mutability"),
    ("a userName of 257 by PATCH", "PATCH", USER, replacing("userName", "x" * 257), 400, "invalidValue"),
    ("active that is a word by PATCH", "PATCH", USER, replacing("active", "perhaps"), 400, "invalidValue"),
    (
        "a good and a bad operation",
        "PATCH",
        USER,
        a_patch(
            {"op": "replace", "path": "title", "value": "kept?"},
            {"op": "replace", "path": "active", "value": "perhaps"},
        ),
        400,
        "invalidValue",
    ),
    (
        "a good and a bad group operation",
        "PATCH",
        GROUP,
        a_patch({"op": "remove", "path": "members"}, {"op": "replace", "path": "displayName", "value": 7}),
        400,
        "invalidValue",
    ),
    (
        "members that are numbers",
        "PATCH",
        GROUP,
        a_patch({"op": "add", "path": "members", "value": [5]}),
        400,
        "invalidValue",
    ),
    ("a group's name taken away", "PATCH", GROUP, a_patch({"op": "remove", "path": "displayName"}), 400, "mutability"),
]
CASES = [*SYNTAX, *((*case, 400, "invalidValue") for case in VALUES), *OTHERS, *PATCHES]
