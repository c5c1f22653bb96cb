"""The read-only license extension (licensing.md L13): shown on request or as the connector says, never taken from a client."""

from __future__ import annotations

from scim_portal.db import transact
from scim_portal.protocol.definitions import LICENSE_URN
from scim_portal.services import connectors
from tests.portals import PortalUnderTest, a_policy, a_user


def full_house(portal: PortalUnderTest) -> tuple[str, str]:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    return portal.provision("ann@acme.example"), portal.provision("bob@acme.example")


def test_seats_and_places_are_returned_on_request(portal: PortalUnderTest) -> None:
    ann, bob = full_house(portal)
    asked = portal.scim("GET", f"/Users?attributes=userName,{LICENSE_URN}:licenses").json["Resources"]
    told = {one["id"]: one[LICENSE_URN]["licenses"][0] for one in asked}
    assert (told[ann]["value"], told[ann]["state"], told[ann]["source"]) == ("view", "assigned", "default")
    assert (told[bob]["state"], told[bob]["queuePosition"]) == ("waiting", 1)
    assert LICENSE_URN not in portal.scim("GET", f"/Users/{ann}").json
    assert LICENSE_URN not in [one["id"] for one in portal.scim("GET", "/Schemas").json["Resources"]]


def test_a_connector_that_shows_licenses_shows_them_and_ignores_their_echo(portal: PortalUnderTest) -> None:
    ann, _ = full_house(portal)
    connector = portal.connector()
    transact(lambda: connectors.change(portal.ctx(), connector.id, show_licenses=True))
    announced = [one["id"] for one in portal.scim("GET", "/Schemas").json["Resources"]]
    shown = portal.scim("GET", f"/Users/{ann}").json
    assert LICENSE_URN in announced
    assert LICENSE_URN in shown["schemas"]
    assert shown[LICENSE_URN]["licenses"][0]["display"] == "View"
    forged = a_user("ann@acme.example", **{LICENSE_URN: {"licenses": [{"value": "gold"}]}})
    answer = portal.scim("PUT", f"/Users/{ann}", forged).json
    assert [one["value"] for one in answer[LICENSE_URN]["licenses"]] == ["view"]


def test_licenses_are_never_said_to_be_as_they_were(portal: PortalUnderTest) -> None:
    """Seats move without a new version of the user, so its entity tag says nothing about them."""
    ann, _ = full_house(portal)
    tag = portal.scim("GET", f"/Users/{ann}").headers["ETag"]
    body = {"license_type": "view", "kind": "exclude", "reason": "Left the team"}
    assert portal.api("POST", f"/users/{ann}/overrides", body).status_code == 201
    known = {"If-None-Match": tag}
    assert portal.scim("GET", f"/Users/{ann}", headers=known).status_code == 304
    asked = portal.scim("GET", f"/Users/{ann}?attributes={LICENSE_URN}:licenses", headers=known)
    assert (asked.status_code, asked.json.get(LICENSE_URN)) == (200, None)
    connector = portal.connector()
    transact(lambda: connectors.change(portal.ctx(), connector.id, show_licenses=True))
    assert portal.scim("GET", f"/Users/{ann}", headers=known).status_code == 200
