"""Requests no library would send, over a plain socket: what the server makes of them, before and behind the application.

What reaches the application is answered in SCIM words. What the HTTP server itself cannot read is refused and the connection
closed, so that nobody behind a proxy can slip a second request in.
"""

from __future__ import annotations

import json
import secrets
import socket
from typing import Any

import httpx
import pytest

from tests.portals import CORE_USER, LivePortal

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def exchange(
    portal: LivePortal, *lines: str, body: bytes = b"", method: str = "POST", path: str = "/Users"
) -> tuple[int, str, bytes]:
    """Send one request with a good credential and some lines more; return status, content type and body of all that comes."""
    base = f"/p/{portal.slug}/scim/v2"
    head = [
        f"{method} {base}{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {portal.token}",
        "Content-Type: application/scim+json", "Connection: close", *lines,
    ]  # fmt: skip
    with socket.create_connection(("127.0.0.1", portal.server.port), timeout=20) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        found = b"".join(iter(lambda: line.recv(65536), b""))
    top, _, rest = found.partition(b"\r\n\r\n")
    kinds = [one.partition(b":")[2].strip() for one in top.split(b"\r\n") if one.lower().startswith(b"content-type:")]
    return int(top.split()[1]), b"".join(kinds).decode(), rest


def a_person(name: str) -> bytes:
    return json.dumps({"schemas": [CORE_USER], "userName": name}).encode()


def in_chunks(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def total(portal: LivePortal) -> Any:
    headers = {"Authorization": f"Bearer {portal.token}"}
    return httpx.get(f"{portal.scim_base_url}/Users?count=0", headers=headers, timeout=30).json()["totalResults"]


def test_a_body_in_chunks_is_a_body(live_portal: LivePortal) -> None:
    person = a_person(f"{secrets.token_hex(4)}@acme.example")
    status, _, _ = exchange(live_portal, "Transfer-Encoding: chunked", body=in_chunks(person[:9], person[9:]))
    assert status == 201


@pytest.mark.parametrize(
    ("lines", "body", "status", "word"),
    [
        (("Transfer-Encoding: chunked",), b"zz\r\n{}\r\n0\r\n\r\n", 400, "understood"),
        (("Transfer-Encoding: chunked",), b"5\r\n{}\r\n0\r\n\r\n", 400, ""),
        (("Transfer-Encoding: chunked",), in_chunks(a_person("cut@acme.example"), b" " * 2**20, b"more"), 413, "1 MiB"),
        (("Content-Length: 99999999999",), b"{}", 413, "1 MiB"),
        ((), b"", 400, "no body"),
        (("Content-Length: 4", "Authorization: Bearer other"), b"null", 401, "token"),
    ],
    ids=["no chunks", "a wrong chunk", "chunks without end", "a length beyond all", "no length", "two credentials"],
)  # fmt: skip
def test_what_reaches_the_application_is_refused_in_scim_words(
    live_portal: LivePortal, lines: tuple[str, ...], body: bytes, status: int, word: str
) -> None:
    before = total(live_portal)
    found, kind, content = exchange(live_portal, *lines, body=body)
    assert (found, kind) == (status, "application/scim+json"), content
    error = json.loads(content)
    assert (error["schemas"], error["status"]) == ([ERROR], str(status))
    assert word in error["detail"]
    assert total(live_portal) == before


@pytest.mark.parametrize(
    ("lines", "body", "statuses"),
    [
        (("Transfer-Encoding: chunked", "Content-Length: 5"), b"0\r\n\r\nDELETE", {400}),
        (("Content-Length: 5", "Content-Length: 6"), b"{}    ", {400}),
        (("Content-Length: -1",), b"{}", {400}),
        (("Content-Length: 2", "Content-Type: text/plain"), b"{}", {400}),
        (("Content-Length: 2x",), b"{}", {400}),
        (("Transfer-Encoding: xchunked",), b"{}", {400, 501}),
        (("Transfer-Encoding: chunked, identity",), b"0\r\n\r\n", {400, 501}),
        (("X-Folded: a\r\n b",), b"", {400}),
        (("X-Spaced : a",), b"", {400}),
        (("X-Nul: \x00",), b"", {400}),
        (("X-Long: " + "x" * 20_000,), b"", {431}),
        (tuple(f"X-{number}: y" for number in range(300)), b"", {431}),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_the_http_server_cannot_read_ends_the_connection(
    live_portal: LivePortal, lines: tuple[str, ...], body: bytes, statuses: set[int]
) -> None:
    before = total(live_portal)
    found, kind, content = exchange(live_portal, *lines, body=body)
    assert found in statuses
    error = json.loads(content)
    assert (kind, error["schemas"], error["status"]) == ("application/scim+json", [ERROR], str(found))
    assert error["detail"].endswith(".")
    assert b"HTTP/1.1" not in content, "one request, one answer"
    assert b"Traceback" not in content
    assert total(live_portal) == before


def test_an_address_that_is_too_long_points_to_the_search_by_post(live_portal: LivePortal) -> None:
    found, _, content = exchange(live_portal, method="GET", path="/Users?filter=" + "x" * 20_000)
    assert found == 414
    assert "/.search" in json.loads(content)["detail"]
