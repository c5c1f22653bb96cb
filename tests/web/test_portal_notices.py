"""The page of notices, and the page of a rule that needs attention, as admins of each role find them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from scim_portal.jobs import postman
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.services.notice_board import told
from tests.smtp import MailServer
from tests.web.visitor import Visitor


@pytest.fixture
def full(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal with a full license type that somebody waits for."""
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    for name in ("ann", "bob"):
        portal.provision(f"{name}@x.example")
    portal.run_due()
    return portal


@pytest.fixture
def server(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer.listening() as found:
        monkeypatch.setitem(portal.app.config, "SETTINGS", replace(portal.settings, smtp_url=found.url))
        yield found


def frozen(portal: PortalUnderTest) -> str:
    """Sales is deleted while its rule gives ann a seat; gives the group's id."""
    portal.license("pro", 3)
    group = portal.push("Sales", portal.provision("ann@acme.example"))
    portal.publish(a_policy(a_rule("sales", f'groups.value eq "{group}"', "pro"), default=None))
    assert portal.scim("DELETE", f"/Groups/{group}").status_code == 204
    portal.run_due()
    return group


def test_open_notices_are_counted_in_the_menu_listed_and_put_away(full: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(full)
    page = visitor.page("/notices")
    count = len(full.api("GET", "/notices?state=open").json["items"])
    assert re.search(rf'Notices\s*<span class="count"><span class="badge tone-warn">{count}<', page)
    assert f'href="{full.base}/waitlist?license=view">The only seat of View' in page
    (one,) = told(full, "exhausted")
    assert visitor.send(f"/notices/{one['id']}/dismiss").status_code == 302
    assert "The only seat of View" not in visitor.page("/notices")
    assert "put away by owner@" in visitor.page("/notices?state=all")


def test_the_overview_leads_with_the_three_most_important(full: PortalUnderTest) -> None:
    page = Visitor.signed_in(full).page("/")
    attention = page[page.index('id="attention-title"') :]
    told_first = re.findall(r'class="fw-bold text-reset" href="([^"]+)"', attention)[0]
    assert told_first == f"{full.base}/waitlist?license=view"
    assert attention.count("The only seat of View is taken") == 1
    assert "1 person waits for View" not in attention


def test_settings_are_saved_and_a_test_mail_shows_in_the_delivery_log(
    portal: PortalUnderTest, server: MailServer
) -> None:
    visitor = Visitor.signed_in(portal)
    assert visitor.send("/notices/settings", {"addresses": "ops@acme.example\r\nbo@acme.example"}).status_code == 302
    assert "ops@acme.example, bo@acme.example" in visitor.page("/notices")
    visitor.send("/notices/test")
    assert ">waiting<" in visitor.page("/notices")
    postman.deliver(portal.ref, portal.settings)
    assert ">sent<" in visitor.page("/notices")
    visitor.send("/notices/settings", {"addresses": "nonsense"})
    assert "is no e-mail address" in visitor.page("/notices")
    visitor.send("/notices/settings", {"addresses": ""})
    assert portal.api("GET", "/notice-settings").json == {"addresses": None}


def test_without_a_mail_server_the_page_says_so_and_offers_no_test(portal: PortalUnderTest) -> None:
    page = Visitor.signed_in(portal).page("/notices")
    assert "No mail server yet" in page
    assert "Send a test mail" not in page


@pytest.mark.parametrize(("role", "dismisses", "sets"), [("license-admin", 302, 403), ("auditor", 403, 403)])
def test_each_role_finds_the_buttons_it_may_use(
    full: PortalUnderTest, server: MailServer, role: str, dismisses: int, sets: int
) -> None:
    visitor = Visitor.signed_in(full, role)
    page = visitor.page("/notices")
    assert ("Put away" in page, "Send a test mail" in page) == (dismisses == 302, sets == 302)
    (one,) = told(full, "exhausted")
    assert visitor.send("/notices/settings", {"addresses": "x@acme.example"}).status_code == sets
    assert visitor.send("/notices/test").status_code == sets
    assert visitor.send(f"/notices/{one['id']}/dismiss").status_code == dismisses


def test_the_page_of_a_frozen_rule_tells_what_happened_and_offers_three_ways_out(portal: PortalUnderTest) -> None:
    frozen(portal)
    visitor = Visitor.signed_in(portal)
    assert f'href="{portal.base}/frozen-rules/sales"' in visitor.page("/rules")
    assert f'href="{portal.base}/frozen-rules/sales"' in visitor.page("/notices")
    page = visitor.page("/frozen-rules/sales")
    for words in (">Sales</a> was deleted", "ann@acme.example", ">Link<", "Pin the seats", "Release now"):
        assert words in page, words


def test_a_frozen_rule_is_linked_to_the_group_of_the_same_name(portal: PortalUnderTest) -> None:
    gone = frozen(portal)
    new = portal.push("Sales")
    visitor = Visitor.signed_in(portal, "license-admin")
    assert f'<option value="{new}" selected>Sales</option>' in visitor.page("/frozen-rules/sales")
    visitor.send("/frozen-rules/sales/relink", {"from": gone, f"to.{gone}": ""})
    assert "no such group to link to" in visitor.page("/frozen-rules/sales")
    visitor.send("/frozen-rules/sales/relink", {"from": gone, f"to.{gone}": new})
    assert visitor.get("/frozen-rules/sales").headers["Location"] == f"{portal.base}/rules/sales"
    portal.run_due()
    assert portal.usage()["pro"] == (0, 0)
    assert told(portal, "needs-attention", "open") == []


def test_a_frozen_rule_releases_its_people(portal: PortalUnderTest) -> None:
    frozen(portal)
    visitor = Visitor.signed_in(portal)
    assert visitor.send("/frozen-rules/sales/release").status_code == 302
    portal.run_due()
    assert portal.usage()["pro"] == (0, 0)
    page = visitor.page("/frozen-rules/sales")
    assert "keeps nobody any longer" in page
    assert "Release now</button>" not in page


def test_a_frozen_rules_seats_become_pins(portal: PortalUnderTest) -> None:
    frozen(portal)
    assert Visitor.signed_in(portal).send("/frozen-rules/sales/pin").status_code == 302
    portal.run_due()
    assert portal.usage()["pro"] == (1, 0)


def test_a_reader_sees_a_frozen_rule_and_changes_nothing(portal: PortalUnderTest) -> None:
    gone = frozen(portal)
    visitor = Visitor.signed_in(portal, "auditor")
    page = visitor.page("/frozen-rules/sales")
    assert "An owner or a license admin can" in page
    assert "Release now" not in page
    for choice in ("relink", "release", "pin"):
        assert visitor.send(f"/frozen-rules/sales/{choice}", {"from": gone}).status_code == 403
    assert visitor.get("/frozen-rules/unheard-of").status_code == 404
