"""Calls that are wrong by their address, query or method."""

from __future__ import annotations

from urllib.parse import quote

from tests.web.bad_filters import COMPARISONS, SYNTAX
from tests.web.bad_world import Bad

UNKNOWN = "01999999-0000-7000-8000-00000000beef"
ODD_IDS = (
    "x", "1", "0", "-1", "null", UNKNOWN, UNKNOWN.upper(), "a%00b", "%ED%A0%80", "%FF", "..", "%2e%2e", "x" * 5000,
    "%F0%9F%98%80",
    "' or 1=1 --", "{user}x", "{{user}}", "urn:uuid:{user}", "bulkId:ann",
)  # fmt: skip
DISCOVERY = ("/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/{core}")
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def address(name: str, method: str, path: str, status: int, scim_type: str | None = None, word: str = "") -> Bad:
    """Make a case without a body."""
    return Bad(name, method, path, None, status, scim_type, word)


def invalid(path: str, word: str) -> Bad:
    """Make a case of a query that is refused with invalidValue."""
    return address(path.partition("?")[2][:60], "GET", path, 400, "invalidValue", word)


IDS = [
    address(f"{method} of the id {id[:40]}", method, f"/{room}/{id}", 404)
    for room in ("Users", "Groups")
    for method in ("GET", "DELETE")
    for id in ODD_IDS
]
STRANGERS = [
    address(f"{method} of {whose}", method, path, 404)
    for method in ("GET", "DELETE", "HEAD")
    for whose, path in (
        ("a neighbor", "/Users/{theirs}"), ("a neighbor's group", "/Groups/{their_group}"),
        ("a group as a user", "/Users/{group}"), ("a user as a group", "/Groups/{user}"),
    )
]  # fmt: skip
FILTERS = [
    address(f"the filter {text[-40:]!r}", "GET", f"/Users?filter={quote(text)}", 400, "invalidFilter", word)
    for text, word in (*SYNTAX, *COMPARISONS)
] + [
    address(f"the groups' filter {text}", "GET", f"/Groups?filter={quote(text)}", 400, "invalidFilter", word)
    for text, word in (("", ""), ("userName pr", "userName"), ('members co 5', "members"), ('members.display[', ""),
        ('members[display gt 5]', "display"), ('displayName[value eq "x"]', "displayName"),
        ('displayName lt true', "displayName"))
] + [
    address(f"the bytes {text} as a filter", "GET", f"/Users?filter={text}", 400, "invalidFilter")
    for text in ("%00", "userName eq %22%00%22", "userName eq %22%FF%22%", "%ED%A0%80 pr", "%F0%9F%98%80 pr")
]  # fmt: skip
PAGING = [
    invalid(f"/{room}?{name}={value}", name)
    for room in ("Users", "Groups")
    for name in ("startIndex", "count")
    for value in ("x", "1.5", "1e3", "99999999999", "%D9%A1", "--1", "%2B1", "0x10", "1%002", "1 2", "NaN")
]
SORTING = [
    invalid(path, word)
    for path, word in (
        ("?sortBy=noSuch", "noSuch"), ("/?sortOrder=x", "sortOrder"), ("/Users?sortBy=noSuch", "noSuch"),
        ("/Users?sortBy=members", "members"),
        ("/Groups?sortBy=userName", "userName"),
        ("/Users?sortBy=name", "name"), ("/Users?sortBy=meta", "meta"), ("/Users?sortBy=password", "password"),
        ("/Users?sortBy=x509Certificates", "x509"), ("/Users?sortBy=addresses", "addresses"),
        ("/Users?sortBy=name.noSuch", "name"),
        ("/Users?sortBy=title.value", "title"), ("/Users?sortBy=userName,title", "userName"), ("/Users?sortBy=%00", ""),
        ("/Users?sortBy=emails%5Btype eq %22work%22%5D", "emails"), ("/Users?sortBy=urn:x:y:title", "urn:x:y"),
        ("/Users?sortBy=" + "x" * 3000, "x"), ("/Users?sortBy=userName&sortOrder=up", "sortOrder"),
        ("/Groups?sortOrder=0", "sortOrder"),
        ("/Users?sortOrder=ascending,descending", "sortOrder"), ("/Users?sortOrder=%00", "sortOrder"),
        ("/Users?sortBy=userName%20asc", "userName"), ("/Users?sortBy='%20or%201=1", "sortBy" * 0),
    )
]  # fmt: skip
CURSORS = [
    address(f"the cursor {text[:30]!r}", "GET", f"/{room}?cursor={text}", 400, "invalidCursor", "cursor")
    for room in ("Users", "Groups")
    for text in ("x", "1", "a.b", "a.b.c", "%00", "%C3%A4", "WzFd.x", "x" * 9000, "null", "{user}", "../..", " ")
] + [
    address(f"the count {count} with a cursor", "GET", f"/Users?cursor&count={count}", 400, "invalidCount", "count")
    for count in (201, 100_000)
]  # fmt: skip
NAMES = [
    invalid(f"{path}?{parameter}=" + ",".join(f"n{n}" for n in range(count)), "100")
    for path, parameter, count in (
        ("/Users", "count=0&attributes", 101), ("/Users", "attributes", 101), ("/Users", "excludedAttributes", 101),
        ("/Groups", "attributes", 500),
        ("/Users/{user}", "attributes", 101), ("/Groups/{group}", "excludedAttributes", 500),
    )
]  # fmt: skip
ROOMS = [
    address("an unknown room", "GET", "/Nope", 404), address("an unknown room with a NUL", "POST", "/Nope/a%00", 404),
    address("almost a room", "GET", "/Usersx", 404),
    address("a room below a user", "GET", "/Users/{user}/groups", 404),
    address("an attribute below a user", "GET", "/Users/{user}/userName", 404),
    address("an unknown schema", "GET", "/Schemas/urn:nope", 404),
    address("a schema with a NUL", "GET", "/Schemas/%00", 404),
    address("a schema without its URN", "GET", "/Schemas/User", 404),
    address("an unknown resource type", "GET", "/ResourceTypes/Nope", 404),
    address("a config below the config", "GET", "/ServiceProviderConfig/x", 404),
    address("a filtered schema list", "GET", "/Schemas?filter=id pr", 403),
    address("filtered resource types", "GET", "/ResourceTypes?filter=", 403),
    address("the older version", "GET", "/../v1/Users", 404),
    address("a version that is none", "GET", "/../v3/Users", 404),
    *(address(f"{method} of somebody without a name", method, "/Me", 501)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")),
]  # fmt: skip
METHODS = [
    address(f"{method} on {path}", method, path.replace("{core}", CORE), 405, None, method)
    for method, paths in {
        "POST": ("/Users/{user}", "/Groups/{group}", "", *DISCOVERY),
        "PUT": ("", "/Users", "/Groups", "/Bulk", *DISCOVERY),
        "PATCH": ("/Users", "/Groups", "/Bulk", *DISCOVERY),
        "DELETE": ("", "/Users", "/Groups", "/Bulk", "/.search", *DISCOVERY),
        "GET": ("/Bulk", "/.search"),
        "TRACE": ("/Users",),
        "BREW": ("/Users", "/Users/{user}", "/Schemas"),
    }.items()
    for path in paths
]
CASES = [*IDS, *STRANGERS, *FILTERS, *PAGING, *SORTING, *CURSORS, *NAMES, *ROOMS, *METHODS]
