"""A real Chromium, and a portal with something in it, for the journeys of an admin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.desk import Desk
from tests.portals import LivePortal

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
def desk(browser: Browser, live_portal: LivePortal) -> Iterator[Desk]:
    """An admin's desk: a browser window at a furnished portal, not signed in yet."""
    found = Desk.at(browser, live_portal)
    yield found
    found.page.context.close()
    assert found.complaints == []
