"""An admin with an authenticator app: turns two-factor on and knows the code of any time step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest

from scim_portal import clock
from tests.portals import PortalUnderTest
from tests.web.visitor import PASSWORD, Visitor

STEP = 30


def move(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    """Move the clock for good."""
    ahead, real = timedelta(**span), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + ahead)


@dataclass
class App:
    """The app on the phone."""

    secret: str

    @classmethod
    def paired(cls, visitor: Visitor) -> App:
        """Begin the set-up and read the key from the page."""
        visitor.send("/me/two-factor", {"password": PASSWORD})
        found = re.search(r'id="key" value="([A-Z2-7]+)"', visitor.page("/me/two-factor"))
        assert found
        return cls(found[1])

    @classmethod
    def confirmed(cls, visitor: Visitor) -> tuple[App, list[str]]:
        """Turn two-factor on; gives the recovery codes as well."""
        app = cls.paired(visitor)
        answer = visitor.send("/me/two-factor/confirm", {"code": app.code()})
        assert answer.status_code == 200, answer.text
        return app, recovery_codes(answer.text)

    def code(self, steps: int = 0) -> str:
        """Show the code of now, or of some steps away."""
        return pyotp.TOTP(self.secret).generate_otp(int(clock.now().timestamp()) // STEP + steps)


def recovery_codes(text: str) -> list[str]:
    """Read the recovery codes from the page that shows them once."""
    return re.findall(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b", text)


def half_way(portal: PortalUnderTest, role: str = "owner") -> Visitor:
    """Somebody who gave the right password and is asked for a code."""
    visitor = Visitor.anonymous(portal)
    answer = visitor.send("/login", {"email": f"{role}@{portal.slug}.example", "password": PASSWORD})
    assert "/login/code" in answer.location
    return visitor
