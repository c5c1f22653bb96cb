"""Resources with one value that must be refused: every kind of attribute of User, Enterprise User and Group."""

from __future__ import annotations

from typing import Any

from tests.portals import CORE_GROUP, CORE_USER, ENTERPRISE, a_group, a_user
from tests.web.bad_json import GROUP, GROUPS, USER, USERS, deep
from tests.web.bad_world import Bad

TEXTS = (
    "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone",
    "externalId",
)  # fmt: skip
NAMES = ("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")
LISTS = ("emails", "phoneNumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509Certificates")
WORK = ("employeeNumber", "costCenter", "organization", "division", "department")
NO_TEXTS: tuple[tuple[str, Any], ...] = (
    ("a number", 5), ("a boolean", True), ("a list", ["a", "b"]), ("an object", {"value": "x"}), ("a fraction", 1.5),
)  # fmt: skip


def new(**attributes: Any) -> dict[str, Any]:
    """Make a new user with something wrong."""
    return a_user("new@x.example", **attributes)


def wrong(name: str, method: str, path: str, body: Any, word: str) -> Bad:
    """Make a case of invalidValue."""
    return Bad(name, method, path, body, scim_type="invalidValue", word=word)


def rich(manager: Any) -> dict[str, Any]:
    """Make a new user with a manager."""
    return new(**{ENTERPRISE: {"manager": manager}})


def _texts() -> list[Bad]:
    cases = []
    for place, attribute in enumerate(TEXTS):
        for kind, value in (NO_TEXTS[place % 5], NO_TEXTS[(place + 2) % 5]):
            cases.append(wrong(f"{kind} as {attribute}", "POST", USERS, new(**{attribute: value}), attribute))
    for place, part in enumerate(NAMES):
        kind, value = NO_TEXTS[place % 5]
        cases.append(wrong(f"{kind} as {part}", "PUT", USER, a_user(name={part: value}), f"name.{part}"))
    for place, attribute in enumerate(WORK):
        kind, value = NO_TEXTS[place % 5]
        cases.append(wrong(f"{kind} as {attribute}", "POST", USERS, new(**{ENTERPRISE: {attribute: value}}), attribute))
    return cases


def _lists() -> list[Bad]:
    cases = []
    for attribute in LISTS:
        part = "locality" if attribute == "addresses" else "value"
        for kind, value, word in (
            ("a number", 5, attribute),
            ("a number in a list", [5], f"{attribute}[0]"),
            ("a list in a list", [[{part: "a"}]], f"{attribute}[0]"),
            (f"a number as {part}", [{part: "a"}, {part: 4}], f"{attribute}[1].{part}"),
            ("primary that is a word", [{part: "a", "primary": "much"}], f"{attribute}[0].primary"),
            ("a type that is a boolean", [{part: "a", "type": True}], f"{attribute}[0].type"),
            ("101 values", [{part: f"QUJD{n:04}"} for n in range(101)], "101 values"),
        ):
            cases.append(wrong(f"{kind} in {attribute}", "POST", USERS, new(**{attribute: value}), word))
    return cases


USER_NAMES = [
    wrong("no userName", "POST", USERS, {"schemas": [CORE_USER]}, "userName"),
    wrong("an empty userName", "POST", USERS, a_user(""), "userName"),
    wrong("a blank userName", "POST", USERS, a_user("   "), "userName"),
    wrong("a null userName", "PUT", USER, a_user() | {"userName": None}, "userName"),
    wrong("a numeric userName", "POST", USERS, a_user() | {"userName": 7}, "userName"),
    wrong("an object as userName", "POST", USERS, a_user() | {"userName": {"a": 1}}, "userName"),
    wrong("a list as userName", "PUT", USER, a_user() | {"userName": ["ann@x.example"]}, "userName"),
    wrong("NUL in userName", "POST", USERS, a_user("a\x00b"), "userName"),
    wrong("a tab in userName", "POST", USERS, a_user("a\tb"), "userName"),
    wrong("a line break in userName", "POST", USERS, a_user("a\nb"), "userName"),
    wrong("an escape character in userName", "POST", USERS, a_user("a\x1bb"), "userName"),
    wrong("an invisible userName", "POST", USERS, a_user("a\u200bb"), "userName"),
    wrong("a soft hyphen in userName", "POST", USERS, a_user("a\xadb"), "userName"),
    wrong("a turned direction in userName", "PUT", USER, a_user("a\u202eb"), "userName"),
    wrong("a byte order mark in userName", "POST", USERS, a_user("\ufeffa"), "userName"),
    wrong("a userName of 257", "POST", USERS, a_user("x" * 257), "userName"),
    wrong("a userName of 257 emoji", "POST", USERS, a_user("😀" * 257), "userName"),
]
SIZES = [
    wrong("an externalId of 1025", "POST", USERS, new(externalId="x" * 1025), "externalId"),
    wrong("a title of 1025", "POST", USERS, new(title="x" * 1025), "title"),
    wrong("a title of half a million", "POST", USERS, new(title="x" * 500_000), "title"),
    wrong("a mail of 1025", "POST", USERS, new(emails=[{"value": "x" * 1025}]), "emails[0].value"),
    wrong("a profileUrl of 8193", "POST", USERS, new(profileUrl="x" * 8193), "profileUrl"),
    wrong(
        "a certificate of 8196", "PUT", USER, a_user(x509Certificates=[{"value": "QUJD" * 2049}]), "x509Certificates"
    ),
    wrong("an extension of 9 kB", "PUT", USER, new(**{ENTERPRISE: {"division": "x" * 9000}}), "division"),
    wrong("5,000 mails", "POST", USERS, new(emails=[{"value": f"{n}@x"} for n in range(5000)]), "emails"),
    wrong("a group's name of 1025", "POST", GROUPS, a_group("x" * 1025), "displayName"),
    wrong("a member's id of 1025", "POST", GROUPS, a_group("G", "x" * 1025), "members[0].value"),
    wrong("10,001 members", "POST", GROUPS, a_group("G", *map(str, range(10_001))), "members"),
]
SINGLE = [
    wrong("NUL in a title", "PUT", USER, a_user(title="a\x00"), "title"),
    wrong("NUL in a name of an extension", "POST", USERS, new(**{"urn:x:y": {"a\x00": 1}}), "urn:x:y"),
    wrong("NUL deep in an unknown attribute", "POST", USERS, new(x={"a": [{"b": "\x00"}]}), "x.a[0].b"),
    wrong("a control character in a mail", "POST", USERS, new(emails=[{"value": "a\x01"}]), "emails[0].value"),
    wrong("a bell in a group's name", "PUT", GROUP, a_group("Sales\x07"), "displayName"),
    wrong("active that is a word", "POST", USERS, new(active="perhaps"), "active"),
    wrong("active that is a list", "PUT", USER, a_user(active=[1, 2]), "active"),
    wrong("active that is 1", "POST", USERS, new(active=1), "active"),
    wrong("active that is 0.0", "PUT", USER, a_user(active=0.0), "active"),
    wrong("active that is an object", "POST", USERS, new(active={"value": True}), "active"),
    wrong("active that is empty text", "POST", USERS, new(active=""), "active"),
    wrong("a name that is a text", "POST", USERS, new(name="Ann"), "name"),
    wrong("a name that is a number", "PUT", USER, a_user(name=5), "name"),
    wrong("names that are two", "POST", USERS, new(name=[{"givenName": "a"}, {"givenName": "b"}]), "name"),
    wrong("a certificate that is no base64", "POST", USERS, new(x509Certificates=[{"value": "ä"}]), "base64"),
    wrong("a certificate with its heading", "POST", USERS, new(x509Certificates=[{"value": "-----BEGIN:"}]), "base64"),
    wrong("an extension that is a text", "POST", USERS, new(**{ENTERPRISE: "x"}), ENTERPRISE),
    wrong("an extension that is a list", "PUT", USER, a_user(**{ENTERPRISE: [{"division": "a"}]}), ENTERPRISE),
    wrong("an extension in capitals that is a number", "POST", USERS, new(**{ENTERPRISE.upper(): 7}), ENTERPRISE),
    wrong("a manager that is a number", "POST", USERS, rich(5), "manager"),
    wrong("two managers", "POST", USERS, rich([{"value": "a"}, {"value": "b"}]), "manager"),
    wrong("a manager's id that is a number", "PUT", USER, rich({"value": 5}), "manager.value"),
    wrong("a group without a name", "POST", GROUPS, {"schemas": [CORE_GROUP]}, "displayName"),
    wrong("a group with an empty name", "POST", GROUPS, a_group(""), "displayName"),
    wrong("a group with a blank name", "PUT", GROUP, a_group("  "), "displayName"),
    wrong("a group's name that is null", "PUT", GROUP, a_group() | {"displayName": None}, "displayName"),
    wrong("a group's name that is a number", "PUT", GROUP, a_group() | {"displayName": 3}, "displayName"),
    wrong("a group's name that is a list", "POST", GROUPS, a_group() | {"displayName": ["a"]}, "displayName"),
    wrong("a group's externalId that is a number", "POST", GROUPS, a_group() | {"externalId": 3}, "externalId"),
    wrong("NUL in a group's name", "POST", GROUPS, a_group("a\x00"), "displayName"),
    wrong("members that are a number", "POST", GROUPS, a_group() | {"members": 5}, "members"),
    wrong("a list as a member", "POST", GROUPS, a_group() | {"members": [["{user}"]]}, "members[0]"),
    wrong("a number as a member", "PUT", GROUP, a_group() | {"members": [{"value": "{user}"}, 5]}, "members[1]"),
    wrong("NUL in a member's id", "POST", GROUPS, a_group("G", "a\x00"), "members[0].value"),
    wrong("a member's id that is a number", "POST", GROUPS, a_group() | {"members": [{"value": 3}]},
        "members[0].value"),
    wrong("a member's type that is a list", "POST", GROUPS, a_group() | {"members": [{"value": "a", "type": ["User"]}]},
          "members[0].type"),
]  # fmt: skip
OTHERS = [
    Bad("nesting", "POST", USERS, a_user(title=deep(30)), 400, "invalidSyntax", "nested"),
    Bad("a userName that is taken", "POST", USERS, a_user("BOB@X.example"), 409, "uniqueness", "bob@x.example"),
    Bad("a taken userName in wide letters", "POST", USERS, a_user("ｂob@x.example"), 409, "uniqueness", "user name"),
    Bad(
        "a taken userName with blanks around", "POST", USERS, a_user(" bob@x.example "), 409, "uniqueness", "user name"
    ),
    Bad("somebody else's userName", "PUT", USER, a_user("Bob@x.example"), 409, "uniqueness", "user name"),
    Bad("PUT of somebody unknown", "PUT", "/Users/01999999-0000-7000-8000-000000000000", new(), 404),
    Bad("PUT of a group that is a user", "PUT", "/Groups/{user}", a_group("New"), 404),
    Bad("PUT of a neighbor", "PUT", "/Users/{theirs}", new(), 404),
    Bad("PUT of a neighbor's group", "PUT", "/Groups/{their_group}", a_group("New"), 404),
]
CASES = [*USER_NAMES, *SIZES, *SINGLE, *OTHERS, *_texts(), *_lists()]
