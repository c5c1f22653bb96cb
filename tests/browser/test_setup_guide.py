"""The first day of a portal: from an empty overview by the set-up guide to the first user on a seat, with Okta in a box."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from scim_portal import simulate
from tests.browser.desk import Desk
from tests.portals import LivePortal, PortalUnderTest
from tests.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def bare_desk(browser: Browser, server: Server) -> Iterator[Desk]:
    """An admin's desk at a portal with nothing in it."""
    with server.app.app_context():
        portal = PortalUnderTest.create(server.app)
        email, password = portal.admin()
    url = f"{server.url}/p/{portal.slug}"
    live = LivePortal(server, portal.slug, url, f"{url}/scim/v2", "", "", email, password)
    desk = Desk(live, browser.new_context().new_page())
    desk.page.on("console", desk.listen)
    yield desk
    desk.page.context.close()
    assert desk.complaints == []


def provision(desk: Desk, token: str, users: int, groups: int) -> simulate.Report:
    """Let Okta's double call."""
    return simulate.run(
        desk.portal.scim_base_url, token, users=users, groups=groups, style="put", seed=7, progress=lambda *_: None
    )


def add_seats(desk: Desk) -> Page:
    page = desk.page
    page.get_by_role("link", name="add one with its seats").click()
    page.get_by_label("Name").fill("View")
    page.get_by_label("Key", exact=True).fill("view")
    page.get_by_label("Seats to start with").fill("5")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("of 5 seats")).to_be_visible()
    return page


def test_a_portal_is_connected_and_its_first_user_has_a_seat(bare_desk: Desk) -> None:
    page = bare_desk.sign_in()
    page.get_by_role("link", name="Set up provisioning").click()
    page.get_by_role("link", name="Okta, an app of your own: open the guide").click()
    add_seats(bare_desk)
    bare_desk.go("/setup/okta-wizard")
    page.get_by_label("Default license").select_option("View")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("The default license is decided.")).to_be_visible()
    page.get_by_role("button", name="Issue a token").click()
    token = page.get_by_label("Token", exact=True).input_value()
    assert page.get_by_label("SCIM connector base URL", exact=True).input_value() == bare_desk.portal.scim_base_url
    expect(page.get_by_role("heading", name="Waiting for the first call of Okta")).to_be_visible()
    page.evaluate("window.stillHere = true")
    assert provision(bare_desk, "scimp_mistyped", 1, 1).failures != ()
    expect(page.get_by_role("heading", name="The call of Okta was refused")).to_be_visible(timeout=15_000)
    assert provision(bare_desk, token, 4, 1).failures == ()
    expect(page.get_by_role("heading", name="Okta has called")).to_be_visible(timeout=15_000)
    assert page.evaluate("window.stillHere")
    assert page.get_by_label("Token", exact=True).input_value() == token
    page.get_by_role("listitem").filter(has_text="First user").get_by_role("link").last.click()
    expect(page.get_by_text("in use")).to_be_visible()


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
    assert provision(bare_desk, token, 2, 1).failures == ()
    expect(page.get_by_role("heading", name="Okta has called")).to_be_visible(timeout=15_000)


def test_a_value_is_copied_by_its_button(bare_desk: Desk) -> None:
    bare_desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = bare_desk.sign_in()
    bare_desk.go("/setup/entra")
    page.get_by_role("button", name="Copy Tenant URL").click()
    expect(page.get_by_role("button", name="Copy Tenant URL")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == bare_desk.portal.scim_base_url
