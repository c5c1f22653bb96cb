"""`/.search` (RFC 7644 §3.4.3): a list's query in a body, for one resource type or, at the root, for both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from scim_portal.db import db, transact
from scim_portal.models import Credential
from tests.portals import PortalUnderTest

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def people(portal: PortalUnderTest) -> PortalUnderTest:
    ann = portal.provision("ann@x.example", displayName="Sam", title="boss")
    portal.provision("bob@x.example", displayName="alf")
    portal.push("Sales", ann)
    portal.push("board")
    return portal


def search(portal: PortalUnderTest, room: str = "", **asked: Any) -> dict[str, Any]:
    answer = portal.scim("POST", f"{room}/.search", {"schemas": [SEARCH], **asked})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/scim+json"
    found: dict[str, Any] = answer.json
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [one["displayName"] for one in found["Resources"]]


def narrow(portal: PortalUnderTest, *scopes: str) -> None:
    """Leave the portal's token these scopes."""
    assert portal.token
    mine = update(Credential).where(Credential.portal_id == portal.ref.id)
    transact(lambda: db.session.execute(mine.values(scopes=list(scopes))))


def test_a_search_of_one_type_answers_as_its_list_does(people: PortalUnderTest) -> None:
    for room in ("/Users", "/Groups"):
        assert search(people, room) == people.scim("GET", room).json
    url = "/Users?filter=title%20pr&sortBy=title&count=1&attributes=title"
    asked = {"filter": "title pr", "sortBy": "title", "count": 1, "attributes": ["title"]}
    assert search(people, "/Users", **asked) == people.scim("GET", url).json
    assert (
        search(people, "/Users", excludedAttributes=["groups", "emails"])["Resources"][0]
        .keys()
        .isdisjoint({"emails", "groups"})
    )


def test_the_root_searches_users_and_groups_together(people: PortalUnderTest) -> None:
    found = search(people, unknown={"ignored": True})
    assert (found["totalResults"], found["startIndex"], names(found)) == (4, 1, ["Sam", "alf", "Sales", "board"])
    assert [one["meta"]["resourceType"] for one in found["Resources"]] == ["User", "User", "Group", "Group"]
    assert found["Resources"][0]["groups"][0]["display"] == "Sales"
    assert len(found["Resources"][2]["members"]) == 1
    assert names(search(people, sortBy="displayName")) == ["alf", "board", "Sales", "Sam"]
    assert names(search(people, sortBy="displayName", sortOrder="descending")) == ["Sam", "Sales", "board", "alf"]
    assert names(search(people, sortBy="userName", startIndex=2)) == ["alf", "Sales", "board"]
    assert names(search(people, sortBy="active", sortOrder="descending"))[:2] == ["Sales", "board"]
    assert names(search(people, sortBy="meta.created", sortOrder="descending")) == ["board", "Sales", "alf", "Sam"]
    nothing = search(people, count=0)
    assert (nothing["totalResults"], nothing["itemsPerPage"], nothing["Resources"]) == (4, 0, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('displayName sw "S"', ["Sam", "Sales"]),
        ('userName eq "ANN@x.example" or displayName eq "Board"', ["Sam", "board"]),
        ("members pr", ["Sales"]),
        ('userName ne "ann@x.example"', ["alf", "Sales", "board"]),
        ("not (title pr)", ["alf", "Sales", "board"]),
        ('meta.resourceType eq "Group"', ["Sales", "board"]),
    ],
)
def test_at_the_root_an_attribute_that_a_type_lacks_has_no_value(
    people: PortalUnderTest, text: str, expected: list[str]
) -> None:
    assert names(search(people, filter=text)) == expected


@pytest.mark.parametrize("sort_by", [None, "displayName", "title", "meta.lastModified", "active"])
def test_cursors_lead_through_the_root_too(people: PortalUnderTest, sort_by: str | None) -> None:
    asked = {"sortBy": sort_by, "count": 1}
    found = [search(people, cursor="", **asked)]
    while "nextCursor" in found[-1]:
        found.append(search(people, cursor=found[-1]["nextCursor"], **asked))
    assert [names(one)[0] for one in found] == names(search(people, sortBy=sort_by))
    back = search(people, cursor=found[-1]["previousCursor"], **asked)
    assert names(back) == names(found[-2])


@pytest.mark.parametrize(
    ("asked", "scim_type"),
    [
        ({"filter": "nope pr"}, "invalidFilter"),
        ({"filter": "title"}, "invalidFilter"),
        ({"sortBy": "nope"}, "invalidValue"),
        ({"count": "5"}, "invalidValue"),
        ({"attributes": "a"}, "invalidValue"),
        ({"attributes": ["a"] * 101}, "invalidValue"),
        ({"cursor": "x"}, "invalidCursor"),
    ],
    ids=str,
)
@pytest.mark.parametrize("room", ["", "/Users", "/Groups"])
def test_a_bad_search_is_refused_in_scim_words(
    people: PortalUnderTest, room: str, asked: dict[str, Any], scim_type: str
) -> None:
    answer = people.scim("POST", f"{room}/.search", asked)
    assert (answer.status_code, answer.json["scimType"]) == (400, scim_type), answer.text


def test_a_search_needs_the_scope_to_read_what_it_searches(portal: PortalUnderTest) -> None:
    narrow(portal, "scim:user:read")
    assert portal.scim("POST", "/Users/.search", {}).status_code == 200
    for room, lacking in (("/Groups", "scim:group:read"), ("", "scim:group:read")):
        answer = portal.scim("POST", f"{room}/.search", {})
        assert (answer.status_code, lacking in answer.json["detail"]) == (403, True)
    assert portal.scim("POST", "/Users", {"userName": "x"}).status_code == 403
    assert portal.scim("DELETE", "/Users/.search").status_code == 403


def test_nobody_else_s_resources_are_found(people: PortalUnderTest) -> None:
    assert search(PortalUnderTest.create(people.app))["totalResults"] == 0


def test_the_root_lists_users_and_groups_by_url_too(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example", displayName="Ann")
    group = portal.push("Ann's friends", ann)
    everything = portal.scim("GET", "").json
    assert [(one["meta"]["resourceType"], one["id"]) for one in everything["Resources"]] == [
        ("User", ann),
        ("Group", group),
    ]
    found = portal.scim(
        "GET", '/?filter=displayName sw "ann" and meta.resourceType eq "Group"&attributes=displayName'
    ).json
    assert [one["displayName"] for one in found["Resources"]] == ["Ann's friends"]
    assert portal.scim("POST", "", {}).status_code == 405
