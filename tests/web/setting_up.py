"""What the tests of the set-up guide share: a token from the guide, calls as a provider makes them, and what the wait says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from scim_portal import clock
from tests.portals import PortalUnderTest
from tests.web.visitor import Visitor

OKTA = "Okta SCIM Client 1.0.0"
VALUE = re.compile(r'id="token-value" value="(scimp_[^"]+)"')


def issued(visitor: Visitor, guide: str = "okta-wizard") -> str:
    """Decide that there is no default license, issue a token, and read its value off the page."""
    visitor.send(f"/setup/{guide}/default", {"default.cal": "none"})
    answer = visitor.send(f"/setup/{guide}", {"expires_at": in_days(2)})
    assert answer.status_code == 200, answer.text
    found = VALUE.search(answer.text)
    assert found
    return found[1]


def in_days(days: int) -> str:
    """A date as a form sends it."""
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}"


def call(
    portal: PortalUnderTest, token: str, agent: str = OKTA, method: str = "GET", path: str = "/Users", body: Any = None
) -> Any:
    """Call SCIM with a token as some program."""
    headers = {"Authorization": f"Bearer {token}", "User-Agent": agent, "Content-Type": "application/scim+json"}
    json = {} if body is None else {"json": body}
    return portal.client.open(f"{portal.base}/scim/v2{path}", method=method, headers=headers, **json)


def state(visitor: Visitor, guide: str = "okta-wizard") -> str:
    """The state of the wait."""
    found = re.search(r'data-state="([a-z-]+)"', visitor.page(f"/setup/{guide}/status"))
    assert found
    return found[1]
