"""What each role may do in the portal: refused where it may not, and not even offered."""

from __future__ import annotations

import pytest

from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor

READERS = ("auditor", "helpdesk")


def furnished(portal: PortalUnderTest) -> dict[str, str]:
    """A portal with one of everything; gives the ids."""
    portal.license("pro", 1)
    portal.publish(a_policy(a_rule("everybody", "userName pr", "pro")))
    connector = portal.connector()
    user = portal.provision("ann@acme.example")
    return {"user": user, "group": portal.push("Sales", user), "connector": connector.id}


@pytest.mark.parametrize("role", READERS)
def test_a_reader_changes_nothing(portal: PortalUnderTest, role: str) -> None:
    ids = furnished(portal)
    visitor = Visitor.signed_in(portal, role)
    changes = (
        f"/users/{ids['user']}/deactivate", f"/users/{ids['user']}/exceptions", "/licenses/new", "/licenses/pro",
        "/licenses/pro/lines", "/rules/everybody/move", "/rules/everybody/state", "/rules/new", "/rules/defaults",
        "/rules/publish", "/rules/discard", "/connectors", "/setup/okta-wizard", "/setup/okta-wizard/default",
        f"/connectors/{ids['connector']}/tokens", "/licenses/pro/retired", "/licenses/pro/default",
        "/users/bulk", "/users/bulk/run", f"/waitlist/users/{ids['user']}/licenses/pro/priority",
    )  # fmt: skip
    for path in changes:
        assert visitor.send(path).status_code == 403, path
    assert portal.usage() == {"pro": (1, 0)}


@pytest.mark.parametrize("role", READERS)
def test_a_reader_sees_every_page_and_no_button_that_would_be_refused(portal: PortalUnderTest, role: str) -> None:
    ids = furnished(portal)
    visitor = Visitor.signed_in(portal, role)
    pages = (
        "/", "/users", f"/users/{ids['user']}", "/groups", f"/groups/{ids['group']}", "/waitlist", "/licenses",
        "/licenses/pro", "/contracts", "/keys", "/rules", "/rules/everybody", "/rules/preview", "/rules/history", "/connectors",
        "/setup", "/setup/okta-wizard", "/setup/entra", "/setup/entra/status",
        f"/connectors/{ids['connector']}", f"/connectors/{ids['connector']}/mapping", "/provisioning-log", "/ledger",
        "/ledger/moment", "/me",
    )  # fmt: skip
    for path in pages:
        text = visitor.page(path)
        for words in (
            "Deactivate<",
            "Add capacity",
            "Make default",
            "Retire<",
            "New rule",
            "New license type",
            "Issue a token",
            "Pause<",
            "Publish version",
            "bulk-bar",
            "Change priority",
            "Change place",
        ):
            assert words not in text, (path, words)


def test_an_auditor_exports_and_helpdesk_does_not(portal: PortalUnderTest) -> None:
    auditor, helpdesk = Visitor.signed_in(portal, "auditor"), Visitor.signed_in(portal, "helpdesk")
    form = {"dataset": "ledger", "format": "csv-excel"}
    assert auditor.send("/exports", form).status_code == 302
    assert helpdesk.send("/exports", form).status_code == 403
    assert helpdesk.get("/exports").status_code == 403
    assert ">Exports<" not in helpdesk.page("/ledger")


def test_a_license_admin_changes_rules_but_issues_no_token(portal: PortalUnderTest) -> None:
    ids = furnished(portal)
    visitor = Visitor.signed_in(portal, "license-admin")
    assert visitor.send("/rules/everybody/state", {"state": "paused"}).status_code == 302
    form = {"expires_at": "2028-01-01"}
    assert visitor.send(f"/connectors/{ids['connector']}/tokens", form).status_code == 403
    assert visitor.send(f"/connectors/{ids['connector']}/enabled", {"enabled": "0"}).status_code == 403
    assert "Issue a token" not in visitor.page(f"/connectors/{ids['connector']}")


def test_what_belongs_to_another_portal_is_not_there(portal: PortalUnderTest) -> None:
    ids = furnished(PortalUnderTest.create(portal.app))
    visitor = Visitor.signed_in(portal)
    for path in (
        f"/users/{ids['user']}",
        f"/groups/{ids['group']}",
        f"/connectors/{ids['connector']}",
        "/licenses/pro",
    ):
        assert visitor.get(path).status_code == 404, path
    for path in (f"/users/{ids['user']}/deactivate", f"/connectors/{ids['connector']}/enabled", "/licenses/pro/lines"):
        assert visitor.send(path, {"enabled": "0"}).status_code == 404, path
