"""sortBy and sortOrder (RFC 7644 §3.4.2.3): the same order on both databases, and pages that neither overlap nor skip."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.portals import ENTERPRISE, PortalUnderTest

PEOPLE: dict[str, dict[str, Any]] = {
    "Zoe@x.example": {"title": "b", "emails": [{"value": "q@x"}, {"value": "a@x", "primary": True}], "externalId": "B"},
    "adam@x.example": {"title": "A", "emails": [{"value": "m@x"}], "externalId": "a", "active": False},
    "Émile@x.example": {"emails": [], "name": {"givenName": "zed"}, ENTERPRISE: {"manager": {"value": "k"}}},
    "bea@x.example": {"title": "Ä", "emails": [{"value": "z@x"}, {"value": "b@x"}], ENTERPRISE: {"department": "Ops"}},
    "carl@x.example": {"title": "a", "emails": [{"type": "work"}], ENTERPRISE: {"department": "lab"}},
}


@pytest.fixture
def people(portal: PortalUnderTest) -> PortalUnderTest:
    for name, attributes in PEOPLE.items():
        portal.provision(name, **attributes)
    return portal


def order(portal: PortalUnderTest, sort_by: str, more: str = "", room: str = "Users") -> list[str]:
    answer = portal.scim("GET", f"/{room}?sortBy={quote(sort_by)}{more}")
    assert answer.status_code == 200, answer.text
    return [one.get("userName", one.get("displayName")).partition("@")[0] for one in answer.json["Resources"]]


@pytest.mark.parametrize(
    ("sort_by", "expected"),
    [
        ("userName", "adam bea carl Zoe Émile"),
        ("title", "adam carl Zoe bea Émile"),
        ("externalId", "Zoe adam Émile bea carl"),
        ("emails", "Zoe adam bea Émile carl"),
        ("EMAILS.Value", "Zoe adam bea Émile carl"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "Zoe adam bea carl Émile"),
        (f"{ENTERPRISE}:department", "carl bea Zoe adam Émile"),
        ("manager.value", "Émile Zoe adam bea carl"),
        ("meta.created", "Zoe adam Émile bea carl"),
        ("id", "Zoe adam Émile bea carl"),
        ("active", "adam Zoe Émile bea carl"),
        ("schemas", "Zoe adam Émile bea carl"),
        ("roles.primary", "Zoe adam Émile bea carl"),
        ("nickName", "Zoe adam Émile bea carl"),
    ],
)
def test_users_are_sorted_without_case_unless_it_counts_and_missing_values_last(
    people: PortalUnderTest, sort_by: str, expected: str
) -> None:
    assert order(people, sort_by) == expected.split()
    assert order(people, sort_by, "&sortOrder=ascending&filter=userName%20pr") == expected.split()


def test_descending_turns_values_round_and_puts_missing_ones_first(people: PortalUnderTest) -> None:
    assert order(people, "title", "&sortOrder=descending") == ["Émile", "bea", "Zoe", "adam", "carl"]
    assert order(people, "active", "&sortOrder=Descending") == ["Zoe", "Émile", "bea", "carl", "adam"]


def test_users_are_sorted_by_their_groups_and_groups_by_their_members(people: PortalUnderTest) -> None:
    ids = {one["userName"][0]: one["id"] for one in people.scim("GET", "/Users").json["Resources"]}
    late, early = people.push("Yard", ids["b"], ids["Z"]), people.push("attic", ids["c"], ids["Z"])
    gone = people.push("Aaa", ids["a"])
    assert people.scim("DELETE", f"/Groups/{gone}").status_code == 204
    assert order(people, "groups") == ["Zoe", "bea", "carl", "adam", "Émile"]
    assert order(people, "groups.display") == ["carl", "Zoe", "bea", "adam", "Émile"]
    assert order(people, "groups.type") == ["Zoe", "adam", "Émile", "bea", "carl"]
    assert order(people, "displayName", room="Groups") == ["attic", "Yard"]
    assert order(people, "displayName", "&sortOrder=descending", room="Groups") == ["Yard", "attic"]
    people.scim("DELETE", f"/Users/{ids['Z']}")
    assert order(people, "members.value", room="Groups") == ["Yard", "attic"]
    assert order(people, "members", "&sortOrder=descending", room="Groups") == ["attic", "Yard"]
    assert order(people, "members.display", room="Groups") == ["Yard", "attic"]
    assert late < early


@pytest.mark.parametrize("sort_by", ["title", "userName", "emails", "active", "meta.lastModified"])
@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_sorted_pages_neither_overlap_nor_skip(people: PortalUnderTest, sort_by: str, direction: str) -> None:
    whole = order(people, sort_by, f"&sortOrder={direction}")
    pages = [order(people, sort_by, f"&sortOrder={direction}&startIndex={start}&count=2") for start in (1, 3, 5)]
    assert [one for page in pages for one in page] == whole


@pytest.mark.parametrize(
    "query", ["sortBy=nope", "sortBy=name", "sortBy=password", "sortBy=title&sortOrder=up", "sortBy=%00"]
)
def test_what_has_no_order_is_an_invalid_value(portal: PortalUnderTest, query: str) -> None:
    answer = portal.scim("GET", f"/Users?{query}")
    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")


def test_the_server_says_that_it_sorts(portal: PortalUnderTest) -> None:
    assert portal.scim("GET", "/ServiceProviderConfig").json["sort"] == {"supported": True}
