"""Requests that would be good but for their headers: media types, encodings, versions, credentials."""

from __future__ import annotations

from typing import Any

from tests.portals import a_group, a_patch, a_user
from tests.web.bad_world import Bad

NEW = a_user("new@x.example")
TITLE = a_patch({"op": "replace", "path": "title", "value": "x"})
TYPES = (
    "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
    "application/jsonp",
    "application/xml", "application/octet-stream", "application/merge-patch+json", "application/json-patch+json",
    "application/scim",
    "application/scim+json+x", "json", "*/*", "application/*", "application/scim+xml; application/json", "\u00e4",
)  # fmt: skip
TAGS = (
    '"7"', 'W/"7"', "nonsense", '"\x7f"', "1", "W/1", 'w/"1"x', '"1', '1"', '""', 'W/""', ",", '"2", "3"',
    'W/"2", W/"3"', '"*"', "**",
    '"01"', '"1 "', 'W/"' + "1" * 3000 + '"', "'1'", 'W/"-1"', 'W/"1.0"', 'W/"\u00e4"',
)  # fmt: skip


def refused(name: str, status: int, body: Any = NEW, method: str = "POST", path: str = "/Users", **headers: str) -> Bad:
    """Make a case of a good body and bad headers, given with underscores."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Bad(name, method, path, body, status, headers=named)


MEDIA = [
    *(refused(f"type {text!r}", 415, Content_Type=text) for text in TYPES),
    *(refused("plain text", 415, TITLE, "PATCH", path, Content_Type="text/plain")
        for path in ("/Users/{user}", "/Groups/{group}")),
    *(refused("plain text", 415, body, "PUT", path, Content_Type="text/plain")
      for path, body in (("/Users/{user}", NEW), ("/Groups/{group}", a_group("New")))),
    *(refused("plain text", 415, {}, "POST", path, Content_Type="text/plain")
      for path in ("/Groups", "/Bulk", "/.search", "/Users/.search", "/Groups/.search")),
    *(refused(f"encoding {text}", 415, Content_Encoding=text)
        for text in ("gzip", "deflate", "br", "gzip, identity", "x", "GZIP")),
]  # fmt: skip
VERSIONS = [
    *(refused(f"If-Match {tag[:20]!r}", 412, TITLE, "PATCH", "/Users/{user}", If_Match=tag) for tag in TAGS),
    *(refused(f"{method} If-Match 7", 412, body, method, path, If_Match='W/"7"')
      for method, path, body in (
          ("PUT", "/Users/{user}", a_user("ann@x.example")), ("DELETE", "/Users/{user}", None),
          ("DELETE", "/Groups/{group}", None),
          ("PUT", "/Groups/{group}", a_group("Renamed")),
          ("PATCH", "/Groups/{group}", a_patch({"op": "replace", "path": "displayName", "value": "x"})))),
    refused("any version of nobody", 404, TITLE, "PATCH", "/Users/{user}x", If_Match="*"),
]  # fmt: skip
CREDENTIALS = [
    refused(f"credential {text[:20]!r}", 401, Authorization=text)
    for text in (
        "", "Bearer", "Bearer ", "Bearer Bearer", "Basic", "Basic YTpi", "Basic ####", "Negotiate abc", "Digest x",
        "Bearer x",
        "Bearer scimp_", "Bearer scimp_wrong", "Bearer scimk_wrong", "Bearer a b", "Bearer a,b", "Bearer \u00e4",
        "x" * 9000,
        "Bearer scimp_" + "a." * 500, "Bearer null",
    )
]  # fmt: skip
TRICKS = [
    Bad("a list deleted by a header", "POST", "/Users/{user}", None, 405, None, "POST",
        {"X-HTTP-Method-Override": "DELETE"}),
    Bad("a user deleted by a header", "POST", "/Users/{user}", None, 405, None, "POST", {"X-HTTP-Method": "DELETE"}),
    Bad("a user deleted by a parameter", "POST", "/Users/{user}?_method=DELETE", None, 405, None, "POST"),
    Bad("a PATCH called POST", "POST", "/Groups/{group}", TITLE, 405, None, "POST", {"X-Method-Override": "PATCH"}),
    Bad("another address by a header", "POST", "/Nope", NEW, 404, None, "", {"X-Original-URL": "/scim/v2/Users"}),
    Bad("a body that is too long", "POST", "/Users", b'{"userName": "x"' + b" " * 1024 * 1024 + b"}", 413, None,
        "1 MiB"),
]  # fmt: skip
CASES = [*MEDIA, *VERSIONS, *CREDENTIALS, *TRICKS]
