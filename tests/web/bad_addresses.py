"""Calls without a body that must be refused: name, method, path, status, scimType."""

from __future__ import annotations

Case = tuple[str, str, str, int, str | None]
UNKNOWN = "01999999-0000-7000-8000-000000000000"
ODD_IDS = (
    "x",
    "1",
    UNKNOWN,
    UNKNOWN.upper(),
    "a%00b",
    "%ED%A0%80",
    "..",
    "%2e%2e",
    "x" * 5000,
    "%F0%9F%98%80",
    "' or 1=1 --",
    "{user}x",
)

IDS: list[Case] = [
    (f"{method} of the id {id[:20]}", method, f"/{room}/{id}", 404, None)
    for room in ("Users", "Groups")
    for method in ("GET", "DELETE")
    for id in ODD_IDS
]
FILTERS: list[Case] = [
    (f"the filter {text[:30]}", "GET", f"/Users?filter={text}", 400, "invalidFilter")
    for text in (
        "", "userName", "userName eq", "userName zz %22a%22", "eq eq eq", "userName eq %22a", "userName eq %22a%22 and",
        "(userName pr",
        "userName pr)", "nonsense eq %22a%22", "userName.x eq %22a%22", "password eq %22a%22", "active gt true",
        "active eq %22maybe%22",
        "meta.created gt %22yesterday%22", "emails%5Btype eq %22a%22", "name eq %22a%22", "title co 5", "%00",
        "userName eq %22%00%22",
        "userName eq %22%5Cu0000%22", "userName eq %22%5Cud800%22",
        "(" * 30 + "title pr" + ")" * 30, "title pr or " * 60 + "title pr",
        "title eq %22" + "x" * 5000 + "%22", "title eq " + "9" * 400, "emails%5Bemails%5Btype pr%5D%5D",
        "title eq null or title lt null",
    )
]  # fmt: skip
PAGING: list[Case] = [
    (f"{name}={value}", "GET", f"/{room}?{name}={value}", 400, "invalidValue")
    for room in ("Users", "Groups")
    for name in ("startIndex", "count")
    for value in ("x", "1.5", "1e3", "99999999999", "%D9%A1", "--1")
]
ROUTES: list[Case] = [
    ("an unknown room", "GET", "/Nope", 404, None),
    ("an unknown room with a NUL", "POST", "/Nope/a%00", 404, None),
    ("a room below a user", "GET", "/Users/{user}/groups", 404, None),
    ("an unknown schema", "GET", "/Schemas/urn:nope", 404, None),
    ("an unknown resource type", "GET", "/ResourceTypes/Nope", 404, None),
    ("a filtered schema list", "GET", "/Schemas?filter=id pr", 403, None),
    ("somebody without a name", "GET", "/Me", 501, None),
    ("PUT on the list", "PUT", "/Users", 405, None),
    ("DELETE on the list", "DELETE", "/Groups", 405, None),
    ("POST on a user", "POST", "/Users/{user}", 405, None),
    ("POST on the schemas", "POST", "/Schemas", 405, None),
    ("TRACE", "TRACE", "/Users", 405, None),
    ("an unknown method", "BREW", "/Users", 405, None),
]
CASES = IDS + FILTERS + PAGING + ROUTES
