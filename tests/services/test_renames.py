"""Rules that test a group by its name follow a rename at once, not with the next event of each member (L2.1, L9, I4)."""

from __future__ import annotations

import pytest

from scim_portal.db import transact
from scim_portal.services import licensing
from tests.portals import PortalUnderTest, a_group, a_patch, a_policy, a_rule
from tests.services.office import Office


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Ann is in Sales, and bob in a group that is in Sales; pro is given by the name of the group."""
    office = Office(portal, monkeypatch)
    office.portal.publish(a_policy(a_rule("named", 'groups.display eq "Sales"', "pro"), default="view"))
    office.groups["Nested"] = office.portal.push("Nested")
    nest = a_patch({"op": "add", "path": "members", "value": [{"value": office.groups["Nested"]}]})
    assert office.portal.scim("PATCH", f"/Groups/{office.groups['Sales']}", nest).status_code == 200
    office.arrive("ann", "Sales")
    office.arrive("bob", "Nested")
    assert [office.seat(name) for name in ("ann", "bob")] == ["pro", "pro"]
    return office


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_whoever_matched_by_the_old_name_ceases_to_match(office: Office, method: str) -> None:
    rename = a_patch({"op": "replace", "value": {"displayName": "Vertrieb"}})
    if method == "PUT":
        rename = a_group("Vertrieb", office.ids["ann"], office.groups["Nested"])
    assert office.portal.scim(method, f"/Groups/{office.groups['Sales']}", rename).status_code == 200
    assert [office.seat(name) for name in ("ann", "bob")] == ["view", "view"]
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()


def test_whoever_matches_by_the_new_name_is_given_what_the_rule_grants(office: Office) -> None:
    office.arrive("cid", "Eng")
    office.leave("ann", "Sales")
    rename = a_patch({"op": "replace", "value": {"displayName": "SALES"}})
    assert office.portal.scim("PATCH", f"/Groups/{office.groups['Eng']}", rename).status_code == 200
    assert office.seat("cid") == "pro"
