"""The wait of the set-up guide: green by the provider's own call alone, red with the reason, and it ends."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from scim_portal import clock
from scim_portal.services import connectors
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_user
from tests.web.setting_up import OKTA, call, issued, state
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def calls_stand_alone(portal: PortalUnderTest) -> None:
    portal.client = LoneClient(portal.app, portal.app.response_class)


def test_the_wait_is_green_only_when_okta_itself_has_called(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    assert state(visitor) == "no-token"
    token = issued(visitor)
    assert state(visitor) == "waiting"
    assert call(portal, token, "curl/8.5.0").status_code == 200
    assert state(visitor) == "other"
    assert "“curl/8.5.0” called with this token" in visitor.page("/setup/okta-wizard")
    assert call(portal, token).status_code == 200
    page = visitor.page("/setup/okta-wizard/status")
    assert (state(visitor), f"by {OKTA}" in page) == ("heard", True)
    assert 'data-state="heard"' in visitor.page("/setup/okta-catalog")
    assert state(visitor, "entra") == "no-token"


def test_the_wait_names_the_first_user_and_group_and_then_stops(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    token = issued(visitor)
    call(portal, token)
    assert 'hx-trigger="every 3s"' in visitor.page("/setup/okta-wizard/status")
    id = call(portal, token, method="POST", body=a_user("ann@acme.example")).json["id"]
    call(portal, token, method="POST", body=a_user("ben@acme.example"))
    call(portal, token, method="POST", path="/Groups", body=a_group("Sales", id))
    page = visitor.page("/setup/okta-wizard/status")
    assert re.search(rf'href="[^"]*/users/{id}">ann@acme.example<', page)
    assert ">Sales<" in page
    assert "ben@acme.example" not in page
    assert "hx-trigger" not in page


def test_a_refused_call_turns_the_wait_red_with_the_reason_until_a_good_one_comes(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    token = issued(visitor)
    assert call(portal, "scimp_mistyped").status_code == 401
    page = visitor.page("/setup/okta-wizard/status")
    assert 'data-state="failed"' in page
    assert "The token is not known here. Check that it was copied whole" in page
    assert call(portal, token).status_code == 200
    assert state(visitor) == "heard"


def test_a_strangers_refused_call_is_not_taken_for_oktas(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    issued(visitor)
    assert call(portal, "scimp_guess", "python-requests/2.32").status_code == 401
    assert state(visitor) == "waiting"


def test_a_call_while_the_connector_is_off_says_so(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    token = issued(visitor)
    (connector,) = connectors.everyone(portal.ctx())
    visitor.send(f"/connectors/{connector.id}/enabled", {"enabled": "0"})
    assert state(visitor) == "off"
    assert call(portal, token).status_code == 403
    assert "is switched off" in visitor.page("/setup/okta-wizard/status")
    visitor.send("/setup/okta-wizard", {"action": "enable"})
    call(portal, token)
    assert state(visitor) == "heard"


def test_a_part_is_sent_only_when_there_is_something_new(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    token = issued(visitor)
    ask = {"headers": {"HX-Request": "true"}}
    part = visitor.get("/setup/okta-wizard/status", **ask)
    assert part.text.lstrip().startswith("<section")
    again = re.search(r'hx-get="[^"]*(/setup/okta-wizard/status[^"]*)"', part.text)
    assert again
    path = again[1].replace("&amp;", "&")
    assert visitor.get(path, **ask).status_code == 204
    call(portal, token)
    assert 'data-state="heard"' in visitor.get(path, **ask).text


def test_a_page_left_open_stops_asking_after_half_an_hour(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    issued(visitor)
    long_ago = int((clock.now() - timedelta(minutes=31)).timestamp())
    page = visitor.page(f"/setup/okta-wizard/status?from={long_ago}")
    assert "has stopped looking" in page
    assert "hx-trigger" not in page
    for odd in ("-1", "99999999999", "x" * 50, "²"):
        assert "hx-trigger" in visitor.page(f"/setup/okta-wizard/status?from={odd}")


def test_without_scripts_the_wait_is_a_page_that_loads_itself_again(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    issued(visitor)
    link = re.search(
        r'<noscript> · <a href="[^"]*(/setup/okta-wizard/status[^"]*)"', visitor.page("/setup/okta-wizard")
    )
    assert link
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in visitor.page(link[1].replace("&amp;", "&"))


def test_reads_of_an_old_token_are_not_told_and_the_guide_says_what_to_do(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = issued(Visitor.signed_in(portal)), clock.now()
    assert call(portal, token, "curl/8.5.0").status_code == 200
    _later(monkeypatch, start + timedelta(hours=25))
    visitor = Visitor.signed_in(portal, "auditor")
    assert call(portal, token).status_code == 200
    assert state(visitor) == "other"
    assert "older than a day" in visitor.page("/setup/okta-wizard/status")
    assert "Tell every call for an hour" not in visitor.page("/setup/okta-wizard/status")


def test_an_owner_has_the_calls_of_an_old_token_told_and_the_wait_turns_green(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = portal.scim_token(), clock.now()
    _later(monkeypatch, start + timedelta(hours=25))
    visitor = Visitor.signed_in(portal)
    assert "Tell every call for an hour" in visitor.page("/setup/okta-wizard")
    assert visitor.send("/setup/okta-wizard", {"action": "listen"}).status_code == 302
    assert (call(portal, token).status_code, state(visitor)) == (200, "heard")


def _later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_the_wait_takes_as_many_statements_after_a_hundred_calls(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    token = issued(visitor)
    call(portal, token)
    few = _statements(visitor)
    for number in range(60):
        call(portal, token, method="POST", body=a_user(f"p{number}@acme.example"))
        call(portal, token, method="POST", path="/Groups", body=a_group(f"G{number}"))
    assert _statements(visitor) == few <= 8


def _statements(visitor: Visitor) -> int:
    with counted() as found:
        visitor.get("/setup/okta-wizard/status", headers={"HX-Request": "true"})
    return len(found)
