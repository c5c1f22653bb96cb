"""Stories of later days, in English and in German: a deleted group, a token that ends, somebody who returns, an auditor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.desk import PASSWORD, Desk
from tests.browser.test_access_pages import path_of, value_of
from tests.browser.test_stories import OFFICE, an_office, confirm, stock, usage
from tests.browser.words import IN_EACH_LANGUAGE
from tests.concurrency.arena import eventually
from tests.portals import a_group

pytestmark = [pytest.mark.browser, IN_EACH_LANGUAGE]


def test_a_group_deleted_by_mistake_is_linked_again(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    gone = an_office(desk)
    members = [one["value"] for one in desk.scim(f"/Groups/{gone}", method="GET")["members"]]
    page = desk.sign_in()
    desk.scim(f"/Groups/{gone}", method="DELETE")
    desk.go("/rules")
    page.get_by_role("link", name=t("needs attention")).click()
    expect(page.get_by_role("heading", name=t("%(rule)s needs attention", rule="Sales"))).to_be_visible()
    kept = page.get_by_role("region", name=t("Whom it keeps"))
    expect(kept.get_by_role("listitem")).to_have_count(5)
    made_anew = desk.scim("/Groups", a_group("Sales", *members))["id"]
    page.reload()
    expect(page.get_by_label(t("Instead of “%(group)s”", group="Sales"))).to_have_value(made_anew)
    page.get_by_role("button", name=t("Link"), exact=True).click()
    confirm(page, t("Link"))
    said = t("The rule is linked to the other group. Everybody is being brought in line.")
    expect(page.get_by_text(said)).to_be_visible()
    desk.go("/rules")
    expect(page.get_by_role("link", name=t("needs attention"))).to_have_count(0)
    (rule,) = desk.api("GET", "/policy")["document"]["rules"]
    assert (rule["state"], rule["condition"]) == ("active", f'groups.value eq "{made_anew}"')
    eventually(lambda: usage(desk, "pro") == (5, 0), "not everybody kept their seat")


def test_a_token_about_to_expire_is_rotated_with_an_overlap(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    old = ends_soon(desk, days=5)
    assert desk.let_okta_work(users=2, groups=1, token=old).failures == ()
    page = desk.sign_in()
    desk.open("Connectors")
    page.get_by_role("link", name="Okta").first.click()
    expect(page.get_by_text(t("The token expires %(when)s", when=t("in %(days)s days", days=5)))).to_be_visible()
    page.get_by_role("link", name=t("Regenerate %(token)s", token=f"scimp_…{old[-4:]}")).click()
    page.get_by_label(t("New value expires on")).fill(f"{datetime.now(UTC) + timedelta(days=200):%Y-%m-%d}")
    page.get_by_label(t("Old value works")).select_option(t("three more days"))
    page.get_by_role("button", name=t("Regenerate")).click()
    new = page.get_by_role("textbox", name=t("Token"), exact=True).input_value()
    row = page.get_by_role("row").filter(has_text=old[-4:])
    expect(row).to_contain_text(t("until replaced"))
    expect(page.get_by_text(t("The token expires %(when)s", when=t("in %(days)s days", days=5)))).to_have_count(0)
    for token in (new, old):
        assert desk.let_okta_work(users=2, groups=1, token=token).failures == ()
    row.get_by_role("button", name=t("Revoke")).click()
    confirm(page, t("Revoke"))
    expect(page.get_by_text(t("The token is revoked. Calls with it are refused from now on."))).to_be_visible()
    assert desk.let_okta_work(users=2, groups=1, token=old).calls == 1
    assert desk.let_okta_work(users=2, groups=1, token=new).failures == ()


def ends_soon(desk: Desk, days: int) -> str:
    """Leave the connector but one token, which expires in so many days."""
    (connector,) = desk.api("GET", "/connectors")["items"]
    path = f"/connectors/{connector['id']}/tokens"
    for one in desk.api("GET", path)["items"]:
        desk.api("POST", f"/tokens/{one['id']}/revoke", {})
    end = datetime.now(UTC) + timedelta(days=days)
    return str(desk.api("POST", path, {"expires_at": end.isoformat()})["token"])


def test_somebody_deactivated_returns_and_somebody_deleted_is_restored(empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    stock(desk, 20, default="pro")
    assert desk.let_okta_work(**OFFICE).failures == ()
    page = desk.sign_in()
    desk.open("Users")
    page.get_by_role("link", name=t("Deactivated"), exact=True).click()
    people = page.get_by_role("table", name=t("Users")).get_by_role("row")
    expect(people).to_have_count(3)
    expect(people.last).to_contain_text(f"Pro · {t('held')}")
    people.last.get_by_role("link").click()
    seats = page.get_by_role("region", name=t("Seats, and why"))
    expect(seats.get_by_text(t("held"), exact=True)).to_be_visible()
    page.get_by_role("button", name=t("Reactivate")).click()
    expect(page.get_by_text(t("The user is active again."))).to_be_visible()
    expect(seats.get_by_text(t("in use"), exact=True)).to_be_visible()
    timeline = page.get_by_role("region", name=t("Timeline"))
    expect(
        timeline.get_by_text(desk.words.told("The person returned while {type} was held for them.", type="Pro"))
    ).to_be_visible()
    desk.scim(f"/Users/{page.url.rsplit('/', 1)[1]}", method="DELETE")
    page.reload()
    page.get_by_role("button", name=t("Restore")).click()
    confirm(page, t("Restore"))
    expect(page.get_by_text(t("The user is back, with their groups."))).to_be_visible()
    expect(page.get_by_role("region", name=t("Groups")).get_by_role("link")).to_have_count(2)
    expect(seats.get_by_text(t("in use"), exact=True)).to_be_visible()


def test_an_auditor_signs_in_and_exports_but_cannot_change(browser: Browser, empty_desk: Desk) -> None:
    desk, t = empty_desk, empty_desk.t
    stock(desk, 20, default="pro")
    assert desk.let_okta_work(**OFFICE).failures == ()
    page = desk.sign_in()
    desk.open("Admins")
    page.get_by_label(t("Email")).fill("auditor@acme.example")
    page.get_by_label(t("Role"), exact=True).select_option("auditor")
    page.get_by_role("button", name=t("Make the link")).click()
    auditor = Desk.at(browser, desk.portal, desk.words.language)
    page = auditor.go(path_of(desk, value_of(page, t("Invitation link"))))
    page.get_by_label(t("Password"), exact=True).fill(PASSWORD)
    page.get_by_label(t("Password again")).fill(PASSWORD)
    page.get_by_role("button", name=t("Sign in")).click()
    auditor.open("Exports")
    page.get_by_label(t("What"), exact=True).select_option(t("Ledger: every change, with its reason"))
    page.get_by_role("button", name=t("Make it")).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name=t("Download")).click()
    ledger = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    assert ledger.count("seat.granted") == 12
    auditor.open("Users")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=t("All as CSV")).click()
    assert len(Path(downloading.value.path()).read_text(encoding="utf-8-sig").splitlines()) == 13
    cannot_change(auditor)
    assert auditor.complaints == []
    auditor.page.context.close()


def cannot_change(desk: Desk) -> None:
    """Find no button that changes anything, and be refused by the addresses they have."""
    t, page = desk.t, desk.page
    page.get_by_role("table", name=t("Users")).get_by_role("link").first.click()
    expect(page.get_by_role("region", name=t("Seats, and why"))).to_be_visible()
    user = page.url
    for name in ("Deactivate", "Add an exception", "Erase this user for good"):
        expect(page.get_by_text(t(name), exact=True)).to_have_count(0)
    post = "([url, token]) => fetch(url, {method: 'POST', body: new URLSearchParams({csrf_token: token})}).then(a => a.status)"
    token = page.locator("[name=csrf_token]").first.input_value()
    assert page.evaluate(post, [f"{user}/deactivate", token]) == 403
    desk.go("/rules")
    expect(page.get_by_role("link", name=t("New rule"))).to_have_count(0)
    desk.go("/admins")
    expect(page.get_by_role("heading", name=t("Not allowed"))).to_be_visible()
    refusal = t("Your role (%(role)s) does not allow this. Ask an owner of the portal.", role="auditor")
    expect(page.get_by_text(refusal)).to_be_visible()
    assert desk.api("GET", f"/users/{user.rsplit('/', 1)[1]}")["active"]
