"""What an admin does at the portal, with mouse and keyboard, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import PASSWORD, Desk

pytestmark = pytest.mark.browser


def test_an_admin_signs_in_chooses_a_password_and_signs_out(desk: Desk) -> None:
    page = desk.sign_in()
    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_label("Email").fill(desk.portal.admin_email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_typing_in_the_search_narrows_the_list_without_loading_the_page(desk: Desk) -> None:
    page = desk.sign_in()
    page.get_by_role("link", name="Users", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.evaluate("window.stillHere = true")
    page.keyboard.press("/")
    page.keyboard.type("cleo")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("q=cleo"))
    assert page.evaluate("window.stillHere")


def test_a_rule_is_moved_by_keyboard_previewed_and_published(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go("/rules")
    page.get_by_role("button", name="Move “Guests” up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("“Guests” is now rule 1 of 2.")
    expect(page.get_by_role("button", name="Move “Guests” down")).to_be_focused()
    page.get_by_role("link", name="Preview and publish").click()
    expect(page.get_by_text("Nobody is affected")).to_be_visible()
    page.get_by_role("button", name="Publish version").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_text(re.compile(r"Version \d is live"))).to_be_visible()


def test_a_rule_is_written_with_terms_and_its_people_counted(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go("/rules/new")
    page.get_by_label("Name").fill("Ann alone")
    page.get_by_label("Attribute path").fill("userName")
    page.get_by_label("Condition").select_option("starts with")
    page.get_by_label("Matching text").fill("ann")
    expect(page.get_by_text("of 3 active users matches")).to_be_visible()
    page.get_by_label("Target license").select_option("View")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("link", name="Ann alone")).to_be_visible()
    expect(page.get_by_role("table").get_by_text("userName starts with “ann”")).to_be_visible()


def test_a_question_is_asked_before_a_user_is_deactivated(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go(f"/users/{desk.ids['ann']}")
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("in use")).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("The user is deactivated.")).to_be_visible()


def test_a_token_is_shown_once(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go(f"/connectors/{desk.ids['connector']}")
    page.get_by_role("button", name="Issue a token").click()
    value = page.get_by_label("Token", exact=True).input_value()
    assert value.startswith("scimp_")
    desk.go(f"/connectors/{desk.ids['connector']}")
    assert value not in page.content()
    expect(page.get_by_text(f"scimp_…{value[-4:]}")).to_be_visible()


def test_the_theme_that_was_chosen_stays(desk: Desk) -> None:
    page = desk.sign_in()
    page.get_by_role("button", name="Dark").click()
    desk.go("/users")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Like the system").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") is None


def test_on_a_phone_the_menu_opens_and_no_page_scrolls_sideways(desk: Desk) -> None:
    page = desk.sign_in()
    page.set_viewport_size({"width": 360, "height": 740})
    desk.go("/")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_role("heading", name="Rules")).to_be_visible()
    for path in (
        "/",
        "/users",
        f"/users/{desk.ids['cleo']}",
        "/rules",
        "/rules/sales",
        "/licenses/pro",
        "/ledger",
        "/connectors",
    ):
        desk.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
