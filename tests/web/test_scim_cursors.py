"""Paging by cursor (RFC 9865): every resource once, forward and backward, in any order; and cursors that are no good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from scim_portal import clock
from tests.portals import PortalUnderTest

TITLES = ["b", None, "a", "B", None, "c", "a"]


@pytest.fixture
def people(portal: PortalUnderTest) -> PortalUnderTest:
    for place, title in enumerate(TITLES):
        portal.provision(f"p{place}@x.example", **({"title": title} if title else {}), active=place % 2 == 0)
    return portal


def page(portal: PortalUnderTest, cursor: str = "", more: str = "") -> dict[str, Any]:
    answer = portal.scim("GET", f"/Users?cursor={quote(cursor)}{more}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    assert found["itemsPerPage"] == len(found["Resources"])
    assert "startIndex" not in found
    return found


def pages(portal: PortalUnderTest, more: str, way: str = "nextCursor", cursor: str = "") -> list[dict[str, Any]]:
    found = [page(portal, cursor, more)]
    while way in found[-1]:
        found.append(page(portal, found[-1][way], more))
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["userName"] for part in found for one in part["Resources"]]


def refusal(portal: PortalUnderTest, query: str) -> tuple[int, str]:
    answer = portal.scim("GET", f"/Users?{query}")
    return answer.status_code, answer.json["scimType"]


@pytest.mark.parametrize(
    "order", ["", *(f"&sortBy={by}" for by in ("title", "active", "meta.created", "userName", "emails"))]
)
@pytest.mark.parametrize("direction", ["ascending", "descending"])
def test_cursors_lead_through_every_order_forward_and_back(people: PortalUnderTest, order: str, direction: str) -> None:
    more = f"&count=2{order}&sortOrder={direction}"
    whole = [one["userName"] for one in people.scim("GET", f"/Users?count=100{more[8:]}").json["Resources"]]
    forward = pages(people, more)
    assert names(forward) == whole
    assert [len(one["Resources"]) for one in forward] == [2, 2, 2, 1]
    assert ["totalResults" in one for one in forward] == [True, False, False, False]
    assert forward[0]["totalResults"] == 7
    assert "previousCursor" not in forward[0]
    backward = pages(people, more, "previousCursor", forward[-1]["previousCursor"])
    assert names(backward[::-1]) == whole[:6]
    assert [one["userName"] for one in page(people, backward[-1]["nextCursor"], more)["Resources"]] == whole[2:4]


def test_what_changes_behind_a_cursor_moves_no_page(people: PortalUnderTest) -> None:
    first = page(people, more="&count=3")
    people.scim("DELETE", f"/Users/{first['Resources'][0]['id']}")
    people.scim("DELETE", f"/Users/{first['Resources'][2]['id']}")
    rest = pages(people, "&count=3", cursor=first["nextCursor"])
    assert names(rest) == ["p3@x.example", "p4@x.example", "p5@x.example", "p6@x.example"]


def test_a_last_page_that_emptied_meanwhile_ends_the_list(people: PortalUnderTest) -> None:
    first = page(people, more="&count=6")
    last = page(people, first["nextCursor"])["Resources"][0]
    people.scim("DELETE", f"/Users/{last['id']}")
    assert page(people, first["nextCursor"])["Resources"] == []


def test_a_filter_travels_with_its_cursor(people: PortalUnderTest) -> None:
    found = pages(people, "&count=1&filter=title%20eq%20%22A%22")
    assert names(found) == ["p2@x.example", "p6@x.example"]
    assert found[0]["totalResults"] == 2


def test_the_count_of_the_first_page_holds_and_zero_gives_the_total_alone(people: PortalUnderTest) -> None:
    first = page(people, more="&count=2")
    assert len(page(people, first["nextCursor"])["Resources"]) == 2
    assert page(people, more="&count=0") == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 7, "itemsPerPage": 0, "Resources": []
    }  # fmt: skip
    assert refusal(people, f"cursor={first['nextCursor']}&count=3") == (400, "invalidCount")
    assert refusal(people, "cursor=&count=201") == (400, "invalidCount")
    assert len(page(people)["Resources"]) == 7


def test_a_cursor_is_good_for_its_own_query_and_portal_only(people: PortalUnderTest) -> None:
    cursor = page(people, more="&count=2&sortBy=title")["nextCursor"]
    other = PortalUnderTest.create(people.app)
    for query in ("", "&sortBy=userName", "&sortBy=title&sortOrder=descending", "&sortBy=title&filter=id%20pr"):
        assert refusal(people, f"cursor={cursor}{query}") == (400, "invalidCursor")
    assert refusal(other, f"cursor={cursor}&sortBy=title") == (400, "invalidCursor")
    assert people.scim("GET", f"/Groups?cursor={cursor}").json["scimType"] == "invalidCursor"
    for wrong in ("x", "%00", quote(cursor[:-3]), "a.b.c", "1" * 9000):
        assert refusal(people, f"cursor={wrong}&sortBy=title") == (400, "invalidCursor")


def test_a_cursor_expires_after_an_hour(people: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = page(people, more="&count=2")["nextCursor"]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=3500))
    assert len(page(people, cursor)["Resources"]) == 2
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=3605))
    assert refusal(people, f"cursor={cursor}") == (400, "expiredCursor")


def test_index_paging_stays_the_default(people: PortalUnderTest) -> None:
    listed = people.scim("GET", "/Users?count=2").json
    assert (listed["totalResults"], listed["startIndex"], "nextCursor" in listed) == (7, 1, False)
    pagination = people.scim("GET", "/ServiceProviderConfig").json["pagination"]
    assert (pagination["cursor"], pagination["defaultPaginationMethod"]) == (True, "index")
