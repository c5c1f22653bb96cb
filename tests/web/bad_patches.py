"""PATCH messages that must be refused as a whole: the message, its operations, their paths and their values."""

from __future__ import annotations

from typing import Any

from tests.portals import CORE_USER, ENTERPRISE, PATCH_OP, a_patch
from tests.web.bad_json import USER
from tests.web.bad_world import Bad


def patch(
    name: str, scim_type: str | None, *operations: Any, word: str = "", path: str = USER, status: int = 400
) -> Bad:
    """Make a case of some operations; `scim_type` without its "invalid" would be as long as the sentence."""
    return Bad(name, "PATCH", path, a_patch(*operations), status, scim_type, word)


def replacing(name: str, scim_type: str, path: str, value: Any, word: str = "") -> Bad:
    """Make a case of one replaced value."""
    return patch(name, scim_type, {"op": "replace", "path": path, "value": value}, word=word)


def message(name: str, body: Any, word: str) -> Bad:
    """Make a case of a wrong message."""
    return Bad(name, "PATCH", USER, body, 400, "invalidSyntax", word)


TITLE = {"op": "add", "path": "title", "value": "x"}
MESSAGES = [
    message("no operations", a_patch(), "Operations"),
    message("no Operations at all", {"schemas": [PATCH_OP]}, "Operations"),
    message("operations that are null", {"schemas": [PATCH_OP], "Operations": None}, "Operations"),
    message("operations that are an object", {"schemas": [PATCH_OP], "Operations": TITLE}, "Operations"),
    message("operations that are a text", {"schemas": [PATCH_OP], "Operations": "replace"}, "Operations"),
    message("an operation that is a text", a_patch("add"), "Operations[0]"),  # type: ignore[arg-type]
    message("an operation that is a list", a_patch(TITLE, [TITLE]), "Operations[1]"),  # type: ignore[arg-type]
    message("an operation that is null", a_patch(None), "Operations[0]"),  # type: ignore[arg-type]
    message("an empty operation", a_patch({}), "Operations[0].op"),
    message("an unknown operation", a_patch({**TITLE, "op": "move"}), "Operations[0].op"),
    message("an operation of JSON Patch", a_patch({"op": "test", "path": "/title", "value": "x"}), "op"),
    message("an operation with a blank", a_patch({**TITLE, "op": "add "}), "Operations[0].op"),
    message("an empty op", a_patch({**TITLE, "op": ""}), "Operations[0].op"),
    message("op that is a number", a_patch({**TITLE, "op": 1}), "Operations[0].op"),
    message("op that is a list", a_patch({**TITLE, "op": ["add"]}), "Operations[0].op"),
    message("an operation without op", a_patch({"path": "title", "value": "x"}), "Operations[0].op"),
    message("a path that is a number", a_patch({"op": "replace", "path": 5, "value": 1}), "Operations[0].path"),
    message("a path that is a list", a_patch({"op": "add", "path": ["title"], "value": 1}), "Operations[0].path"),
    message("a path that is an object", a_patch(TITLE, {"op": "remove", "path": {}}), "Operations[1].path"),
    message("an add without a value", a_patch({"op": "add", "path": "title"}), "Operations[0]"),
    message("a replace without a value", a_patch({"op": "Replace", "path": "title"}), "Operations[0]"),
    message("a user instead of a message", {"schemas": [CORE_USER], "userName": "x@x.example"}, ""),
    patch("1001 operations", None, *[TITLE] * 1001, status=413, word="1000"),
]
PATHS = [
    patch("a remove without a path", "noTarget", {"op": "remove"}, word="path"),
    patch("a remove without a path but a value", "noTarget", {"op": "remove", "value": {"title": "x"}}, word="path"),
    patch("the core schema taken away", "noTarget", {"op": "remove", "path": CORE_USER}),
    *(
        replacing(f"the path {text[-50:]!r}", "invalidPath", text, "x", word)
        for text, word in (
            ("", "path"), (" ", "path"), ("emails[", "emails["), ("emails[]", "emails[]"), ("emails]", "emails]"),
            ("[type eq \"work\"]", "path"), ("emails[type", ""), ("emails[type eq", ""),
            ("emails[type eq \"work\"", ""),
            ("emails[type eq \"work\".value", ""), ("emails[type eq \"work\"].", ""),
            ("emails[type eq \"work\"]value", ""),
            ("emails[type eq \"work\"].value.x", ""), ("emails[type eq \"work\"].value[x pr]", ""),
            ('emails[type zz "x"].value', "zz"), ('emails[type eq "work"] and emails[type eq "home"]', ""),
            ("emails[(type eq \"work\"].value", ""), ("emails[type eq work].value", ""), ("emails.", "emails."),
            (".value", ".value"),
            ("emails..value", ""), ("name.givenName.x", ""), ("name/givenName", ""), ("/name", ""), ("title title", ""),
            ("title eq \"x\"", ""), ("(title)", ""), ("*", ""), ("$", ""), ("emails[*]", ""), ("emails[0]", ""),
            ("emails.0", ""),
            ("titlé", ""), ("ｔｉｔｌｅ", ""), ("title;drop", ""), ("title--", "title--"), ("no_such", "no_such"),
            ("name.noSuch", "noSuch"), ("emails.noSuch", "noSuch"), ("title.value", "title"),
            ("active[value eq true]", "active"),
            ("name[givenName eq \"Ann\"]", "name"), (f"{ENTERPRISE}:noSuch", "noSuch"), ("urn:x:y", "urn:x:y"),
            ("urn:", "urn:"),
            (f"{CORE_USER}:", ""), (f"{CORE_USER}:noSuch", "noSuch"), (f"{ENTERPRISE}:manager.noSuch", "noSuch"),
            (f"{CORE_USER}:{CORE_USER}:title", ""), ("[" * 2000, ""), ("emails" + "[type eq 1 or (" * 25, ""),
            ("emails[type eq \"" + "x" * 5000 + "\"]", "4096"), ("x" * 2000, "x"), ("members", "members"),
            ("emails[type eq \"\\ud800\"].value", ""),
        )
    ),
    replacing("a path with a NUL", "invalidValue", "tit\x00le", "x", "path"),
    *(
        replacing(f"the selection {text!r}", "invalidFilter", text, "x", word)
        for text, word in (
            ('emails[noSuch eq "x"].value', "noSuch"), ("emails[primary gt true].value", "primary"),
            ("emails[primary eq \"maybe\"].value", "primary"), ("emails[value gt 5].value", "value"),
            ("emails[emails.type eq \"work\"].value", "emails.type"), ('emails[type gt null].value', "null"),
            ('emails[emails[type pr]].value', "brackets"), (f'emails[{CORE_USER}:type eq "a"].value', "type"),
            ('x509Certificates[value gt "a"].type', "value"), ("roles[value co 5].display", "value"),
        )
    ),
]  # fmt: skip
SERVERS_OWN = [
    replacing(f"{path} changed", "mutability", path, value, path.partition(".")[0].partition("[")[0])
    for path, value in (
        ("id", "x"), ("ID", "x"), ("meta", {"version": "1"}), ("meta.created", "2020-01-01T00:00:00Z"), ("groups", []),
        ("groups.value", "x"), ('groups[value eq "{group}"].display', "x"), ("schemas", [CORE_USER]),
        ("meta.version", 'W/"9"'),
    )
]  # fmt: skip
VALUES = [
    patch("userName taken away", "mutability", {"op": "remove", "path": "userName"}, word="userName"),
    replacing("userName replaced by null", "mutability", "userName", None, "userName"),
    patch("userName null without a path", "mutability", {"op": "replace", "value": {"userName": None}},
        word="userName"),
    replacing("an empty userName by PATCH", "invalidValue", "userName", "", "userName"),
    replacing("a userName of 257 by PATCH", "invalidValue", "userName", "x" * 257, "userName"),
    replacing("an invisible userName by PATCH", "invalidValue", "userName", "ann\u200b@x.example", "userName"),
    Bad("somebody else's userName by PATCH", "PATCH", USER,
        a_patch({"op": "replace", "value": {"USERNAME": "bob@x.example"}}),
        409, "uniqueness", "user name"),
    replacing("active that is a word by PATCH", "invalidValue", "active", "perhaps", "active"),
    replacing("active that is a number by PATCH", "invalidValue", "active", 1, "active"),
    replacing("a title that is a number by PATCH", "invalidValue", "title", 5, "title"),
    replacing("a title that is an object by PATCH", "invalidValue", "title", {"value": "x"}, "title"),
    replacing("a title of 1025 by PATCH", "invalidValue", "title", "x" * 1025, "title"),
    replacing("NUL in a title by PATCH", "invalidValue", "title", "a\x00", "value"),
    replacing("a given name that is a list", "invalidValue", "name.givenName", ["a"], "name.givenName"),
    replacing("a name that is a number by PATCH", "invalidValue", "name", 5, "name"),
    replacing("mails that are a number", "invalidValue", "emails", 5, "emails"),
    replacing("a mail that is a number by PATCH", "invalidValue", "emails", [5], "emails[0]"),
    replacing("a selected mail that is a number", "invalidValue", 'emails[type eq "work"].value', 5, "emails[0].value"),
    replacing("a selected mail that is a list", "invalidValue", 'emails[type eq "work"]', [5], "emails"),
    replacing("primary that is a word by PATCH", "invalidValue", "emails.primary", "much", "emails[0].primary"),
    replacing("101 mails by PATCH", "invalidValue", "emails", [{"value": f"{n}@x"} for n in range(101)], "emails"),
    patch("101 mails one by one", "invalidValue",
          *({"op": "add", "path": "emails", "value": [{"value": f"{n}@x"}]} for n in range(101)), word="emails"),
    replacing("a department that is a number", "invalidValue", f"{ENTERPRISE}:department", 5, "department"),
    replacing("an extension that is a text", "invalidValue", ENTERPRISE, "x", "object"),
    replacing("a manager that is a number by PATCH", "invalidValue", f"{ENTERPRISE}:manager", 5, "manager"),
    replacing("a certificate that is no base64 by PATCH", "invalidValue", "x509Certificates", [{"value": "ä"}],
        "base64"),
    replacing("deep nesting by PATCH", "invalidSyntax", "title", [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]], "nested"),
    *(patch(f"{kind} without a path", "invalidValue", {"op": "replace", "value": value}, word="object")
      for kind, value in (("a text", "x"), ("a number", 5), ("a list", [{"active": False}]), ("null", None))),
    patch("a text added without a path", "invalidValue", {"op": "add", "value": "x"}, word="object"),
    patch("a bad part of a value without a path", "invalidValue",
        {"op": "add", "value": {"title": "y", "active": "perhaps"}}, word="active"),
    patch("a bad dotted part of a value", "invalidValue", {"op": "replace", "value": {"name.givenName": 5}},
        word="givenName"),
    patch("a good and a bad operation", "invalidValue", {"op": "replace", "path": "title", "value": "kept?"},
          {"op": "replace", "path": "active", "value": "perhaps"}, word="active"),
    patch("a bad operation after a thousand bytes", "invalidPath", {"op": "add", "path": "title", "value": "y" * 1000},
          {"op": "add", "path": "no_such", "value": 1}, word="no_such"),
]  # fmt: skip
STRANGERS = [
    Bad(f"PATCH of {whose}", "PATCH", path, a_patch({"op": "replace", "path": name, "value": "x"}), 404)
    for whose, path, name in (
        ("a neighbor", "/Users/{theirs}", "title"), ("a neighbor's group", "/Groups/{their_group}", "displayName"),
        ("a group as a user", "/Users/{group}", "title"), ("a user as a group", "/Groups/{user}", "displayName"),
        ("an id that is no UUID", "/Users/{user}x", "title"),
    )
]  # fmt: skip
CASES = [*MESSAGES, *PATHS, *SERVERS_OWN, *VALUES, *STRANGERS]
