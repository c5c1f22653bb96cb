"""Rules in a real browser: dragged with the pointer, and written while the other side and the count follow."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.test_accessibility import violations

pytestmark = pytest.mark.browser


def test_a_rule_is_dragged_or_let_go_and_the_place_is_said(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go("/rules")
    names = page.locator("[data-rule] .main-link")
    expect(names).to_have_text(["Sales", "Guests"])
    expect(page.locator("#matches-sales")).to_have_text("3")
    grip, below = page.locator("#rule-sales [data-grip]").bounding_box(), page.locator("#rule-guests").bounding_box()
    assert grip
    assert below
    start, end = (grip["x"] + 8, grip["y"] + 8), (grip["x"] + 8, below["y"] + below["height"] - 6)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(names).to_have_text(["Sales", "Guests"])
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=8)
    page.mouse.up()
    expect(page.locator("#live")).to_have_text("“Sales” is now rule 2 of 2.")
    expect(names).to_have_text(["Guests", "Sales"])
    expect(page.get_by_text("Draft over version")).to_be_visible()
    page.get_by_label("Place of “Sales”, from 1 to 2").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("“Sales” is now rule 1 of 2.")
    expect(page.get_by_label("Place of “Sales”, from 1 to 2")).to_be_focused()
    assert violations(desk) == []


def test_the_two_sides_of_a_condition_follow_each_other_while_typing(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go("/rules/new")
    text, count = page.get_by_label("Filter", exact=True), page.locator("#check-count")
    page.get_by_label("Name").press("Enter")
    expect(page.get_by_label("Attribute path")).to_have_value(
        "groups"
    )  # Enter saves, which wants a name; it removes nothing
    page.get_by_label("Attribute path").fill("userName")
    page.get_by_label("Matching text").press_sequentially("ann@acme.example")
    expect(text).to_have_value('userName eq "ann@acme.example"')
    expect(count).to_contain_text("1 of 3 active users")
    page.get_by_role("button", name="Add a term", exact=True).click()
    expect(page.get_by_label("Attribute path").nth(1)).to_be_focused()
    page.keyboard.type("groups")
    page.get_by_label("Matching text").nth(1).press_sequentially("Sal")
    expect(page.locator("#groups option")).to_have_attribute("value", "Sales")
    expect(page.locator("#term-error-1")).to_have_text("There is no group “Sal”.")
    expect(count).to_contain_text("1 of 3 active users")
    page.get_by_label("Matching text").nth(1).press_sequentially("es")
    expect(text).to_have_value(f'userName eq "ann@acme.example" and groups.value eq "{desk.ids["group"]}"')
    assert violations(desk) == []
    text.fill('department eq "Sales" and (userName sw "ben" or userName sw "cleo")')
    text.press_sequentially(" ")  # whoever leaves the builder and types on keeps what they typed
    expect(page.get_by_label("Attribute path")).to_have_count(3)
    expect(count).to_contain_text("2 of 3 active users")
    text.fill('department eq "Sales" and (userName sw')
    expect(page.locator("#check-error mark")).to_be_visible()
    expect(count).to_contain_text("2 of 3 active users")
    assert violations(desk) == []
