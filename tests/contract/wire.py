"""How contract tests reach the running product: a sender over one kept-alive connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from .replay import Answer, Send


@contextmanager
def sender(base_url: str, token: str) -> Iterator[Send]:
    """Open a connection to a SCIM base URL; every request carries the token unless it brings its own Authorization."""
    with httpx.Client(timeout=60) as client:

        def send(method: str, path: str, headers: dict[str, str], content: bytes | None) -> Answer:
            headers = {"Authorization": f"Bearer {token}", **headers}
            answer = client.request(method, base_url.rstrip("/") + path, headers=headers, content=content)
            return Answer(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

        yield send
