"""Searches and bulk requests that must be refused as a whole; what is wrong with one operation is in `bad_operations`."""

from __future__ import annotations

from typing import Any

from tests.portals import PATCH_OP, a_user
from tests.web.bad_filters import COMPARISONS, SYNTAX
from tests.web.bad_world import Bad

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
CREATE = {"method": "POST", "path": "/Users", "bulkId": "a", "data": a_user("new@x.example")}
DOORS = ("/.search", "/Users/.search", "/Groups/.search")


def search(name: str, scim_type: str, word: str, door: str = "/Users/.search", **parts: Any) -> Bad:
    """Make a case of a search."""
    return Bad(name, "POST", door, {"schemas": [SEARCH], **parts}, 400, scim_type, word)


def bulk(name: str, scim_type: str | None, word: str, status: int = 400, **parts: Any) -> Bad:
    """Make a case of a bulk request."""
    return Bad(name, "POST", "/Bulk", {"schemas": [BULK], **parts}, status, scim_type, word)


SEARCHES = [
    *(
        search(f"{name} that is {kind}", "invalidValue", name, DOORS[place % 3], **{name: value})
        for place, name in enumerate(("filter", "sortBy", "sortOrder", "cursor"))
        for kind, value in (("a number", 5), ("a list", ["x"]), ("an object", {}))
    ),
    *(
        search(f"{name} that is {kind}", "invalidValue", name, DOORS[place], **{name: value})
        for place, name in enumerate(("startIndex", "count"))
        for kind, value in (("a text", "1"), ("a fraction", 1.5), ("true", True), ("a list", [1]), ("huge", 10**9),
            ("far below", -(10**12)))
    ),
    *(
        search(f"{name} that is {kind}", "invalidValue", name, DOORS[place], **{name: value})
        for place, name in enumerate(("attributes", "excludedAttributes"))
        for kind, value in (("a text", "userName"), ("a number", 5), ("an object", {}),
            ("a list with a number", ["userName", 5]))
    ),
    *(search(f"101 {name}", "invalidValue", "100", **{name: [f"n{n}" for n in range(101)]})
        for name in ("attributes", "excludedAttributes")),
    search("sortBy that is unknown", "invalidValue", "noSuch", sortBy="noSuch"),
    search("sortBy that neither kind knows", "invalidValue", "noSuch", "/.search", sortBy="noSuch"),
    search("sortOrder that is unknown", "invalidValue", "sortOrder", sortOrder="up"),
    search("a cursor that is none", "invalidCursor", "cursor", cursor="x"),
    search("a cursor with an umlaut", "invalidCursor", "cursor", "/.search", cursor="ä"),
    search("too large a page by cursor", "invalidCount", "count", "/Groups/.search", cursor="", count=201),
    *(search(f"the filter {text[:30]} in a search", "invalidFilter", word, filter=text) for text,
        word in (*SYNTAX[2:60:6], *COMPARISONS[::5])),
    *(
        search(f"the filter {text[:40]} at the root", "invalidFilter", word, "/.search", filter=text)
        for text, word in (("", ""), ("nonsense pr", "nonsense"), ('meta.resourceType eq', "the end"),
            ('userName co 5', "userName"),
            ('members co 5 or userName pr', "members"), ("active gt true", "active"))
    ),
]  # fmt: skip
BULKS = [
    bulk("a bulk request without operations", "invalidSyntax", "Operations"),
    bulk("a bulk request of none", "invalidSyntax", "Operations", Operations=[]),
    bulk("bulk operations that are an object", "invalidSyntax", "Operations", Operations=CREATE),
    bulk("bulk operations that are a text", "invalidSyntax", "Operations", Operations="POST"),
    bulk("bulk operations that are null", "invalidSyntax", "Operations", Operations=None),
    *(
        bulk(f"failOnErrors that is {kind}", "invalidValue", "failOnErrors", failOnErrors=value, Operations=[CREATE])
        for kind, value in (("0", 0), ("below 0", -1), ("a text", "1"), ("a fraction", 1.5), ("true", True),
            ("a list", [1]), ("an object", {}))
    ),
    bulk("1,001 bulk operations", None, "1000", 413, Operations=[{"method": "DELETE", "path": "/Users/x"}] * 1001),
    Bad("a search as a bulk request", "POST", "/Bulk", {"schemas": [SEARCH], "filter": "title pr"}, 400,
        "invalidSyntax"),
    Bad("a PATCH as a bulk request", "POST", "/Bulk", {"schemas": [PATCH_OP], "Operations": []}, 400, "invalidSyntax"),
]  # fmt: skip
CASES = [*SEARCHES, *BULKS]
