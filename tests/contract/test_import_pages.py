"""Okta's import: pages of users and groups, read until `totalResults` is reached, each resource exactly once."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import pytest

from tests.portals import LivePortal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def pages(client: httpx.Client, endpoint: str, count: int) -> list[dict[str, Any]]:
    """Read a whole collection as Okta's import does."""
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(endpoint, params={"startIndex": len(found) + 1, "count": count}).json()
        assert page["itemsPerPage"] == len(page["Resources"]) <= count
        found += page["Resources"]
        if not page["Resources"] or len(found) >= page["totalResults"]:
            return found


@pytest.fixture
def client(live_portal: LivePortal) -> Any:
    headers = {"Authorization": f"Bearer {live_portal.token}", "Accept": "application/scim+json"}
    with httpx.Client(base_url=live_portal.scim_base_url, headers=headers, timeout=30) as client:
        yield client


def test_an_import_meets_every_user_once_inactive_ones_included_and_deleted_ones_not(client: httpx.Client) -> None:
    mark = secrets.token_hex(4)
    bodies = [{"schemas": [USER], "userName": f"p{n}.{mark}@acme.example", "active": n != 0} for n in range(7)]
    ids = [client.post("/Users", json=body).json()["id"] for body in bodies]
    assert client.delete(f"/Users/{ids[6]}").status_code == 204
    imported = pages(client, "/Users", count=3)
    seen = [user["id"] for user in imported]
    assert len(seen) == len(set(seen))
    assert set(ids[:6]) <= set(seen)
    assert ids[6] not in seen
    assert [user["active"] for user in imported if user["id"] == ids[0]] == [False]


def test_an_import_meets_every_group_once_with_its_members(client: httpx.Client) -> None:
    mark = secrets.token_hex(4)
    member = client.post("/Users", json={"schemas": [USER], "userName": f"m.{mark}@acme.example"}).json()["id"]
    bodies = [{"schemas": [GROUP], "displayName": f"G{n} {mark}", "members": [{"value": member}]} for n in range(5)]
    ids = {client.post("/Groups", json=body).json()["id"] for body in bodies}
    imported = [group for group in pages(client, "/Groups", count=2) if mark in group["displayName"]]
    assert len(imported) == 5
    assert {group["id"] for group in imported} == ids
    assert all([m["value"] for m in group["members"]] == [member] for group in imported)


@pytest.mark.parametrize(
    ("query", "start", "most"),
    [
        ({"startIndex": 0, "count": 1}, 1, 1),
        ({"startIndex": -5, "count": 1}, 1, 1),
        ({"count": -1}, 1, 0),
        ({"count": 0}, 1, 0),
    ],
)
def test_odd_paging_is_read_as_the_standard_says(
    client: httpx.Client, query: dict[str, int], start: int, most: int
) -> None:
    client.post("/Users", json={"schemas": [USER], "userName": f"q.{secrets.token_hex(4)}@acme.example"})
    page = client.get("/Users", params=query).json()
    assert page["startIndex"] == start
    assert len(page.get("Resources", [])) == most
    assert page["totalResults"] >= 1
