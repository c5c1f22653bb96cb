"""Keys for whoever likes them, and charts that agree with their tables, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk

pytestmark = pytest.mark.browser


def test_keys_search_help_and_go_to_sections_but_not_while_typing(desk: Desk) -> None:
    page = desk.sign_in()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    expect(page.get_by_role("row", name="g l License types")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    expect(page.locator("#live")).to_have_text("Go where? Press a letter.")
    page.keyboard.press("l")
    expect(page.get_by_role("heading", name="License types")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Search users")).to_be_focused()
    page.keyboard.type("gl?")
    expect(page).to_have_url(re.compile(r"/users"))
    expect(page.get_by_label("Search users")).to_have_value("gl?")


def test_keys_can_be_turned_off_and_stay_off(desk: Desk) -> None:
    page = desk.sign_in()
    page.get_by_role("link", name="Keyboard").click()
    page.get_by_role("checkbox", name="Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Keyboard").click()
    expect(page.get_by_role("checkbox", name="Use these keys")).not_to_be_checked()


def test_the_chart_reads_out_the_row_of_its_table_under_the_pointer(desk: Desk) -> None:
    page = desk.sign_in()
    desk.go("/licenses/pro?period=24h")
    box = page.locator("[data-chart] .u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)
    told = page.locator("[data-chart-readout]")
    expect(told).to_have_text(re.compile(r": Used 1, Held 0, Waiting 2, Limit 1$"))
    page.get_by_text("The same as a table").click()
    last = page.get_by_role("region", name="Seats of Pro as a table").get_by_role("row").last
    expect(last).to_have_text(re.compile(r"now\s*1\s*0\s*2\s*1"))
    page.get_by_role("link", name="12 months").click()
    expect(page).to_have_url(re.compile(r"period=12m#use"))


def test_a_key_counts_at_once_after_the_list_of_keys_was_closed(desk: Desk) -> None:
    page = desk.sign_in()
    page.wait_for_load_state()
    said = page.evaluate("""() => {
      const dialog = document.getElementById("keys"), box = dialog.querySelector("input");
      dialog.showModal(); box.focus(); dialog.close();
      box.dispatchEvent(new KeyboardEvent("keydown", {key: "g", bubbles: true}));  // before the next frame moves the focus
      return document.getElementById("live").textContent;
    }""")
    assert said == "Go where? Press a letter."
