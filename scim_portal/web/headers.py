"""Security headers on every answer, and the request id."""

from __future__ import annotations

from flask import Flask, Response, request

from scim_portal.web import guards

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
FIXED = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
NO_STORE = ("Cache-Control", "no-store")
ONLY_HTTPS = ("Strict-Transport-Security", "max-age=31536000")


def install(app: Flask) -> None:
    """Add the headers after every request; what a view said itself stays."""

    @app.after_request
    def add(response: Response) -> Response:
        present = {name.lower() for name, _ in response.headers}
        wanted = (*FIXED, NO_STORE) if request.endpoint != "static" else FIXED
        if request.is_secure:
            wanted = (*wanted, ONLY_HTTPS)
        response.headers.extend([header for header in wanted if header[0].lower() not in present])
        response.headers["X-Request-ID"] = guards.request_id()
        return response
