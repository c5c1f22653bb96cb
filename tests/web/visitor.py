"""An admin at the portal's pages: signs in, reads pages, and sends forms with the token that the page gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from scim_portal.db import db
from tests.portals import PortalUnderTest

PASSWORD = "a long enough password"


@dataclass
class Visitor:
    """A browser without scripts, in one portal."""

    client: FlaskClient
    base: str

    @classmethod
    def anonymous(cls, portal: PortalUnderTest) -> Visitor:
        """Somebody who has not signed in."""
        return cls(portal.app.test_client(), portal.base)

    @classmethod
    def signed_in(cls, portal: PortalUnderTest, role: str = "owner") -> Visitor:
        """An admin who has chosen a password."""
        email, password = portal.admin(role)
        visitor = cls.anonymous(portal)
        visitor.send("/login", {"email": email, "password": password})
        visitor.send("/password", {"current": password, "password": PASSWORD, "again": PASSWORD})
        return visitor

    def get(self, path: str, **options: Any) -> Any:
        """Ask for a page."""
        return self.open("GET", self.base + path, **options)

    def open(self, method: str, path: str, **options: Any) -> Any:
        """Make a request in an application context of its own, as on a server: the test's would lend it its `g`."""
        with self.client.application.app_context():
            answer = self.client.open(path, method=method, **options)
        db.session.rollback()  # the test's own session looks at the database anew
        return answer

    def page(self, path: str) -> str:
        """Give a page's text; it must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    def send(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a form with this session's token."""
        return self.open("POST", self.base + path, data={"csrf_token": self.token()} | (form or {}), **options)

    def token(self) -> str:
        """The token of this session's forms, read from any page."""
        answer = self.get("/password", follow_redirects=True)
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        assert found
        return found[1]
