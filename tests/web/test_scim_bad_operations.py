"""What is wrong with one operation of a bulk request is answered for that one, and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.portals import a_user
from tests.web.bad_messages import BULK
from tests.web.bad_operations import CASES
from tests.web.bad_world import KEYS, Bad, World, opened

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with opened(app) as found:
        yield found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_operation_is_answered_with_its_error_and_stores_nothing(world: World, case: Bad) -> None:
    for tolerance in ("strict", "entra"):
        message = {"schemas": [BULK], "Operations": [case.body, {"method": "DELETE", "path": "/Users/nobody"}]}
        answer = world.call(tolerance, "POST", "/Bulk", **world.content(message))
        assert answer.status_code == 200, answer.text
        first, second = answer.json["Operations"]
        assert (first["status"], second["status"]) == (str(case.status), "404"), answer.text
        error = first["response"]
        assert set(error) <= KEYS
        assert (error["schemas"], error["status"]) == ([ERROR], str(case.status))
        assert error.get("scimType") == case.scim_type or case.name == "a user without a name"
        assert case.word in error["detail"]
        assert error["detail"].endswith(".")
    assert world.untouched()


def test_after_so_many_errors_nothing_more_is_tried(world: World) -> None:
    bad = {"method": "DELETE", "path": "/Users/nobody"}
    good = {"method": "POST", "path": "/Users", "bulkId": "a", "data": a_user("new@x.example")}
    message = {"schemas": [BULK], "failOnErrors": 2, "Operations": [bad, bad, good]}
    answer = world.call("strict", "POST", "/Bulk", **world.content(message))
    assert [one["status"] for one in answer.json["Operations"]] == ["404", "404"]
    assert world.untouched()


def test_a_circle_of_which_one_part_is_bad_leaves_nothing_of_that_part(world: World) -> None:
    groups = [
        {"method": "POST", "path": "/Groups", "bulkId": name,
            "data": {"displayName": shown, "members": [{"value": f"bulkId:{other}"}]}}
        for name, shown, other in (("a", "", "b"), ("b", 5, "a"))
    ]  # fmt: skip
    answer = world.call("okta", "POST", "/Bulk", **world.content({"Operations": groups}))
    assert [one["status"] for one in answer.json["Operations"]] == ["400", "409"]
    assert world.untouched()
