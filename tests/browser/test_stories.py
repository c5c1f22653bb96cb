"""Whole stories of a portal that the simulated Okta feeds, walked in English and in German: from the first day to the queue."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from scim_portal.simulate import org
from tests.browser.desk import Desk
from tests.browser.words import IN_EACH_LANGUAGE
from tests.concurrency.arena import eventually
from tests.portals import a_policy, a_rule

pytestmark = [pytest.mark.browser, IN_EACH_LANGUAGE]
OFFICE = {"users": 12, "groups": 3}  # by the seed of `let_okta_work` five of them end up in Sales, and two leave


def stock(desk: Desk, pro: int, *rules: dict[str, object], default: str = "view") -> None:
    """Put two licenses in the portal: a few seats of Pro, and View for whoever there is."""
    for key, rank, seats in (("pro", 30, pro), ("view", 10, None)):
        kind = {"key": key, "name": key.title(), "family": "cal", "rank": rank, "settle_seconds": 0}
        desk.api("POST", "/license-types", kind)
        desk.api("POST", f"/license-types/{key}/contract-lines", {"quantity": seats})
    desk.publish(a_policy(*rules, default=default))


def usage(desk: Desk, key: str) -> tuple[int, int]:
    """Seats used, and people who wait."""
    found = desk.api("GET", f"/license-types/{key}")
    return found["used"], found["waiting"]


def an_office(desk: Desk) -> str:
    """Let Okta fill the portal, and a rule that was carried out give its five people in Sales pro; gives that group."""
    assert desk.let_okta_work(**OFFICE).failures == ()
    group = group_of(desk, "Sales")
    stock(desk, 20, a_rule("sales", f'groups.value eq "{group}"', "pro"))
    eventually(lambda: usage(desk, "pro") == (5, 0), "the rule was not carried out")
    return group


def group_of(desk: Desk, name: str) -> str:
    found = desk.api("GET", "/groups")["items"]
    return next(str(one["id"]) for one in found if one["display_name"] == name)


def confirm(page: Page, answer: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()


def test_on_its_first_day_a_portal_is_connected_and_its_first_user_has_a_seat(bare_desk: Desk) -> None:
    t, page = bare_desk.t, bare_desk.sign_in()
    page.get_by_role("link", name=t("Set up provisioning")).click()
    page.get_by_role("link", name=t("%(guide)s: open the guide", guide=t("Okta, an app of your own"))).click()
    page.get_by_role("link", name=t("add one with its seats")).click()
    page.get_by_label(t("Name")).fill("View")
    page.get_by_label(t("Key"), exact=True).fill("view")
    page.get_by_label(t("Seats to start with")).fill("5")
    page.get_by_role("button", name=t("Create")).click()
    expect(
        page.get_by_text(bare_desk.words.counted("of %(limit)s seats", "of %(limit)s seats", 5, limit=5))
    ).to_be_visible()
    bare_desk.go("/setup/okta-wizard")
    page.get_by_label(t("Default license")).select_option("View")
    page.get_by_role("button", name=t("Decide")).click()
    expect(page.get_by_text(t("The default license is decided."))).to_be_visible()
    page.get_by_role("button", name=t("Issue a token")).click()
    token = page.get_by_label(t("Token"), exact=True).input_value()
    assert page.get_by_label(t("SCIM connector base URL"), exact=True).input_value() == bare_desk.portal.scim_base_url
    waiting = t("Waiting for the first call of %(provider)s", provider="Okta")
    expect(page.get_by_role("heading", name=waiting)).to_be_visible()
    page.evaluate("window.stillHere = true")
    assert bare_desk.let_okta_work(users=1, groups=1, token="scimp_mistyped").failures != ()
    expect(page.get_by_role("heading", name=t("The call of %(provider)s was refused", provider="Okta"))).to_be_visible()
    assert bare_desk.let_okta_work(users=4, groups=1, token=token).failures == ()
    expect(page.get_by_role("heading", name=t("%(provider)s has called", provider="Okta"))).to_be_visible()
    assert page.evaluate("window.stillHere")
    assert page.get_by_label(t("Token"), exact=True).input_value() == token
    page.get_by_role("listitem").filter(has_text=t("First user")).get_by_role("link").last.click()
    expect(page.get_by_text(t("in use"))).to_be_visible()


def test_a_shortage_is_seen_in_the_preview_of_a_rule_for_a_group(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    stock(desk, pro=1)
    assert desk.let_okta_work(**OFFICE).failures == ()
    page = desk.sign_in()
    desk.open("Rules")
    page.get_by_role("link", name=t("Write the first rule")).click()
    page.get_by_label(t("Name")).fill("Sales")
    page.get_by_label(t("Attribute path")).fill("groups")
    page.get_by_label(t("Matching text")).fill("Sales")
    of_all = desk.words.counted("of %(total)s active users matches", "of %(total)s active users match", 5, total=10)
    expect(page.get_by_text(f"5 {of_all}")).to_be_visible()
    page.get_by_label(t("Target license")).select_option("Pro")
    page.get_by_label(t("If it is full, meanwhile")).select_option("View")
    page.get_by_role("button", name=t("Save in the draft")).click()
    page.get_by_role("link", name=t("Preview and publish")).click()
    expect(page.get_by_text(desk.words.counted("%(num)s begins to wait", "%(num)s begin to wait", 4))).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=t("begins to wait"))).to_have_count(4)
    expect(page.get_by_role("row").filter(has_text=t("gets another seat"))).to_have_count(1)
    assert usage(desk, "pro") == (0, 0)
    page.get_by_role("button", name=t("Publish version %(version)s", version=3)).click()
    confirm(page, t("Publish"))
    said = t("Version %(version)s is live. Everybody is being brought in line with it.", version=3)
    expect(page.get_by_text(said)).to_be_visible()
    eventually(lambda: usage(desk, "pro") == (1, 4), "the rule was not carried out")
    why = desk.words.told("The rule “{rule}” gives {type}, but no seat is free.", rule="Sales", type="Pro")
    desk.open("Ledger")
    expect(page.get_by_text(why)).to_have_count(4)


def test_an_exhausted_pool_is_filled_up_and_its_queue_drains(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    stock(desk, pro=4, default="pro")
    assert desk.let_okta_work(**OFFICE).failures == ()
    eventually(lambda: usage(desk, "pro") == (4, 6), "the pool is not exhausted")
    page = desk.sign_in()
    desk.open("Waitlist")
    table = page.get_by_role("table", name=t("People waiting, in order"))
    expect(table.get_by_role("row")).to_have_count(7)
    desk.open("License types")
    page.get_by_role("link", name="Pro", exact=True).click()
    page.get_by_role("link", name=t("Add capacity")).click()
    page.get_by_label(t("Seats")).fill("20")
    page.get_by_role("button", name=t("Add capacity")).click()
    expect(page.get_by_text(t("The seats are added. Whoever was waiting has been served."))).to_be_visible()
    assert usage(desk, "pro")[1] == 0
    desk.open("Waitlist")
    expect(page.get_by_text(t("Nobody waits"), exact=True)).to_be_visible()
    expect(page.get_by_text(t("No license has a queue."))).to_be_visible()


def test_why_she_has_pro_is_told_on_her_page(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    an_office(desk)
    page, she = desk.sign_in(), head_of_sales()
    desk.open("Users")
    page.get_by_label(t("Search users")).fill(she.user_name)
    page.get_by_role("link", name=she.display_name, exact=True).click()
    seats = page.get_by_role("region", name=t("Seats, and why"))
    expect(seats.get_by_text("Pro", exact=True)).to_be_visible()
    source = t("rule “%(rule)s”, policy version %(version)s", rule="Sales", version=2)
    expect(seats.get_by_text(t("From %(source)s.", source=source))).to_be_visible()
    read = page.get_by_role("region", name=t("How the rules were read"))
    expect(read.get_by_text(t("Gives %(chain)s.", chain="Pro"))).to_be_visible()
    expect(read.get_by_text(t("decided"), exact=True)).to_be_visible()
    read.get_by_text(t("What would change it")).click()
    leave = desk.words.told("remove the user from {group}", group=desk.words.told("the group {group}", group="Sales"))
    ending = desk.words.told("To end {ended}: {steps}; then {type} is due.", ended="Pro", steps=leave, type="View")
    expect(read.get_by_text(ending)).to_be_visible()


def head_of_sales() -> org.Person:
    """Somebody who stays in Sales all day."""
    chart = org.build(**OFFICE, seed=3)
    name = next(group.members[0] for group in chart.groups if group.name == "Sales")
    return next(one for one in chart.people if one.user_name == name)
