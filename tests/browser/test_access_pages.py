"""Coming in, as people do it: by an invitation, with a second factor, by a link to one's own page; all clean for axe."""

from __future__ import annotations

import re
import time
from typing import Any, Literal

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import PASSWORD, Desk
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser
Theme = Literal["light", "dark"]


def value_of(page: Page, label: str) -> str:
    return page.get_by_label(label, exact=True).input_value()


def path_of(desk: Desk, url: str) -> str:
    """The address of a link on this test's server: links carry the installation's own."""
    return "/" + re.sub(rf".*/p/{desk.portal.slug}/", "", url)


def stranger(desk: Desk, theme: Theme = "light", **options: Any) -> Desk:
    """Another browser at the same portal."""
    assert desk.page.context.browser is not None
    context = desk.page.context.browser.new_context(color_scheme=theme, **options)
    other = Desk(desk.portal, context.new_page(), desk.ids, desk.complaints)
    other.page.on("console", other.listen)
    return other


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_somebody_invited_comes_in_by_the_link(desk: Desk, theme: Theme) -> None:
    desk.page.emulate_media(color_scheme=theme)
    page = desk.sign_in()
    page.get_by_role("link", name="Admins").click()
    page.get_by_label("Email").fill("new@acme.example")
    page.get_by_label("Role", exact=True).select_option("license-admin")
    page.get_by_role("button", name="Make the link").click()
    found = {"link": violations(desk)}
    guest = stranger(desk, theme)
    guest.go(path_of(desk, value_of(page, "Invitation link")))
    found["invitation"] = violations(guest)
    guest.page.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.page.get_by_label("Password again").fill(PASSWORD)
    guest.page.get_by_role("button", name="Sign in").click()
    expect(guest.page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(guest.page.get_by_text("new@acme.example")).to_be_visible()
    assert found == {"link": [], "invitation": []}
    guest.page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_two_factor_is_set_up_and_asked_for(desk: Desk, theme: Theme) -> None:
    desk.page.emulate_media(color_scheme=theme)
    page = desk.sign_in()
    desk.go("/me")
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    found = {"pairing": violations(desk)}
    app = pyotp.TOTP(value_of(page, "Key, to be typed instead"))
    page.get_by_label("Code from the app").fill(app.generate_otp(int(time.time()) // 30))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    found["codes"] = violations(desk)
    code = page.locator("#recovery-codes").inner_text().split()[0]
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Email").fill(desk.portal.admin_email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    found["step"] = violations(desk)
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert found == {"pairing": [], "codes": [], "step": []}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_person_sees_their_own_page_without_scripts(desk: Desk, theme: Theme) -> None:
    page = desk.sign_in()
    desk.go(f"/users/{desk.ids['cleo']}")
    page.get_by_role("button", name="Link to the person's own page").click()
    found = {"link": violations(desk)}
    url = value_of(page, "Link")
    plain = stranger(desk, theme, java_script_enabled=False)
    plain.go(path_of(desk, url))
    expect(plain.page.get_by_role("heading", name="Cleo Archer")).to_be_visible()
    expect(plain.page.get_by_text("in the queue", exact=False).first).to_be_visible()
    plain.page.context.close()
    person = stranger(desk, theme)
    person.go(path_of(desk, url))
    found["person"] = violations(person)
    assert person.page.url.endswith("/account")
    person.page.context.close()
    assert found == {"link": [], "person": []}


def test_a_key_is_made_and_copied(desk: Desk) -> None:
    page = desk.sign_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="API keys").click()
    page.get_by_label("Name").fill("Dashboard")
    page.get_by_role("button", name="Make a key").click()
    assert violations(desk) == []
    page.get_by_role("button", name="Copy API key").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == value_of(page, "API key")
