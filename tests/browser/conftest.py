"""A real Chromium, and a portal with something in it, for the journeys of an admin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.desk import Desk
from tests.portals import LivePortal, PortalUnderTest
from tests.servers import Server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
expect.set_options(timeout=20_000)  # five seconds are few where two cores serve, work, draw and test


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as Debian ships it."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, but there is no Chromium")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture
def language() -> str:
    """The language that browsers ask for; tests that are told in several have it as their parameter."""
    return "en"


@pytest.fixture
def desk(browser: Browser, live_portal: LivePortal, language: str) -> Iterator[Desk]:
    """An admin's desk: a browser window at a furnished portal, not signed in yet."""
    with opened(browser, live_portal, language) as found:
        found.furnish()
        yield found


@pytest.fixture
def empty_desk(browser: Browser, live_portal: LivePortal, language: str) -> Iterator[Desk]:
    """An admin's desk at a portal that Okta may call, with nobody and no license in it."""
    with opened(browser, live_portal, language) as found:
        yield found


@pytest.fixture
def bare_desk(browser: Browser, server: Server, language: str) -> Iterator[Desk]:
    """An admin's desk at a portal with nothing in it, not even a connector."""
    with server.app.app_context():
        portal = PortalUnderTest.create(server.app)
        email, password = portal.admin()
    url = f"{server.url}/p/{portal.slug}"
    live = LivePortal(server, portal.slug, url, f"{url}/scim/v2", "", "", email, password)
    with opened(browser, live, language) as found:
        yield found


@contextmanager
def opened(browser: Browser, portal: LivePortal, language: str) -> Iterator[Desk]:
    """Open a window; what its console complained of is a failure."""
    found = Desk.at(browser, portal, language)
    yield found
    found.page.context.close()
    assert found.complaints == []
