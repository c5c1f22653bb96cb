"""The pages about people, licenses and records, as an admin finds them."""

from __future__ import annotations

import re

from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor

DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def full(portal: PortalUnderTest) -> dict[str, str]:
    """One seat of pro, three people who should have it, everybody else views."""
    portal.license("pro", 1, rank=30)
    portal.license("view", 1, rank=10)
    portal.publish(a_policy(a_rule("sales", f'{DEPARTMENT}:department eq "Sales"', "pro", fallback=["view"])))
    names = ("ann", "ben", "cleo")
    return {name: portal.provision(f"{name}@acme.example", **{DEPARTMENT: {"department": "Sales"}}) for name in names}


def test_a_user_page_gives_the_reason_for_each_seat_and_the_place_in_each_queue(portal: PortalUnderTest) -> None:
    ids = full(portal)
    visitor = Visitor.signed_in(portal)
    assert re.search(
        r"<b>Pro</b>.*in use.*From rule “Sales”, policy version \d", visitor.page(f"/users/{ids['ann']}"), re.S
    )
    page = visitor.page(f"/users/{ids['cleo']}")
    assert "place 2 in the queue" in page
    assert "department equals “Sales”: yes (sales)" in page
    assert "no seat is free" in page


def test_users_are_searched_and_filtered_by_what_is_in_the_address(portal: PortalUnderTest) -> None:
    full(portal)
    visitor = Visitor.signed_in(portal)
    assert "1 of 1 users" in visitor.page("/users?q=CLEO")
    assert "2 of 2 users" in visitor.page("/users?state=waiting")
    assert "1 of 1 users" in visitor.page("/users?license=view")
    assert "Nobody matches" in visitor.page("/users?q=nobody")


def test_a_search_while_typing_is_answered_with_the_list_alone(portal: PortalUnderTest) -> None:
    full(portal)
    visitor = Visitor.signed_in(portal)
    answer = visitor.get("/users?q=ann", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div id="user-list">')
    assert "<html" not in answer.text


def test_capacity_that_is_added_serves_who_waits(portal: PortalUnderTest) -> None:
    full(portal)
    visitor = Visitor.signed_in(portal)
    assert portal.usage()["pro"] == (1, 2)
    visitor.send("/licenses/pro/lines", {"quantity": "1"})
    assert portal.usage()["pro"] == (2, 1)
    assert "100 %" in visitor.page("/licenses/pro")


def test_a_wrong_number_is_refused_beside_its_field_and_what_was_typed_stays(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    visitor = Visitor.signed_in(portal)
    answer = visitor.send("/licenses/pro/lines", {"quantity": "many", "vendor": "Softline"})
    assert answer.status_code == 422
    assert "This must be a whole number." in answer.text
    assert 'value="Softline"' in answer.text


def test_a_license_type_is_created_with_its_first_seats(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    form = {"key": "pro", "name": "Professional", "family": "cal", "rank": "30", "quantity": "25"}
    assert visitor.send("/licenses/new", form).location.endswith("/licenses/pro")
    assert "of 25 seats" in visitor.page("/licenses/pro")
    assert visitor.send("/licenses/new", form).status_code == 422


def test_deactivating_by_hand_holds_the_seat_and_reactivating_gives_it_back(portal: PortalUnderTest) -> None:
    portal.license("pro", 1, hold_days=7)
    portal.publish(a_policy(a_rule("all", "userName pr", "pro")))
    id = portal.provision("ann@acme.example")
    visitor = Visitor.signed_in(portal)
    visitor.send(f"/users/{id}/deactivate")
    assert "held until" in visitor.page(f"/users/{id}")
    visitor.send(f"/users/{id}/reactivate")
    assert "in use" in visitor.page(f"/users/{id}")


def test_an_exclusion_takes_the_seat_and_its_removal_gives_it_back(portal: PortalUnderTest) -> None:
    ids = full(portal)
    visitor = Visitor.signed_in(portal)
    form = {"kind": "exclude", "license_type": "pro", "reason": "asked by legal"}
    visitor.send(f"/users/{ids['ann']}/exceptions", form)
    page = visitor.page(f"/users/{ids['ann']}")
    assert "Excluded from Pro" in page
    assert "asked by legal" in page
    (path,) = re.findall(r'action="[^"]*(/users/[^"]*/exceptions/[^"]*/remove)"', page)
    visitor.send(path)
    exceptions = visitor.page(f"/users/{ids['ann']}").partition('id="overrides-title"')[2]
    assert exceptions
    assert "Excluded from" not in exceptions


def test_a_group_without_members_says_what_to_do_in_okta(portal: PortalUnderTest) -> None:
    id = portal.push("Sales")
    page = Visitor.signed_in(portal).page(f"/groups/{id}")
    assert "No members were sent" in page
    assert "Assign the group to the app in Okta too" in page


def test_the_log_tells_a_refused_call_from_a_good_one(portal: PortalUnderTest) -> None:
    portal.provision("ann@acme.example")
    portal.scim("POST", "/Users", {"schemas": [], "userName": "ann@acme.example"})
    visitor = Visitor.signed_in(portal)
    assert ">201<" in visitor.page("/provisioning-log")
    failed = visitor.page("/provisioning-log?only=failed")
    assert ">201<" not in failed
    assert "1 calls" in failed


def test_no_page_carries_a_script_or_style_that_the_policy_forbids(portal: PortalUnderTest) -> None:
    ids = full(portal)
    visitor = Visitor.signed_in(portal)
    for path in (
        "/",
        "/users",
        f"/users/{ids['cleo']}",
        "/licenses/pro",
        "/rules",
        "/rules/sales",
        "/rules/preview",
        "/waitlist",
    ):
        page = visitor.page(path)
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style", page), path


def test_what_a_provider_sends_is_shown_as_text(portal: PortalUnderTest) -> None:
    name = "<script>alert(1)</script>"
    id = portal.provision("x@acme.example", displayName=name, title="{{ 7 * 7 }}'\"><img src=x onerror=alert(1)>")
    group = portal.push(name, id)
    visitor = Visitor.signed_in(portal)
    for path in ("/", "/users", f"/users/{id}", "/groups", f"/groups/{group}", "/provisioning-log"):
        page = visitor.page(path)
        assert name not in page, path
        assert "<img src=x" not in page, path


def test_an_export_is_made_in_the_background_and_downloaded(portal: PortalUnderTest) -> None:
    full(portal)
    visitor = Visitor.signed_in(portal)
    visitor.send("/exports", {"dataset": "ledger", "format": "csv-raw"})
    page = visitor.page("/exports")
    assert 'hx-trigger="every 2s"' in page
    portal.run_due()
    (path,) = re.findall(r'href="[^"]*(/exports/[^"]*/download)"', visitor.page("/exports"))
    answer = visitor.get(path)
    assert answer.text.startswith("portal,id,number,at,event")
    answer.close()
