"""The set-up guide without scripts and with the clipboard; a whole first day is among the stories."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_the_guide_works_without_scripts(browser: Browser, bare_desk: Desk) -> None:
    bare_desk.page.context.close()
    bare_desk.page = page = browser.new_context(java_script_enabled=False).new_page()
    bare_desk.sign_in()
    bare_desk.go("/setup/okta-catalog")
    page.get_by_label("Default license").select_option("no license")
    page.get_by_role("button", name="Decide").click()
    page.get_by_role("button", name="Issue a token").click()
    token = page.get_by_label("Token", exact=True).input_value()
    page.get_by_role("link", name="Wait here").click()
    expect(page.get_by_role("heading", name="Waiting for the first call of Okta")).to_be_visible()
    assert bare_desk.let_okta_work(users=2, groups=1, token=token).failures == ()
    expect(page.get_by_role("heading", name="Okta has called")).to_be_visible(timeout=15_000)


def test_a_value_is_copied_by_its_button(bare_desk: Desk) -> None:
    bare_desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = bare_desk.sign_in()
    bare_desk.go("/setup/entra")
    page.get_by_role("button", name="Copy Tenant URL").click()
    expect(page.get_by_role("button", name="Copy Tenant URL")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == bare_desk.portal.scim_base_url
