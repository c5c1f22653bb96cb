"""Attribute mapping and debug mode at the keyboard and against axe's rules, where there is something to show."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.browser.desk import Desk
from tests.browser.test_accessibility import violations
from tests.portals import a_user

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_rule_is_previewed_and_saved_and_debugged_calls_are_read(desk: Desk, theme: Literal["light", "dark"]) -> None:
    desk.page.emulate_media(color_scheme=theme)
    page = desk.sign_in()
    page.goto(f"{desk.portal.url.rstrip('/')}/connectors/{desk.ids['connector']}")
    page.get_by_label("For", exact=True).select_option("4")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="End now").wait_for()
    found = violations(desk)
    page.get_by_role("link", name="Attribute mapping").click()
    page.get_by_label("Set").fill("title")
    page.get_by_label("Attribute or text").fill("displayName")
    page.get_by_label("Cut at").select_option(" ")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("group", name="Kept here").wait_for()
    found += violations(desk)
    page.get_by_role("button", name="Save these rules").click()
    page.get_by_text("The attribute mapping is saved").wait_for()
    desk.scim("/Users", a_user(f"{theme}@acme.example", displayName="Dora Archer"))
    desk.go("/provisioning-log")
    page.locator("summary", has_text="Details").first.click()
    assert '"title": "Dora"' in page.get_by_role("group", name="Answer").first.inner_text()
    found += violations(desk)
    assert (found, desk.complaints) == ([], [])
