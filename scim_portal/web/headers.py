"""Security headers on every answer, and the request id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask

from scim_portal.web import guards

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Static files say themselves how long they may be kept.
WANTED = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cache-Control", "no-store"),
)
ONLY_HTTPS = ("Strict-Transport-Security", "max-age=31536000")
_NAMES = frozenset(name.lower() for name, _ in (*WANTED, ONLY_HTTPS))


def install(app: Flask) -> None:
    """Add the headers to everything the application answers; what a view said itself stays."""
    app.wsgi_app = _Headers(app.wsgi_app)  # type: ignore[method-assign]


class _Headers:
    """WSGI middleware: a list of pairs costs a tenth of what going through a response object does."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request_id = guards.name_request(environ)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            wanted = WANTED if environ.get("wsgi.url_scheme") != "https" else (*WANTED, ONLY_HTTPS)
            present = _NAMES.intersection([name.lower() for name, _ in headers])
            said = wanted if not present else [pair for pair in wanted if pair[0].lower() not in present]
            return start_response(status, [*headers, *said, ("X-Request-ID", request_id)], *more)

        answer: Iterable[bytes] = self.application(environ, start)
        return answer
