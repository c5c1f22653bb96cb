"""An extension that an admin declares, as tests use it: badge, level, since and tags of a person."""

from __future__ import annotations

from typing import Any

from tests.portals import PortalUnderTest

URN = "urn:acme:scim:1.0:User"
BADGE = f"{URN}:badge"
ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "badge", "description": "Number on the badge."},
    {"name": "level", "type": "integer"},
    {"name": "code", "caseExact": True},
    {"name": "since", "type": "dateTime"},
    {"name": "remote", "type": "boolean"},
    {"name": "tags", "multiValued": True},
    {"name": "scores", "type": "decimal", "multiValued": True},
    {"name": "flags", "type": "boolean", "multiValued": True},
    {
        "name": "desks",
        "type": "complex",
        "multiValued": True,
        "subAttributes": [{"name": "value"}, {"name": "floor", "type": "integer"}],
    },
]


def body(**changes: Any) -> dict[str, Any]:
    """The body that declares it by the admin API."""
    return {"urn": URN, "name": "Acme", "description": "What Acme knows of people.", "attributes": ATTRIBUTES} | changes


def declare(portal: PortalUnderTest, **changes: Any) -> str:
    """Declare it, without folding anew what is stored; gives the id."""
    answer = portal.api("POST", "/schemas", body(**changes))
    assert answer.status_code == 201, answer.text
    id: str = answer.json["id"]
    return id


def found(portal: PortalUnderTest, filter: str, path: str = "/Users") -> list[str]:
    """The names that a filter finds, in the order of the list."""
    answer = portal.scim("GET", path, query_string={"filter": filter})
    assert answer.status_code == 200, answer.text
    return [one.get("userName") or one["displayName"] for one in answer.json["Resources"]]
