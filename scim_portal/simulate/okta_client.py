"""The wire of the simulated Okta: headers, encodings, and what Okta makes of an answer.

Knows requests and errors, not sequences: which call follows which is in `provisioning`, who is provisioned in `org`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx

from scim_portal.simulate.profiles import Json

HEADERS = {
    "User-Agent": "Okta SCIM Client 1.0.0",
    "Accept": "application/scim+json",
    "Accept-Charset": "utf-8",
    "Accept-Encoding": "gzip,deflate",
    "Connection": "Keep-Alive",
}
CONTENT_TYPE = "application/scim+json; charset=utf-8"
# Okta closes the socket when nothing has come back by then.
TIMEOUT_SECONDS = 60.0
# Okta gives a task up after ten pauses; each pause here is as long as the server asks for, and no longer than this.
MAX_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 30


class OktaError(Exception):
    """A call failed; the text is what an Okta admin reads under Tasks."""


class UnreachableError(OktaError):
    """Nothing answered at all, so no further call can succeed either."""


class OktaClient:
    """One API integration: a base URL, a token and a kept-alive connection. `calls` counts requests sent."""

    def __init__(self, base_url: str, token: str, *, pause: Callable[[float], object] = time.sleep) -> None:
        self.calls = 0
        self._base_url = base_url.rstrip("/")
        self._pause = pause
        self._http = httpx.Client(headers={**HEADERS, "Authorization": f"Bearer {token}"}, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def read(self, path: str, **query: str | int) -> Json:
        """GET a resource or a list; raise OktaError for anything but a JSON object with a good status."""
        return self._call("GET", path, query=query)

    def find(self, endpoint: str, attribute: str, value: str) -> Json | None:
        """Look one resource up by an `eq` filter; None when the list comes back empty."""
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        page = self._call(
            "GET", endpoint, query={"filter": f'{attribute} eq "{quoted}"', "startIndex": 1, "count": 100}
        )
        if any(type(page.get(key)) is not int for key in ("totalResults", "startIndex", "itemsPerPage")):
            # A number in quotes makes Okta stop here without saying why.
            raise OktaError("null")
        return page["Resources"][0] if page["totalResults"] else None

    def write(self, method: str, path: str, body: Json) -> Json:
        """POST, PUT or PATCH a body; an answer without a body is an empty object."""
        return self._call(method, path, body=body)

    def _call(self, method: str, path: str, *, query: Json | None = None, body: Json | None = None) -> Json:
        answer = self._send(method, path, query, body)
        for _ in range(MAX_ATTEMPTS - 1):
            wait = answer.headers.get("retry-after", "")
            if answer.status_code != 429 or not wait.isdigit():
                break
            self._pause(min(int(wait), LONGEST_PAUSE_SECONDS))
            answer = self._send(method, path, query, body)
        return _understood(answer)

    def _send(self, method: str, path: str, query: Json | None, body: Json | None) -> httpx.Response:
        self.calls += 1
        content = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": CONTENT_TYPE}
        try:
            return self._http.request(method, self._base_url + path, params=query, content=content, headers=headers)
        except httpx.TransportError as error:
            raise UnreachableError(f"Could not reach {self._base_url}: {error or type(error).__name__}") from error


def _understood(answer: httpx.Response) -> Json:
    """Return the answer's JSON object, or raise with the reason phrase and the server's own detail."""
    if answer.is_success and not answer.content:
        return {}
    try:
        body: Any = answer.json()
    except ValueError:
        raise _remote(answer, f"Invalid JSON: {answer.text[:80]!r}") from None
    if not isinstance(body, dict):
        raise _remote(answer, "Invalid JSON: not an object")
    if not answer.is_success:
        raise _remote(answer, str(body.get("detail") or "no detail"))
    return body


def _remote(answer: httpx.Response, detail: str) -> OktaError:
    return OktaError(f"{answer.reason_phrase}. Errors reported by remote server: {detail}")
