"""A provisioned user's own page: reached by a link that admins make, showing what is theirs and nothing of others."""

from __future__ import annotations

import re

import pytest

from scim_portal.services import account_links
from tests.portals import ENTERPRISE, PortalUnderTest, a_policy, a_rule
from tests.web.authenticator import move
from tests.web.test_portal_two_factor import actions
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor


def crowded(portal: PortalUnderTest) -> dict[str, str]:
    """One seat of pro for three people in Sales, everybody else views."""
    portal.license("pro", 1, rank=30)
    portal.license("view", 9, rank=10)
    portal.publish(a_policy(a_rule("sales", f'{ENTERPRISE}:department eq "Sales"', "pro"), default="view"))
    sales = {ENTERPRISE: {"department": "Sales"}, "title": "Agent"}
    ids = {name: portal.provision(f"{name}@acme.example", displayName=name.title(), **sales) for name in ("ann", "ben")}
    portal.push("Sales team", ids["ben"])
    portal.push("Secret plans", ids["ann"])
    return ids


def link(portal: PortalUnderTest, user: str, role: str = "helpdesk") -> str:
    """Have an admin make a link; gives its path inside the portal."""
    answer = Visitor.signed_in(portal, role).send(f"/users/{user}/account-link")
    found = re.search(r'id="account-link" value="[^"]*(/account/[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def opened(portal: PortalUnderTest, path: str) -> Visitor:
    """Somebody who followed a link."""
    visitor = Visitor.anonymous(portal)
    answer = visitor.get(path)
    assert answer.status_code == 302
    assert answer.location == f"{portal.base}/account"
    return visitor


def test_the_page_shows_what_is_theirs_with_the_reason_and_nothing_of_others(portal: PortalUnderTest) -> None:
    ids = crowded(portal)
    page = opened(portal, link(portal, ids["ben"])).page("/account")
    for words in (
        "Ben", "ben@acme.example", "Agent", "Sales team", "place 1 in the queue",
        "The rule “Sales” gives it to you. All are in use", "Your organization&#39;s identity provider manages this",
    ):  # fmt: skip
        assert words in page or words.replace("&#39;", "'") in page, words
    for words in ("ann@acme.example", "Ann<", "Secret plans", "Sign out", 'method="post"'):
        assert words not in page, words
    assert "in use" in opened(portal, link(portal, ids["ann"], "owner")).page("/account")


def test_who_waits_for_a_license_of_which_there_is_none_is_not_told_that_all_are_in_use(
    portal: PortalUnderTest,
) -> None:
    portal.license("pro", 0)
    portal.publish(a_policy(default="pro"))
    page = opened(portal, link(portal, portal.provision("ann@acme.example"))).page("/account")
    assert [words in page for words in ("There are none just now; you are in the queue", "All are in use")] == [
        True,
        False,
    ]


def test_the_link_is_in_no_address_and_no_referrer_and_its_cookie_is_narrow(portal: PortalUnderTest) -> None:
    path = link(portal, portal.provision("ann@acme.example"))
    visitor = Visitor.anonymous(portal)
    answer = visitor.get(path)
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("person=")]
    assert f"Path={portal.base}/account" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Referrer-Policy"] == visitor.get("/account").headers["Referrer-Policy"] == "no-referrer"


def test_the_link_opens_no_page_of_the_admins(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    visitor = opened(portal, link(portal, user))
    for path in ("/", "/users", f"/users/{user}", "/me"):
        assert visitor.get(path).location.startswith(f"{portal.base}/login"), path


@pytest.mark.parametrize("how", ["deactivate", "delete", "end", "replace", "expire"])
def test_a_link_that_is_over_leaves_a_kind_page(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    user = portal.provision("ann@acme.example")
    path = link(portal, user)
    visitor = opened(portal, path)
    owner = Visitor.signed_in(portal)
    match how:
        case "deactivate":
            owner.send(f"/users/{user}/deactivate")
        case "delete":
            assert portal.scim("DELETE", f"/Users/{user}").status_code == 204
        case "end":
            owner.send(f"/users/{user}/account-link/end")
        case "replace":
            owner.send(f"/users/{user}/account-link")
        case "expire":
            move(monkeypatch, days=7, seconds=1)
    answers = {where: visitor.get(where) for where in ("/account", path)}
    assert {where: answer.status_code for where, answer in answers.items()} == {"/account": 401, path: 404}
    for answer in answers.values():
        assert "Ask the people who manage" in answer.text
        assert "ann@acme.example" not in answer.text


def test_a_link_of_another_portal_and_an_altered_one_open_nothing(portal: PortalUnderTest) -> None:
    path = link(portal, portal.provision("ann@acme.example"))
    neighbor = PortalUnderTest.create(portal.app)
    assert Visitor.anonymous(neighbor).get(path).status_code == 404
    visitor = Visitor.anonymous(neighbor)
    visitor.client.set_cookie("person", path.rpartition("/")[2])
    assert visitor.get("/account").status_code == 401
    assert Visitor.anonymous(portal).get(path[:-10] + "A" * 10).status_code == 404


def test_links_are_made_by_those_who_help_people_and_each_is_in_the_record(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    for role in ("owner", "license-admin", "helpdesk"):
        link(portal, user, role)
    auditor = Visitor.signed_in(portal, "auditor")
    assert "their own page" not in auditor.page(f"/users/{user}").lower()
    assert auditor.send(f"/users/{user}/account-link").status_code == 403
    assert auditor.send(f"/users/{user}/account-link/end").status_code == 403
    assert actions(portal).count("account_link.made") == 3


def test_nobody_without_access_gets_a_link(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    owner = Visitor.signed_in(portal)
    owner.send(f"/users/{user}/deactivate")
    assert "Link to the person" not in owner.page(f"/users/{user}")
    assert owner.send(f"/users/{user}/account-link").status_code == 409
    assert portal.api("POST", f"/users/{user}/account-link").status_code == 409


def test_the_page_is_not_loaded_without_end(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_links, "VIEWS", 3)
    monkeypatch.setattr(account_links, "GUESSES", 3)
    visitor = opened(portal, link(portal, portal.provision("ann@acme.example")))
    assert [visitor.get("/account").status_code for _ in range(4)] == [200, 200, 200, 429]
    guesses = [Visitor.anonymous(portal).get("/account/guess") for _ in range(4)]
    assert [answer.status_code for answer in guesses] == [404, 404, 404, 429]
    assert int(guesses[-1].headers["Retry-After"]) > 0


def test_the_api_makes_the_same_link(portal: PortalUnderTest) -> None:
    made = portal.api("POST", f"/users/{portal.provision('ann@acme.example')}/account-link", role="helpdesk")
    assert made.status_code == 201
    path = made.json["url"].removeprefix(portal.ref.base_url)
    assert "ann@acme.example" in opened(portal, path).page("/account")
    assert made.json["expires_at"].endswith("Z")


def test_the_page_takes_as_many_statements_in_many_groups_as_in_one(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    portal.push("First", user)
    visitor = opened(portal, link(portal, user))
    with counted() as few:
        visitor.page("/account")
    for number in range(10):
        portal.push(f"Group {number}", user)
    with counted() as many:
        visitor.page("/account")
    assert len(many) == len(few) <= 14
