"""Signing in to the portal, and what nobody gets without."""

from __future__ import annotations

import pytest
from flask import Flask

from scim_portal.web.portal.session import own_path
from tests.portals import PortalUnderTest
from tests.web.visitor import PASSWORD, Visitor

ADMITTING = {"/login", "/invitation/x", "/account", "/account/x"}


def routes(app: Flask, method: str) -> list[str]:
    """Every portal address that takes a method, its parts filled with something."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        rules = [
            rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("portal.") and method in rule.methods
        ]
        filled = ((rule, {name: 1 if name == "version" else "x" for name in rule.arguments}) for rule in rules)
        return sorted({adapter.build(rule.endpoint, values | (rule.defaults or {})) for rule, values in filled})


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(portal: PortalUnderTest) -> None:
    email, _ = portal.admin()
    visitor = Visitor.anonymous(portal)
    wrong = visitor.send("/login", {"email": email, "password": "wrong"})
    unknown = visitor.send("/login", {"email": "nobody@nowhere.example", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 401
    assert "Email or password is wrong." in wrong.text
    assert "Email or password is wrong." in unknown.text


def test_the_one_time_password_opens_nothing_but_the_choice_of_an_own_one(portal: PortalUnderTest) -> None:
    email, password = portal.admin()
    visitor = Visitor.anonymous(portal)
    visitor.send("/login", {"email": email, "password": password})
    assert visitor.get("/users").location.endswith("/password")
    visitor.send("/password", {"current": password, "password": PASSWORD, "again": PASSWORD})
    assert visitor.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"password": "short", "again": "short"}, "12 to 256 characters"),
        ({"password": PASSWORD, "again": PASSWORD + "x"}, "not the same"),
        ({"current": "wrong", "password": PASSWORD, "again": PASSWORD}, "not right"),
    ],
)
def test_a_password_that_cannot_be_taken_is_refused_beside_its_field(
    portal: PortalUnderTest, form: dict[str, str], said: str
) -> None:
    email, password = portal.admin()
    visitor = Visitor.anonymous(portal)
    visitor.send("/login", {"email": email, "password": password})
    answer = visitor.send("/password", {"current": password} | form)
    assert answer.status_code == 422
    assert said in answer.text


def test_after_signing_out_the_old_cookie_opens_nothing(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    cookie = visitor.client.get_cookie("session")
    assert cookie is not None
    visitor.send("/logout")
    visitor.client.set_cookie("session", cookie.value)
    assert visitor.get("/users").location.startswith(f"{portal.base}/login")


def test_the_session_of_one_portal_opens_no_other(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    neighbor = PortalUnderTest.create(portal.app)
    answer = visitor.open("GET", f"{neighbor.base}/users")
    assert answer.location.startswith(f"{neighbor.base}/login")


def test_too_many_failures_close_the_door_for_a_while(portal: PortalUnderTest) -> None:
    email, password = portal.admin()
    visitor = Visitor.anonymous(portal)
    for _ in range(8):
        visitor.send("/login", {"email": email, "password": "wrong"})
    answer = visitor.send("/login", {"email": email, "password": password})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_no_page_but_the_sign_in_opens_without_a_session(portal: PortalUnderTest) -> None:
    visitor = Visitor.anonymous(portal)
    paths = [path for path in routes(portal.app, "GET") if path not in ADMITTING]
    assert len(paths) > 15
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 302, path
        assert answer.location.startswith(f"{portal.base}/login"), path


def test_a_link_that_nobody_signed_opens_nothing(portal: PortalUnderTest) -> None:
    visitor = Visitor.anonymous(portal)
    assert {path: visitor.get(path).status_code for path in ("/invitation/x", "/account", "/account/x")} == {
        "/invitation/x": 404, "/account": 401, "/account/x": 404,
    }  # fmt: skip


def test_no_form_is_taken_without_its_token(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    paths = routes(portal.app, "POST")
    assert len(paths) > 20
    for path in paths:
        assert visitor.open("POST", portal.base + path, data={}).status_code == 400, path


def test_a_form_sent_from_another_site_is_refused(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    answer = visitor.send("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "/\\evil.example", "\\\\evil", "https:evil.example", "https://evil.example", "javascript:alert(1)",
     "evil", "", "/ok\r\nSet-Cookie: a=b", "/\t/evil.example", "http:///evil.example", "///evil.example"],
)  # fmt: skip
def test_after_sign_in_nobody_is_sent_to_another_site(app: Flask, wanted: str) -> None:
    with app.test_request_context():
        assert own_path(wanted) is None


def test_after_sign_in_one_goes_on_to_the_page_that_was_wanted(portal: PortalUnderTest) -> None:
    email, password = portal.admin()
    visitor = Visitor.anonymous(portal)
    first = visitor.get("/users?q=ann")
    assert first.location == f"{portal.base}/login?next=/users?q%3Dann"
    answer = visitor.send("/login", {"email": email, "password": password, "next": "/users?q=ann"})
    assert answer.location == f"{portal.base}/users?q=ann"


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(portal: PortalUnderTest) -> None:
    email, password = portal.admin()
    answer = Visitor.anonymous(portal).send("/login", {"email": email, "password": password})
    (cookie,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
