"""Cookies and request limits of the application."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from scim_portal.config import Settings

LARGEST_BODY = 1024 * 1024
WITHOUT_FORMS = ("/scim/", "/api/v1/")


class FormSessions(SecureCookieSessionInterface):
    """Flask's session, which holds a form's CSRF secret and nothing else; where there are no forms it costs nothing."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """Open the session of a page; programs that bring a token get an empty one that is never saved."""
        if request.path.startswith(WITHOUT_FORMS):
            return self.make_null_session(app)
        return super().open_session(app, request)


def configure(app: Flask, settings: Settings) -> None:
    """Set what Flask needs to know: the secret, the cookies' properties, the largest body."""
    app.session_interface = FormSessions()
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure_cookies else "form",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=True,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
