"""Bulk requests: reading them, the order their references ask for, and their answers. Calls go to a dictionary."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import bulk, bulk_order
from scim_portal.protocol.bulk import Call, Outcome
from scim_portal.protocol.bulk_request import BULK_SCHEMA, parse_request
from scim_portal.protocol.errors import InvalidSyntax, InvalidValue, TooLarge
from scim_portal.protocol.tolerance import GENERIC, STRICT

Op = dict[str, Any]


def post(bulk_id: str, *refs: str, path: str = "/Users", **data: Any) -> Op:
    listed = {"members": [{"value": f"bulkId:{one}"} for one in refs]} if refs else {}
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": {"name": bulk_id, **listed, **data}}


class Store:
    """What a server would keep: resources by id; a name `bad` is refused."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Outcome:
        self.calls.append(call)
        if call.error is not None:
            return Outcome(call.error.status, call.id, None, None, call.error.to_body())
        if call.data is not None and (
            call.data.get("name") == "bad" or (call.method == "PUT" and "fragile" in call.data)
        ):
            return Outcome(400, call.id, None, None, {"detail": "bad"})
        id = call.id or f"id-{len(self.kept)}"
        self.kept[id] = call.data
        return Outcome(201 if call.method == "POST" else 200, id, f"https://x/{id}", 'W/"2"' if call.id else 'W/"1"')


def perform(*operations: Any, store: Store | None = None, **rest: Any) -> list[Op]:
    request = parse_request({"schemas": [BULK_SCHEMA], "Operations": list(operations), **rest}, STRICT)
    answers: list[Op] = bulk.perform(request, store or Store())["Operations"]
    return answers


def statuses(answers: list[Op]) -> list[str]:
    return [one["status"] for one in answers]


@pytest.mark.parametrize("payload", [{}, {"Operations": []}, {"Operations": {}}, {"Operations": "x"}])
def test_an_envelope_without_operations_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InvalidSyntax):
        parse_request(payload, GENERIC)


def test_too_many_operations_and_a_bad_limit_refuse_the_whole() -> None:
    with pytest.raises(TooLarge):
        parse_request({"Operations": [{}] * 1001}, GENERIC)
    for limit in (0, -1, "1", True, 1.5):
        with pytest.raises(InvalidValue):
            parse_request({"Operations": [{}], "failOnErrors": limit}, GENERIC)
    for schemas in (None, [1, "urn:x"]):
        with pytest.raises(InvalidSyntax):
            parse_request({"Operations": [{}], "schemas": schemas}, STRICT)


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("text", "400"),
        ({}, "400"),
        ({"method": 5, "path": "/Users"}, "400"),
        ({"method": "GET", "path": "/Users/1"}, "400"),
        ({"method": "DELETE"}, "400"),
        ({"method": "DELETE", "path": "/Users"}, "400"),
        ({"method": "DELETE", "path": "/Printers/1"}, "404"),
        ({"method": "DELETE", "path": "/Users/" + "x" * 999}, "404"),
        ({"method": "POST", "path": "/Users/1", "bulkId": "a", "data": {}}, "400"),
        ({"method": "POST", "path": "/Users", "data": {}}, "400"),
        ({"method": "POST", "path": "/Users", "bulkId": "", "data": {}}, "400"),
        ({"method": "PUT", "path": "/Users/1", "bulkId": 5, "data": {}}, "400"),
        ({"method": "PUT", "path": "/Users/1"}, "400"),
        ({"method": "PUT", "path": "/Users/1", "data": []}, "400"),
        ({"method": "PUT", "path": "/Users/1", "data": {}, "version": 1}, "400"),
        ({"method": "PUT", "path": "/Users/bulkId:none", "data": {}}, "409"),
    ],
    ids=str,
)
def test_a_bad_operation_is_answered_for_itself(operation: Any, status: str) -> None:
    store = Store()
    assert statuses(perform(operation, post("good"), store=store)) == [status, "201"]
    assert list(store.kept.values()) == [{"name": "good"}]


def test_a_bulk_id_is_used_once() -> None:
    assert statuses(perform(post("a"), post("a"))) == ["201", "400"]


def test_an_answer_names_method_bulk_id_location_and_version() -> None:
    created, changed, gone = perform(
        post("a"),
        {"method": "patch", "path": "Groups/7/", "version": 'W/"1"', "data": [{"op": "add"}]},
        {"method": "DELETE", "path": "/users/8", "data": {"ignored": "bulkId:x"}},
    )
    assert created == {
        "location": "https://x/id-0",
        "method": "POST",
        "bulkId": "a",
        "version": 'W/"1"',
        "status": "201",
    }
    assert (changed["method"], changed["status"], gone["status"]) == ("PATCH", "200", "200")
    assert perform("x")[0] == {"status": "400", "response": perform("x")[0]["response"]}


def test_a_patch_may_carry_its_operations_alone_and_its_version_travels_on() -> None:
    store = Store()
    perform({"method": "PATCH", "path": "/Groups/7", "version": "v", "data": [{"op": "add"}]}, store=store)
    call = store.calls[0]
    assert (call.endpoint, call.id, call.version, call.data and call.data["Operations"]) == (
        "/Groups",
        "7",
        "v",
        [{"op": "add"}],
    )


def test_whoever_is_referred_to_comes_first_and_answers_keep_the_order() -> None:
    store = Store()
    answers = perform(
        {"method": "PATCH", "path": "/Groups/bulkId:g", "data": {"value": ["bulkId:u", "plain", "bulkid:u"]}},
        post("g", "u", path="/Groups"),
        post("u"),
        store=store,
    )
    assert [one.method + str(one.data.get("name")) for one in store.calls if one.data] == [
        "POSTu",
        "POSTg",
        "PATCHNone",
    ]
    assert store.kept["id-1"] == {"value": ["id-0", "plain", "bulkid:u"]}
    assert store.calls[1].data == {"name": "g", "members": [{"value": "id-0"}]}
    assert [one.get("bulkId") for one in answers] == [None, "g", "u"]


def test_a_reference_to_a_failed_or_unknown_create_is_a_conflict() -> None:
    answers = perform(post("u", name="bad"), post("g", "u"), post("h", "nobody"), post("i", "h"))
    assert statuses(answers) == ["400", "409", "409", "409"]
    assert "'nobody'" in answers[2]["response"]["detail"]


def test_a_circle_is_created_in_two_steps() -> None:
    store = Store()
    a = post("a", manager={"value": "bulkId:b"}, tags=["bulkId:b", "x"], more={"deep": {"ref": "bulkId:b"}}, none={})
    answers = perform(a, post("b", manager={"value": "bulkId:a"}), post("c", "a"), store=store)
    assert store.calls[0].data == {"name": "a", "tags": ["x"], "none": {}}
    assert [call.method for call in store.calls] == ["POST", "POST", "POST", "PUT"]
    assert store.kept["id-0"] == {
        "name": "a", "manager": {"value": "id-1"}, "tags": ["id-1", "x"], "more": {"deep": {"ref": "id-1"}}, "none": {}
    }  # fmt: skip
    assert statuses(answers) == ["201"] * 3
    assert [one["version"] for one in answers] == ['W/"2"', 'W/"1"', 'W/"1"']


def test_a_resource_may_refer_to_itself() -> None:
    store = Store()
    assert statuses(perform(post("a", manager="bulkId:a"), store=store)) == ["201"]
    assert store.kept == {"id-0": {"name": "a", "manager": "id-0"}}


def test_a_circle_that_cannot_be_closed_is_told() -> None:
    broken = perform(post("a", "b"), post("b", "a", name="bad"))
    assert statuses(broken) == ["409", "400"]
    assert broken[0]["location"] == "https://x/id-0"
    assert statuses(perform(post("a", "b", fragile=True), post("b", "a"))) == ["400", "201"]
    assert statuses(perform(post("a", "b", name="bad"), post("b", "a"))) == ["400", "409"]


def test_a_circle_behind_a_chain_is_cut_where_it_is_one() -> None:
    store = Store()
    perform(post("x", "a"), post("a", "b"), post("b", "a"), store=store)
    assert [call.data and call.data["name"] for call in store.calls] == ["a", "x", "b", "a"]


def test_the_rest_is_not_tried_after_too_many_errors() -> None:
    operations = [post("a"), post("b", name="bad"), post("c"), post("d", name="bad"), post("e")]
    assert statuses(perform(*operations, failOnErrors=2)) == ["201", "400", "201", "400"]
    assert statuses(perform(*operations, failOnErrors=None)) == ["201", "400", "201", "400", "201"]


def test_a_thousand_operations_that_wait_for_each_other_are_ordered_at_once() -> None:
    chain = [post(str(one), str(one + 1)) for one in range(999)] + [post("999")]
    request = parse_request({"Operations": chain}, GENERIC)
    assert [index for index, _ in bulk_order.order(request.operations)] == list(range(999, -1, -1))
    ring = parse_request({"Operations": [*chain[:999], post("999", "0")]}, GENERIC)
    steps = list(bulk_order.order(ring.operations))
    assert [missing for _, missing in steps if missing] == [{"1"}]


def test_nothing_left_of_a_resource_is_an_empty_one() -> None:
    assert bulk_order.without({"value": "bulkId:a"}, {"a"}) == {}
