"""An admin's own account: the password, the sessions, the time zone; for every role."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scim_portal import clock
from scim_portal.db import transact
from scim_portal.ids import new_id
from scim_portal.services import tokens
from scim_portal.web.portal.account import device
from tests.portals import PortalUnderTest
from tests.web.authenticator import move
from tests.web.test_portal_two_factor import row
from tests.web.test_statement_counts import counted
from tests.web.visitor import PASSWORD, Visitor

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0"


def another(portal: PortalUnderTest, role: str = "owner", **headers: str) -> Visitor:
    """The same admin in another browser."""
    visitor = Visitor.anonymous(portal)
    form = {"email": f"{role}@{portal.slug}.example", "password": PASSWORD}
    assert visitor.send("/login", form, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return visitor


def is_in(visitor: Visitor) -> bool:
    return bool(visitor.get("/users").status_code == 200)


def endings(page: str) -> list[str]:
    return re.findall(r'action="[^"]*(/me/sessions/[^"/]+/end)"', page)


def test_a_session_planted_before_the_sign_in_is_not_the_one_after_it(portal: PortalUnderTest) -> None:
    Visitor.signed_in(portal)
    attacker, victim = another(portal), Visitor.anonymous(portal)
    planted = attacker.client.get_cookie("session")
    assert planted is not None
    victim.client.set_cookie("session", planted.value)
    victim.send("/login", {"email": f"owner@{portal.slug}.example", "password": PASSWORD})
    own = victim.client.get_cookie("session")
    assert own is not None
    assert own.value != planted.value
    assert (is_in(victim), is_in(attacker)) == (True, False)


def test_a_made_up_session_value_is_never_taken_up(portal: PortalUnderTest) -> None:
    Visitor.signed_in(portal)
    visitor = Visitor.anonymous(portal)
    visitor.client.set_cookie("session", "chosen-by-somebody")
    assert not is_in(visitor)
    visitor.send("/login", {"email": f"owner@{portal.slug}.example", "password": PASSWORD})
    own = visitor.client.get_cookie("session")
    assert own is not None
    assert own.value != "chosen-by-somebody"


def test_the_sessions_are_listed_with_this_one_marked_and_one_of_them_is_ended(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    other = another(portal, User_Agent=FIREFOX)
    page = visitor.page("/me")
    assert page.count("this one") == 1
    assert "Firefox on Linux" in page
    (path,) = endings(page)
    assert visitor.send(path).status_code == 302
    assert (is_in(visitor), is_in(other)) == (True, False)
    assert visitor.send(path).status_code == 404


def test_ending_all_others_leaves_this_one(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    others = [another(portal) for _ in range(3)]
    visitor.send("/me/sessions/end-others")
    assert is_in(visitor)
    assert [is_in(other) for other in others] == [False] * 3
    assert "Sign out everywhere else" not in visitor.page("/me")


def test_a_session_of_somebody_else_cannot_be_ended(portal: PortalUnderTest) -> None:
    visitor, auditor = Visitor.signed_in(portal), Visitor.signed_in(portal, "auditor")
    another(portal)
    (path,) = endings(visitor.page("/me"))
    assert auditor.send(path).status_code == 404
    assert auditor.send(f"/me/sessions/{new_id()}/end").status_code == 404
    assert endings(visitor.page("/me")) == [path]


def test_a_session_that_idled_is_over_and_not_listed(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    idle = Visitor.signed_in(portal)
    move(monkeypatch, minutes=31)
    visitor = another(portal)
    assert not is_in(idle)
    assert endings(visitor.page("/me")) == []


@pytest.mark.parametrize("role", ["license-admin", "auditor", "helpdesk"])
def test_every_role_manages_its_own_account(portal: PortalUnderTest, role: str) -> None:
    visitor = Visitor.signed_in(portal, role)
    other = another(portal, role)
    assert visitor.send("/me/time-zone", {"time_zone": "Europe/Vienna"}).status_code == 302
    assert visitor.send("/me/two-factor", {"password": PASSWORD}).status_code == 302
    visitor.send("/me/sessions/end-others")
    assert not is_in(other)
    assert "Sign out" in visitor.page("/me")


def test_dates_follow_the_time_zone(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    expires = (clock.now() + timedelta(days=40)).replace(hour=23, minute=30, second=0)
    connector = portal.connector()
    transact(lambda: tokens.issue_scim(portal.ctx(), connector, expires_at=expires))
    path = f"/connectors/{connector.id}"

    def shown(moment: object) -> str:
        return f"{moment.day} {moment:%b %Y}</time>"  # type: ignore[attr-defined]

    assert shown(expires) in visitor.page(path)
    visitor.send("/me/time-zone", {"time_zone": "Asia/Tokyo"})
    page = visitor.page(path)
    assert shown(expires + timedelta(hours=9)) in page
    assert f"{expires:%Y-%m-%d} 23:30:00 UTC" in page
    visitor.send("/me/time-zone", {"time_zone": "Mars/Olympus"})
    assert "There is no such time zone." in visitor.page("/me")
    visitor.send("/me/time-zone", {"time_zone": ""})
    assert row(portal).time_zone is None


def test_guessing_the_present_password_from_an_open_session_is_stopped(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    new = {"password": PASSWORD + "!", "again": PASSWORD + "!"}
    for _ in range(8):
        assert visitor.send("/password", {"current": "wrong"} | new).status_code == 422
    answer = visitor.send("/password", {"current": PASSWORD} | new)
    assert answer.status_code == 422
    assert "Too many failed tries." in answer.text
    assert is_in(visitor)


def test_the_page_takes_as_many_statements_for_many_sessions_as_for_one(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    with counted() as few:
        visitor.page("/me")
    for _ in range(5):
        another(portal)
    with counted() as many:
        visitor.page("/me")
    assert len(many) == len(few) <= 7


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "Safari on iOS"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge on Windows"),
        ("curl/8.5", "Unknown browser"),
        (None, "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_told_by_what_it_says(sent: str | None, said: str) -> None:
    assert device(sent) == said
