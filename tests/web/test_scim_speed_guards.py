"""A request made to be slow is refused quickly: the time counted is this process's own, and generous, so nothing is flaky."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from flask import Flask

from tests.portals import PATCH_OP, a_patch, a_user
from tests.web.bad_messages import BULK, SEARCH
from tests.web.bad_world import Bad, World, check, opened

SECONDS = 2.0
NAMES = [f"name{n}" for n in range(3000)]
MAILS = [{"value": f"{n}@x"} for n in range(30_000)]


def patch(operations: str) -> bytes:
    return f'{{"schemas": ["{PATCH_OP}"], "Operations": [{operations}]}}'.encode()


def url(name: str, path: str, word: str, scim_type: str) -> Bad:
    return Bad(name, "GET", path, None, 400, scim_type, word)


def search(name: str, word: str, scim_type: str, **parts: Any) -> Bad:
    return Bad(name, "POST", "/.search", {"schemas": [SEARCH], **parts}, 400, scim_type, word)


SLOW = [
    *(url(f"3,000 {one}", f"{path}?{one}={','.join(NAMES)}", "100", "invalidValue")
      for one in ("attributes", "excludedAttributes")
          for path in ("/Users", "/Groups", "/Users/{user}", "/Groups/{group}")),
    search("3,000 attributes in a search", "100", "invalidValue", attributes=NAMES),
    Bad("3,000 attributes of a written user", "PATCH", f"/Users/{{user}}?attributes={','.join(NAMES)}",
        a_patch({"op": "add", "path": "title", "value": "x"}), 400, "invalidValue", "100"),
    Bad("100,000 PATCH operations", "PATCH", "/Users/{user}", patch(",".join(["{}"] * 100_000)), 413, None, "1000"),
    Bad("100,000 PATCH operations on a group", "PATCH", "/Groups/{group}", patch(",".join(["{}"] * 100_000)), 413,
        None, "1000"),
    Bad("100,000 whole PATCH operations", "PATCH", "/Users/{user}",
        patch(",".join(['{"op":"remove","path":"title"}'] * 100_000)), 413, None, "1 MiB"),
    Bad("100,000 bulk operations", "POST", "/Bulk",
        f'{{"schemas": ["{BULK}"], "Operations": [{",".join(["{}"] * 100_000)}]}}', 413, None, "1000"),
    *(url(f"10,000 times {one}", f"/Users?filter={one * 10_000}", "4096", "invalidFilter")
        for one in ("(", "emails%5B", "not (", "title pr or ")),
    *(search(f"10,000 times {one} in a search", "4096", "invalidFilter", filter=one * 10_000)
        for one in ("(", "emails[", '"', "\\", "a and ")),
    *(search(f"4,000 times {one}", "", "invalidFilter", filter=one * 4000)
        for one in ("(", "[", ")", '"', "\\", " ", ".", "-", "9")),
    *(Bad(f"a path of 10,000 times {one}", "PATCH", "/Users/{user}", a_patch({"op": "remove", "path": one * 10_000}),
        400, "invalidPath")
      for one in ("[", "(", "emails[", "a.", ":", " ")),
    *(Bad(f"10,000 nested {one}", "POST", "/Users", one * 10_000, 400, "invalidSyntax", "JSON")
        for one in ("[", '{"a":')),
    Bad("a megabyte of brackets", "POST", "/Users", "[" * 1_000_000, 400, "invalidSyntax", "JSON"),
    Bad("a number of a million digits", "POST", "/Users", '{"userName": ' + "1" * 1_000_000 + "}", 400,
        "invalidSyntax", "JSON"),
    Bad("50,000 names that differ and one that does not", "POST", "/Users",
        "{" + ",".join(f'"n{n}": 1' for n in range(50_000)) + ', "N49999": 1}', 400, "invalidSyntax", "N49999"),
    Bad("100,000 mails", "POST", "/Users", orjson.dumps(a_user("slow@x.example", emails=[{}] * 99_999 + [5])), 400,
        "invalidValue", "emails"),
    Bad("80,000 members", "POST", "/Groups",
        '{"displayName": "x", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "members": ['
        + ",".join(f'{{"value":"{n}"}}' for n in range(50_000)) + "]}", 400, "invalidValue", "members"),
    *(Bad(f"30,000 mails to {op}", "PATCH", "/Users/{user}", a_patch({"op": op, "path": "emails", "value": MAILS}), 400,
        "invalidValue", "emails") for op in ("add", "replace", "remove")),
    Bad("100 mails added 200 times and one too many", "PATCH", "/Users/{user}",
        a_patch(*[{"op": "add", "path": "emails", "value": MAILS[:100]}] * 200,
            {"op": "add", "value": {"emails": MAILS[-1:]}}),
        400, "invalidValue", "emails"),
    Bad("150,000 objects below a long name", "POST", "/Users", f'{{"{"x" * 500_000}": [{"{}," * 150_000}"\\u0000"]}}',
        400,
        "invalidValue", "U+0000"),
    Bad("a name of half a million twice", "POST", "/Users", f'{{"{"x" * 400_000}": 1, "{"X" * 400_000}": 2}}', 400,
        "invalidSyntax", "twice"),
    Bad("a header of 60,000 versions", "DELETE", "/Users/{user}", None, 412, None, "",
        {"If-Match": ", ".join(['"7"'] * 10_000) + " ,\t" * 10_000}),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with opened(app) as found:
        yield found


@pytest.mark.parametrize("case", SLOW, ids=lambda case: case.name)
def test_a_request_made_to_be_slow_is_refused_quickly_and_stores_nothing(world: World, case: Bad) -> None:
    begin = time.process_time()
    answer = world.send("okta", case)
    took = time.process_time() - begin
    check(answer, case)
    assert took < SECONDS
    assert world.untouched()
