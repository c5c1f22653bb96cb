"""Bodies that are no JSON, or no JSON that SCIM or a database could take; at every door that reads one."""

from __future__ import annotations

from typing import Any

from tests.portals import CORE_USER
from tests.web.bad_world import Bad

USERS, USER, GROUPS, GROUP = "/Users", "/Users/{user}", "/Groups", "/Groups/{group}"
DOORS = (
    ("POST", USERS), ("PUT", USER), ("PATCH", USER), ("POST", GROUPS), ("PUT", GROUP), ("PATCH", GROUP),
    ("POST", "/Bulk"),
    ("POST", "/.search"), ("POST", "/Users/.search"), ("POST", "/Groups/.search"),
)  # fmt: skip


def deep(levels: int) -> Any:
    """Nest lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def _user(member: str) -> str:
    return f'{{"schemas": ["{CORE_USER}"], "userName": "new@x.example", {member}}}'


EVERYWHERE: list[tuple[str, Any]] = [
    ("nothing", ""), ("half an object", '{"userName": "x"'), ("a list", "[]"), ("null", "null"),
    ("bytes that are no UTF-8", b'{"userName": "\xff\xfe"}'), ("a name twice", '{"Operations": 1, "operations": 2}'),
]  # fmt: skip
ANYWHERE: list[tuple[str, Any]] = [
    ("blanks", "  \n"), ("a text", '"x"'), ("a number", "7"), ("a truth", "true"), ("a form", "userName=x"),
    ("single quotes", "{'userName': 'x'}"), ("XML", "<user/>"), ("two documents", '{"userName": "a"}{"userName": "b"}'),
    ("something after the end", _user('"title": "x"') + " x"), ("a comma too many", '{"userName": "x",}'),
    ("a comment", '{"userName": "x" /* y */}'), ("no colon", '{"userName" "x"}'), ("a name without quotes", "{a: 1}"),
    ("a text that does not end", '{"userName": "x'), ("an unknown escape", _user(r'"title": "\x41"')),
    ("half an escape", _user(r'"title": "\u00"')), ("a raw line break", _user('"title": "a\nb"')),
    ("a raw NUL", _user('"title": "a\x00b"')), ("NaN", _user('"x": NaN')), ("Infinity", _user('"x": Infinity')),
    ("less than any number", _user('"x": -Infinity')), ("a number beyond all", _user('"urn:x:y": {"a": 1e400}')),
    ("a number of 5,000 digits", _user('"urn:x:y": {"a": ' + "1" * 5000 + "}")), ("a leading zero", _user('"x": 01')),
    ("a plus sign", _user('"x": +1')), ("a hexadecimal number", _user('"x": 0x1f')),
    ("half a number", _user('"x": 1.')),
    ("a lone high surrogate", _user(r'"title": "\ud800"')), ("a lone low surrogate", _user(r'"title": "\udc00x"')),
    ("surrogates in the wrong order", _user(r'"title": "\udc00\ud800"')),
    ("a lone surrogate in a name", _user(r'"\ud800": 1')),
    ("an overlong encoding", b'{"userName": "\xc0\x80"}'), ("surrogates as bytes", b'{"userName": "\xed\xa0\x80"}'),
    ("a cut character", b'{"userName": "\xe2\x82"}'), ("Latin-1", '{"userName": "ä"}'.encode("latin-1")),
    ("UTF-16", '{"userName": "x"}'.encode("utf-16")), ("UTF-32", '{"userName": "x"}'.encode("utf-32")),
    ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf{}"), ("only a byte order mark", b"\xef\xbb\xbf"),
    ("a name twice in other letters", _user('"username": "b@x.example"')),
    ("a name twice inside", _user('"name": {"a": 1, "A": 2}')),
    ("a name twice in a list", _user('"emails": [{"value": "a@b.c", "Value": "d@e.f"}]')),
    ("a name twice by an escape", _user(r'"title": "a", "t\u0069tle": "b"')), ("21 levels", _user(f'"x": {deep(20)}')),
    ("10,000 open brackets", "[" * 10_000), ("10,000 open braces", '{"a":' * 10_000),
    ("3,000 levels", f"{'[' * 3000}{']' * 3000}"),
]  # fmt: skip
CASES = [
    Bad(name, method, path, body, scim_type="invalidSyntax")
    for method, path in DOORS
    for name, body in EVERYWHERE
] + [
    Bad(name, *DOORS[place % 6], body, scim_type="invalidSyntax")
    for place, (name, body) in enumerate(ANYWHERE)
]  # fmt: skip
