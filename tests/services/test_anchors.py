"""Remembered places in the list of all users give the very pages and totals that counting from the start would give."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from scim_portal import clock
from scim_portal.db import db
from scim_portal.services import anchors
from tests.portals import PortalUnderTest
from tests.services.test_indexed_look_ups import noted

PAGES = [(start, count) for start in (1, 2, 7, 30, 55, 60, 61, 99) for count in (0, 1, 5, 200)]


@pytest.fixture
def old(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[PortalUnderTest]:
    """Sixty users, seen an hour later, so that every place may be remembered; for this process nothing is known yet."""
    people = [{"method": "POST", "path": "/Users", "bulkId": str(n), "data": user(n)} for n in range(60)]
    schema = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    assert portal.scim("POST", "/Bulk", {"schemas": [schema], "Operations": people}).status_code == 200
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    anchors._shelves.clear()
    yield portal
    anchors._shelves.clear()


def user(number: int) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"u{number:03}@x.example"}


def names(portal: PortalUnderTest, start: int, count: int) -> tuple[int, list[str]]:
    page = portal.scim("GET", f"/Users?startIndex={start}&count={count}").json
    assert page["itemsPerPage"] == len(page["Resources"])
    return page["totalResults"], [one["userName"] for one in page["Resources"]]


def test_every_page_and_total_is_right_in_any_order(old: PortalUnderTest) -> None:
    everybody = [f"u{number:03}@x.example" for number in range(60)]
    order = PAGES * 2
    random.Random(3).shuffle(order)
    for start, count in order:
        assert names(old, start, count) == (60, everybody[start - 1 :][:count]), (start, count)
    assert len(next(iter(anchors._shelves.values())).places) > 3


def test_a_delete_a_return_and_a_newcomer_are_counted_at_once(old: PortalUnderTest) -> None:
    for start, count in PAGES:
        names(old, start, count)
    first = old.scim("GET", "/Users?count=1").json["Resources"][0]
    old.scim("DELETE", f"/Users/{first['id']}")
    everybody = [f"u{number:03}@x.example" for number in range(1, 60)]
    for start, count in PAGES:
        assert names(old, start, count) == (59, everybody[start - 1 :][:count])
    old.scim("POST", "/Users", user(100))
    assert names(old, 50, 200) == (60, [*everybody, "u100@x.example"][49:])
    assert old.scim("POST", "/Users", user(0)).json["id"] == first["id"]
    assert names(old, 1, 2) == (61, ["u000@x.example", "u001@x.example"])
    assert names(old, 61, 5) == (61, ["u100@x.example"])


def test_a_known_place_is_not_counted_up_to(old: PortalUnderTest) -> None:
    names(old, 1, 50)
    names(old, 58, 1)
    assert all(_counts(old, start, count) <= count for start, count in ((58, 2), (51, 5), (59, 1)))


def _counts(portal: PortalUnderTest, start: int, count: int) -> int:
    """The largest number in the statement that reads a page: how many rows it reads, or how many it skips."""
    with noted() as statements:
        names(portal, start, count)
    _, parameters = next(one for one in statements if "user_account.document" in one[0])
    values = parameters.values() if isinstance(parameters, dict) else parameters
    return max(one for one in values if isinstance(one, int))


def test_what_is_young_is_not_remembered(portal: PortalUnderTest) -> None:
    anchors._shelves.clear()
    for number in range(6):
        portal.scim("POST", "/Users", user(number))
    assert names(portal, 2, 2)[0] == 6
    assert [shelf.places for shelf in anchors._shelves.values()] == [[(1, "")]]
    db.session.rollback()
