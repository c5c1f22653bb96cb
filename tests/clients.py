"""A Flask client whose every call stands alone, as calls do on a server.

Flask reuses an application context that is open already, so calls made inside a test's own context would share `g`: the
portal, the caller and the request id of the first call would answer the second.
"""

from __future__ import annotations

import contextvars
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient

from scim_portal.db import db


class LoneClient(FlaskClient):
    """Gives each call a fresh context, and ends the test's own read, so that the test sees what the call stored."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():  # there is none where this call follows a redirect of another one
            db.session.rollback()
        return contextvars.Context().run(super().open, *args, **kwargs)
