"""One portal per connector and database for all contract tests: they use names of their own, as an org's history would.

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
def entra_portal(server: Server) -> LivePortal:
    """A portal with an Entra ID connector on a running server."""
    return LivePortal.create(server, connector="entra")
