"""Single operations of a bulk request that must be refused, each as if it had come alone; the rest of the request goes on."""

from __future__ import annotations

from typing import Any

from tests.portals import a_group, a_patch, a_user
from tests.web.bad_patches import TITLE
from tests.web.bad_world import Bad

NEW = a_user("new@x.example")


def wrong(name: str, operation: Any, status: int = 400, scim_type: str | None = "invalidSyntax", word: str = "") -> Bad:
    """Make a case; the body is the operation."""
    return Bad(name, "POST", "/Bulk", operation, status, scim_type, word)


def post(
    name: str, data: Any, status: int = 400, scim_type: str | None = "invalidValue", word: str = "", **rest: Any
) -> Bad:
    """Make a case of a create."""
    return wrong(
        name, {"method": "POST", "path": "/Users", "bulkId": "a", "data": data} | rest, status, scim_type, word
    )


def at(name: str, method: str, path: Any, status: int, scim_type: str | None, data: Any = None, **rest: Any) -> Bad:
    """Make a case of another method."""
    return wrong(name, {"method": method, "path": path, "data": data} | rest, status, scim_type)


CASES = [
    wrong("a text as an operation", "POST", word="Operations[0]"),
    wrong("a list as an operation", [], word="Operations[0]"),
    wrong("null as an operation", None, word="Operations[0]"),
    wrong("an empty operation", {}, word="Operations[0].method"),
    *(at(f"the method {method!r}", method, "/Users", 400, "invalidSyntax")
        for method in ("GET", "HEAD", "", "post it", "DELETE ", 5, None, ["POST"])),
    *(at(f"the path {path!r}", "DELETE", path, 400, "invalidSyntax")
        for path in (None, 5, ["/Users"], {}, "/Users", "/Groups/")),
    *(
        at(f"the path {path!r}", "DELETE", path, 404, None)
        for path in (
            "", "/", "/Nope/1", "/Bulk", "/Me", "/Schemas/x", "/Users/a/b", "/Users/{user}/groups",
            "/Users/{user}?x=1", "/Users/a b",
            "https://other.example/scim/v2/Users/{user}", "../Users/{user}", "/Users/{user}#x", "/Users/" + "x" * 600,
            "/Users/{user}x",
            "/Users/{theirs}", "/Groups/{their_group}", "/Users/{group}", "/Groups/{user}", "/Users/%7Buser%7D",
            "//Users/{user}",
        )
    ),
    post("a create without a bulkId", NEW, 400, "invalidSyntax", "bulkId", bulkId=None),
    post("an empty bulkId", NEW, 400, "invalidSyntax", "bulkId", bulkId=""),
    post("a bulkId that is a number", NEW, 400, "invalidSyntax", "bulkId", bulkId=5),
    post("a create at a resource", NEW, 400, "invalidSyntax", "path", path="/Users/{user}"),
    *(post(f"data that is {kind}", data, 400, "invalidSyntax", "data") for kind,
        data in (("null", None), ("a list", [NEW]), ("a text", "x"))),
    post("a version that is a number", NEW, 400, "invalidSyntax", "version", version=1),
    post("a user without a name", {}, 400, None, ""),
    post("a title that is a number", a_user("new@x.example", title=5), word="title"),
    post("a name that is taken", a_user("BOB@x.example"), 409, "uniqueness", "user name"),
    post("a group with an unknown reference", a_group("New", "bulkId:nobody"), 409, None, "nobody", path="/Groups"),
    post("a user who refers to a stranger", a_user("new@x.example", externalId="bulkId:nobody"), 409, None, "nobody"),
    at("somebody nobody made", "PATCH", "/Users/bulkId:nobody", 409, None, a_patch(TITLE)),
    at("a deletion of nobody", "DELETE", "/Users/bulkId:nobody", 409, None),
    at("a list that is put", "PUT", "/Users", 400, "invalidSyntax", NEW),
    at("a PATCH without a message", "PATCH", "/Users/{user}", 400, "invalidSyntax"),
    at("a PATCH without operations", "PATCH", "/Users/{user}", 400, "invalidSyntax", a_patch()),
    at("a PATCH of a bad value", "PATCH", "/Users/{user}", 400, "invalidValue", a_patch({**TITLE, "value": 5})),
    at("another version", "PATCH", "/Users/{user}", 412, None, a_patch(TITLE), version='W/"7"'),
    at("a broken version", "DELETE", "/Users/{user}", 412, None, version='"1'),
    at("a PUT of another version", "PUT", "/Groups/{group}", 412, None, a_group("Renamed"), version='W/"99"'),
]  # fmt: skip
