"""The set-up guide: what it does here, the values it gives, and who may use it."""

from __future__ import annotations

import pytest

from scim_portal.services import connectors, tokens
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_policy
from tests.web.setting_up import call, in_days, issued, state
from tests.web.visitor import Visitor

GUIDES = ("okta-wizard", "okta-catalog", "entra", "other")


@pytest.fixture(autouse=True)
def calls_stand_alone(portal: PortalUnderTest) -> None:
    portal.client = LoneClient(portal.app, portal.app.response_class)


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_decides_the_default_makes_the_connector_and_gives_its_token_once(
    portal: PortalUnderTest, guide: str
) -> None:
    visitor = Visitor.signed_in(portal)
    assert "First decide the default license" in visitor.page(f"/setup/{guide}")
    value = issued(visitor, guide)
    (connector,) = connectors.everyone(portal.ctx())
    assert (connector.enabled, connector.kind) == (True, {"entra": "entra", "other": "generic"}.get(guide, "okta"))
    page = visitor.page(f"/setup/{guide}")
    assert value not in page
    assert f"scimp_…{value[-4:]}" in page
    assert f'value="{portal.ref.scim_base_url}"' in page
    assert call(portal, value).status_code == 200


@pytest.mark.parametrize(
    ("guide", "words"),
    [
        ("okta-wizard", ("SCIM connector base URL", 'value="userName"', "HTTP Header", "Import New Users and Profile Updates",
                         "Test Connector Configuration", "Assign the group too")),
        ("okta-catalog", ("SCIM 2.0 Base Url", 'value="Bearer scimp_', "Test API Credentials", "Assign the group too")),
        ("entra", ("Tenant URL", "Secret Token", "Sync only assigned users and groups")),
        ("other", ('value="Bearer scimp_', "Base URL")),
    ],
)  # fmt: skip
def test_the_fields_are_called_as_the_provider_calls_them(
    portal: PortalUnderTest, guide: str, words: tuple[str, ...]
) -> None:
    visitor = Visitor.signed_in(portal)
    visitor.send(f"/setup/{guide}/default", {"default.cal": "none"})
    text = visitor.send(f"/setup/{guide}", {"expires_at": in_days(2)}).text
    assert [word for word in words if word not in text] == []


def test_the_default_is_decided_here_only_while_nobody_could_lose_by_it(portal: PortalUnderTest) -> None:
    portal.license("view", 5)
    visitor = Visitor.signed_in(portal)
    visitor.send("/setup/entra/default", {"default.cal": ""})
    assert "Choose a license type" in visitor.page("/setup/entra")
    visitor.send("/setup/entra/default", {"default.cal": "view"})
    assert "gets: <b>View</b>" in visitor.page("/setup/entra")
    portal.provision("ann@acme.example")
    visitor.send("/setup/entra/default", {"default.cal": "none"})
    assert "There are users already" in visitor.page("/setup/entra")
    assert portal.usage() == {"view": (1, 0)}


def test_a_draft_of_the_rules_keeps_the_decision_to_itself(portal: PortalUnderTest) -> None:
    portal.license("view", 5)
    visitor = Visitor.signed_in(portal)
    visitor.send("/rules/defaults", {"default.cal": "view"})
    assert "A draft of the rules waits" in visitor.page("/setup/other")


def test_a_token_needs_a_date_to_come(portal: PortalUnderTest) -> None:
    portal.publish(a_policy())
    visitor = Visitor.signed_in(portal)
    for typed in ("", "2020-01-01", "soon"):
        assert visitor.send("/setup/entra", {"expires_at": typed}).status_code == 422, typed
    assert connectors.everyone(portal.ctx()) == []
    assert "Issue a token first" in visitor.send("/setup/entra", {"action": "enable"}, follow_redirects=True).text


def test_a_license_admin_decides_the_default_and_an_owner_issues_the_token(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal, "license-admin")
    assert visitor.send("/setup/entra/default", {"default.cal": "none"}).status_code == 302
    assert "An owner issues it" in visitor.page("/setup/entra")
    for form in ({"expires_at": in_days(2)}, {"action": "enable"}):
        assert visitor.send("/setup/entra", form).status_code == 403
    assert "Issue a token" not in visitor.page("/setup/entra")


def test_a_guide_can_be_for_one_of_several_connectors_and_for_no_other_portals(portal: PortalUnderTest) -> None:
    first, second = (connectors_made(portal, name) for name in ("Okta", "Okta of the branch"))
    visitor = Visitor.signed_in(portal)
    portal.publish(a_policy(default=None))
    assert visitor.send(f"/setup/okta-catalog?connector={second}", {"expires_at": in_days(2)}).status_code == 200
    assert set(tokens.live(portal.ctx())) == {second}
    assert "Okta of the branch" in visitor.page(f"/setup/okta-wizard?connector={second}")
    assert state(visitor) == "no-token"
    elsewhere = PortalUnderTest.create(portal.app).connector().id
    for path in (f"/setup/okta-wizard?connector={elsewhere}", f"/setup/entra?connector={first}", "/setup/nothing"):
        assert visitor.get(path).status_code == 404, path


def connectors_made(portal: PortalUnderTest, name: str) -> str:
    answer = portal.api("POST", "/connectors", {"kind": "okta", "name": name})
    id: str = answer.json["id"]
    return id


def test_a_new_portals_overview_leads_to_the_guide(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    assert "Set up provisioning" in visitor.page("/")
    assert all(f"/setup/{guide}" in visitor.page("/setup") for guide in GUIDES)
    issued(visitor)
    assert "Set up provisioning" not in visitor.page("/")
