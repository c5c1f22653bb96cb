"""The twelve requests of Okta's SPEC test, which an integration must pass before Okta lists it.

Bodies travel as `application/json`, as that suite sends them; the answers are checked for what the suite asserts.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.portals import LivePortal

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SLOWEST_GROUP_LIST_SECONDS = 0.6


@pytest.fixture
def okta(live_portal: LivePortal) -> Iterator[httpx.Client]:
    headers = {
        "User-Agent": "OKTA SCIM Integration",
        "Authorization": f"Bearer {live_portal.token}",
        "Accept": "application/scim+json; charset=utf-8",
        "Accept-Charset": "utf-8",
        "Content-Type": "application/json",
    }
    with httpx.Client(base_url=live_portal.scim_base_url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def body() -> dict[str, Any]:
    name = f"Runscope{secrets.randbelow(900) + 100}{secrets.token_hex(4)}"
    return {
        "schemas": [USER],
        "userName": f"{name}@atko.com",
        "name": {"givenName": name, "familyName": "Tester"},
        "emails": [{"primary": True, "value": f"{name}@atko.com", "type": "work"}],
        "displayName": f"{name} Tester",
        "active": True,
    }


@pytest.fixture
def created(okta: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = okta.post("/Users", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def find(okta: httpx.Client, user_name: str, **headers: str) -> httpx.Response:
    return okta.get("/Users", params={"filter": f'userName eq "{user_name}"'}, headers=headers)


def assert_complete(user: dict[str, Any]) -> None:
    assert all([user["id"], user["userName"], user["emails"][0]["value"]])
    assert all([user["name"]["givenName"], user["name"]["familyName"]])
    assert isinstance(user["active"], bool)


def assert_error(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    error = answer.json()
    assert error["schemas"] == [ERROR]
    assert error["status"] == str(status)
    assert error["detail"]


@pytest.mark.usefixtures("created")
def test_1_and_2_the_first_user_of_the_list_is_complete_and_can_be_read(okta: httpx.Client) -> None:
    page = okta.get("/Users", params={"count": 1, "startIndex": 1})
    assert page.status_code == 200
    listed = page.json()
    assert LIST in listed["schemas"]
    assert [type(listed[key]) for key in ("itemsPerPage", "startIndex", "totalResults")] == [int, int, int]
    assert len(listed["Resources"]) == listed["itemsPerPage"] == 1
    answer = okta.get(f"/Users/{listed['Resources'][0]['id']}")
    assert answer.status_code == 200
    assert answer.json()["id"] == listed["Resources"][0]["id"]


def test_1_and_2_a_user_as_the_suite_sends_it_is_read_back_complete(
    okta: httpx.Client, created: dict[str, Any]
) -> None:
    assert_complete(okta.get(f"/Users/{created['id']}").json())


def test_3_and_5_looking_for_somebody_unknown_is_an_empty_list(okta: httpx.Client, body: dict[str, Any]) -> None:
    for user_name in ("abcdefgh@atko.com", body["userName"]):
        answer = find(okta, user_name)
        assert answer.status_code == 200
        assert answer.json()["totalResults"] == 0
        assert LIST in answer.json()["schemas"]


@pytest.mark.parametrize("user_id", ["010101001010101011001010101011", "00919288221112222"])
def test_4_and_12_an_unknown_id_of_any_shape_is_a_404_with_a_detail(okta: httpx.Client, user_id: str) -> None:
    assert_error(okta.get(f"/Users/{user_id}"), 404)


def test_6_a_created_user_comes_back_active_and_as_it_was_sent(created: dict[str, Any], body: dict[str, Any]) -> None:
    assert_complete(created)
    assert created["active"] is True
    assert USER in created["schemas"]
    assert created["userName"] == body["userName"]
    assert created["name"]["givenName"] == body["name"]["givenName"]
    assert created["name"]["familyName"] == body["name"]["familyName"]


def test_7_reading_it_gives_identical_names(okta: httpx.Client, created: dict[str, Any], body: dict[str, Any]) -> None:
    read = okta.get(f"/Users/{created['id']}").json()
    assert read["userName"] == body["userName"]
    assert {key: read["name"][key] for key in body["name"]} == body["name"]


@pytest.mark.usefixtures("created")
def test_8_creating_it_again_is_a_conflict(okta: httpx.Client, body: dict[str, Any]) -> None:
    assert_error(okta.post("/Users", json=body), 409)


def test_9_the_lookup_ignores_case(okta: httpx.Client, created: dict[str, Any]) -> None:
    answer = find(okta, created["userName"].upper())
    assert answer.status_code == 200
    assert [user["id"] for user in answer.json()["Resources"]] == [created["id"]]


def test_10_groups_are_listed_without_paging_parameters_in_time(okta: httpx.Client) -> None:
    okta.get("/Groups")  # the suite meets a warm server too
    begun = time.perf_counter()
    answer = okta.get("/Groups")
    assert time.perf_counter() - begun < SLOWEST_GROUP_LIST_SECONDS
    assert answer.status_code == 200
    assert LIST in answer.json()["schemas"]


def test_11_a_word_that_is_no_token_is_a_401_with_a_detail(okta: httpx.Client) -> None:
    assert_error(find(okta, "abcdefgh@atko.com", Authorization="non-token"), 401)
