"""The replayer against a stub server: it must notice what is wrong, or the conversations prove nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .matching import differences
from .replay import Answer, Send, fill, pick, replay
from .wire import sender

STORED = {"id": "7", "userName": "ann", "active": True, "emails": [{"value": "ann@acme.example"}]}


class Stub(BaseHTTPRequestHandler):
    """Answers POST with 201 and the stored user, GET /echo with the request's headers, PUT with its body."""

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/scim+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._answer(200, {name.lower(): value for name, value in self.headers.items()})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, STORED)

    def do_PUT(self) -> None:
        self._answer(200, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def send() -> Iterator[Send]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sender(f"http://127.0.0.1:{server.server_port}", "secret") as send:
        yield send
    server.shutdown()
    server.server_close()


def a_step(expect: dict[str, Any], **more: Any) -> dict[str, Any]:
    request = {"method": "POST", "path": "/Users", "body": {"userName": "{{unique}}"}}
    return {"name": "create", "request": request, "expect": expect, **more}


def test_a_conversation_that_goes_as_recorded_has_no_differences(send: Send) -> None:
    expect = {"status": 201, "headers": {"Content-Type": "application/scim+json"}, "body": {"id": {"$type": "string"}}}
    assert replay({"steps": [a_step(expect)]}, send) == []


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"status": 200}, "status: wanted 200, found 201"),
        ({"status": 201, "headers": {"ETag": {"$filled": True}}}, "headers.etag"),
        ({"status": 201, "body": {"userName": "bob"}}, '$.userName: wanted "bob", found "ann"'),
        ({"status": 201, "body": {"emails": []}}, "$.emails"),
        ({"status": 201, "body": {"emails": {"$length": 2}}}, "wanted $length 2"),
        ({"status": 201, "body": {"id": {"$type": "integer"}}}, 'wanted $type "integer", found "7"'),
        ({"status": 201, "body": {"id": {"$absent": True}}}, "wanted $absent true"),
        ({"status": 201, "body": {"nickName": {"$absent": False}}}, "found nothing"),
        ({"status": 201, "body": {"active": "True"}}, "$.active"),
    ],
)
def test_a_difference_is_named_with_its_place(send: Send, expect: dict[str, Any], complaint: str) -> None:
    found = replay({"steps": [a_step(expect)]}, send)
    assert found[0].startswith("create (POST /Users): ")
    assert complaint in found[0]


def test_what_a_step_saves_is_known_to_later_steps_and_can_be_sent_back_changed(send: Send) -> None:
    put = {"method": "PUT", "path": "/Users/{{id}}", "body": {"$merge": ["{{user}}", {"active": False}]}}
    expect = {"status": 200, "body": {"id": "{{id}}", "userName": "ann", "active": False}}
    steps = [
        a_step({"status": 201}, save={"user": "$", "id": "$.id"}),
        {"name": "put", "request": put, "expect": expect},
    ]
    assert replay({"steps": steps}, send) == []


def test_a_missing_value_to_save_ends_the_replay(send: Send) -> None:
    steps = [a_step({"status": 201}, save={"id": "$.Resources[0].id"}), a_step({"status": 500})]
    found = replay({"steps": steps}, send)
    assert len(found) == 1
    assert "nothing to save" in found[0]


def test_headers_of_the_conversation_travel_and_a_get_has_no_content_type(send: Send) -> None:
    get = {"method": "GET", "path": "/echo?filter=a%20eq%20%22b%2Bc%22"}
    body = {
        "user-agent": "Okta SCIM Client 1.0.0",
        "authorization": "Bearer secret",
        "content-type": {"$absent": True},
    }
    headers = {"User-Agent": "Okta SCIM Client 1.0.0", "Content-Type": "application/scim+json"}
    step = {"name": "look", "request": get, "expect": {"status": 200, "body": body}}
    assert replay({"headers": headers, "steps": [step]}, send) == []


def test_an_authorization_in_a_step_replaces_the_token(send: Send) -> None:
    get = {"method": "GET", "path": "/echo", "headers": {"Authorization": "non-token"}}
    step = {"name": "look", "request": get, "expect": {"status": 200, "body": {"authorization": "non-token"}}}
    assert replay({"steps": [step]}, send) == []


def test_an_answer_that_is_not_json_is_a_difference() -> None:
    def broken(*_: Any) -> Answer:
        return Answer(201, {}, b"<html>")

    assert any("not JSON" in line for line in replay({"steps": [a_step({"status": 201})]}, broken))


@pytest.mark.parametrize("template", ["{{unknown}}", {"a": "x{{unknown}}"}])
def test_an_unknown_variable_is_an_error(template: Any) -> None:
    with pytest.raises(LookupError):
        fill(template, {})


@pytest.mark.parametrize("path", ["id", "$.a[", "$..a"])
def test_a_malformed_path_is_an_error(path: str) -> None:
    with pytest.raises(LookupError):
        pick({"a": [1]}, path)


def test_a_path_reaches_names_with_colons() -> None:
    assert pick({"urn:x": [{"a": 1}]}, "$['urn:x'][0].a") == 1


def test_an_unknown_matcher_is_an_error() -> None:
    with pytest.raises(KeyError):
        list(differences({"$lenght": 0}, []))


@pytest.mark.parametrize(
    ("matcher", "fits", "fails"),
    [
        ({"$type": "integer"}, 1, True),
        ({"$type": "number"}, 1.5, "1.5"),
        ({"$type": "boolean"}, False, 0),
        ({"$type": "array"}, [], {}),
        ({"$type": "object"}, {}, []),
        ({"$filled": True}, "x", ""),
        ({"$length": 0}, [], [1]),
        ({"$atLeast": 2}, 2, 1),
        ({"$not": "a"}, "b", "a"),
        ({"$startsWith": "a"}, "ab", "b"),
        ({"$endsWith": "/1"}, "/Users/1", "/Users/11"),
        ({"$oneOf": [200, 204]}, 204, 201),
        ({"$contains": {"value": "1"}}, [{"value": "2"}, {"value": "1", "display": "x"}], [{"value": "2"}]),
        ({"$lacks": {"value": "1"}}, [{"value": "2"}], [{"value": "2"}, {"value": "1", "display": "x"}]),
    ],
)
def test_every_matcher_can_succeed_and_fail(matcher: dict[str, Any], fits: Any, fails: Any) -> None:
    assert list(differences(matcher, fits)) == []
    assert len(list(differences(matcher, fails))) == 1
