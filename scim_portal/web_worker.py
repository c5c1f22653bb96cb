"""gunicorn's worker, whose own refusals are SCIM Error messages: what it cannot parse never reaches the application.

A request line or header that is too long, a broken header, chunks that are none: providers show their admins the `detail`.
"""

from __future__ import annotations

import gc
import json
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
DETAILS = {
    "400": "The request is no valid HTTP: its request line, a header or a chunk cannot be read.",
    "414": "The address is too long; search by POST to /.search instead.",
    "431": "The headers of the request are too large.",
    "501": "The body is encoded for transfer in a way that is not supported.",
}


class Worker(ThreadWorker):  # type: ignore[misc]
    """The threaded worker, answering in JSON where the library answers in HTML."""

    def load_wsgi(self) -> None:
        """Load the application, and have the garbage collector leave alone what was loaded: it stays for good."""
        super().load_wsgi()
        gc.collect()
        gc.freeze()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Let the library judge and log, and translate what it sends."""
        super().handle_error(req, _InJson(client), addr, exc)


class _InJson:
    """A connection on which an HTML error becomes a SCIM one; everything else is the connection's own."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def sendall(self, data: bytes) -> None:
        """Send the error with another body."""
        status_line = data.partition(b"\r\n")[0]
        status = status_line.split(b" ")[1].decode()
        detail = DETAILS.get(status, "The request could not be served.")
        body = json.dumps({"schemas": [ERROR_SCHEMA], "status": status, "detail": detail}).encode()
        head = f"\r\nConnection: close\r\nContent-Type: application/scim+json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.connection.sendall(status_line + head.encode() + body)
