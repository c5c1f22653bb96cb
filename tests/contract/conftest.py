"""One portal per database for all contract tests: they use names of their own, as an org's history would.

Making a portal takes four commands, each a process; a portal for every test would take longer than the tests.
"""

from __future__ import annotations

import pytest

from tests.portals import LivePortal
from tests.servers import Server


@pytest.fixture(scope="session")
def live_portal(server: Server) -> LivePortal:
    """A portal with an Okta connector on a running server."""
    return LivePortal.create(server)


@pytest.fixture(scope="session")
def entra_token(live_portal: LivePortal) -> str:
    """A token of an Entra ID connector in the same portal."""
    issue = ("token", "issue", "--portal", live_portal.slug, "--connector", "entra", "--expires-in", "2d")
    return str(live_portal.server.command(*issue)["token"])
