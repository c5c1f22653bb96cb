"""`/Entitlements`: license types for Okta's discovery, with counts that are true now, and nothing to write."""

from __future__ import annotations

import pytest

from scim_portal.protocol.entitlement_schema import ENTITLEMENT_URN
from tests.portals import PortalUnderTest, a_policy, a_rule, a_user

LIST = "/Entitlements?startIndex=1&count=100"


@pytest.fixture
def licensed(portal: PortalUnderTest) -> PortalUnderTest:
    """Three types: pro for two, view for five, and basic without a limit; ann holds pro."""
    for key, quantity in (("pro", 2), ("view", 5), ("basic", None)):
        portal.license(key, quantity)
    portal.publish(a_policy(a_rule("r1", 'title eq "Boss"', "pro"), default="view"))
    portal.scim("POST", "/Users", a_user("ann@acme.example", title="Boss"))
    return portal


def test_license_types_are_listed_with_live_counts(licensed: PortalUnderTest) -> None:
    before = licensed.scim("GET", LIST).json
    assert [one["id"] for one in before["Resources"]] == ["basic", "pro", "view"]
    basic, pro, _ = before["Resources"]
    assert (pro["displayName"], pro["type"], pro["schemas"]) == ("Pro", "License", [ENTITLEMENT_URN])
    assert (pro["totalAssignmentsPermitted"], pro["totalAssignmentsUsed"]) == (2, 1)
    assert pro["limitedAssignmentsPermitted"] is True
    assert (basic["limitedAssignmentsPermitted"], "totalAssignmentsPermitted" in basic) == (False, False)
    licensed.scim("POST", "/Users", a_user("bob@acme.example", title="Boss"))
    read = licensed.scim("GET", "/Entitlements/pro").json
    assert read["totalAssignmentsUsed"] == 2
    assert read["meta"]["location"].endswith("/scim/v2/Entitlements/pro")


def test_okta_discovers_them_by_its_own_schema(licensed: PortalUnderTest) -> None:
    types = licensed.scim("GET", "/ResourceTypes").json["Resources"]
    ours = next(one for one in types if one["schema"] == ENTITLEMENT_URN)
    assert (ours["name"], ours["endpoint"]) == ("License", "/Entitlements")
    assert ENTITLEMENT_URN in [one["id"] for one in licensed.scim("GET", "/Schemas").json["Resources"]]
    assert licensed.scim("GET", "/ResourceTypes/License").json["id"] == "License"
    page = licensed.scim("GET", "/Entitlements?count=1&startIndex=1").json
    assert (page["itemsPerPage"], page["totalResults"], page["startIndex"]) == (1, 3, 1)


def test_they_are_announced_only_to_whom_they_are_of_use(portal: PortalUnderTest) -> None:
    assert len(portal.scim("GET", "/ResourceTypes").json["Resources"]) == 2
    portal.license("pro", 2)
    assert len(portal.scim("GET", "/ResourceTypes").json["Resources"]) == 3
    other = {"headers": {"Authorization": f"Bearer {portal.scim_token('generic')}"}}
    assert len(portal.scim("GET", "/ResourceTypes", **other).json["Resources"]) == 2
    assert portal.scim("GET", LIST, **other).json["totalResults"] == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('filter=displayName eq "PRO"', ["pro"]),
        ("filter=totalAssignmentsUsed gt 0", ["pro"]),
        ("filter=limitedAssignmentsPermitted eq false", ["basic"]),
        ('filter=id eq "PRO"', []),
        ("sortBy=totalAssignmentsPermitted", ["pro", "view", "basic"]),
        ("sortBy=totalAssignmentsPermitted&sortOrder=descending", ["basic", "view", "pro"]),
        ("sortBy=displayName&sortOrder=descending", ["view", "pro", "basic"]),
        ("startIndex=3", ["view"]),
        ("startIndex=9", []),
        ("count=0", []),
    ],
)
def test_they_can_be_filtered_sorted_and_paged(licensed: PortalUnderTest, query: str, expected: list[str]) -> None:
    assert [one["id"] for one in licensed.scim("GET", f"/Entitlements?{query}").json["Resources"]] == expected


def test_cursors_walk_through_them_forth_and_back(licensed: PortalUnderTest) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        page = licensed.scim("GET", f"/Entitlements?cursor={cursor}&count=2").json
        seen.append([one["id"] for one in page["Resources"]])
        cursor, last = page.get("nextCursor"), page
    assert seen == [["basic", "pro"], ["view"]]
    back = licensed.scim("GET", f"/Entitlements?cursor={last['previousCursor']}&count=2").json
    assert [one["id"] for one in back["Resources"]] == ["basic", "pro"]
    assert licensed.scim("GET", "/Entitlements?cursor=forged").json["scimType"] == "invalidCursor"


def test_a_search_message_and_a_projection_work_as_for_users(licensed: PortalUnderTest) -> None:
    message = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'value eq "pro"', "attributes": ["totalAssignmentsUsed"],
    }  # fmt: skip
    (found,) = licensed.scim("POST", "/Entitlements/.search", message).json["Resources"]
    assert found == {"schemas": [ENTITLEMENT_URN], "id": "pro", "totalAssignmentsUsed": 1}


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", "/pro"), ("PATCH", "/pro"), ("DELETE", "/pro")])
def test_nobody_writes_license_types_over_scim(licensed: PortalUnderTest, method: str, path: str) -> None:
    answer = licensed.scim(method, f"/Entitlements{path}", {"displayName": "Free"})
    assert (answer.status_code, answer.json["status"]) == (405, "405")


def test_unknown_license_types_and_bad_filters_are_refused(licensed: PortalUnderTest) -> None:
    assert licensed.scim("GET", "/Entitlements/gold").status_code == 404
    assert licensed.scim("GET", "/Entitlements?filter=nope eq 1").json["scimType"] == "invalidFilter"


def test_entitlements_and_roles_of_a_user_round_trip_and_decide_rules(licensed: PortalUnderTest) -> None:
    licensed.publish(
        a_policy(a_rule("r1", 'entitlements[value eq "pro" and type eq "License"]', "pro"), default="view")
    )
    granted = [{"value": "pro", "display": "Pro", "type": "License"}]
    roles = [{"value": "role123", "display": "First Role"}]
    user = a_user("cleo@acme.example", entitlements=granted, roles=roles)
    id = licensed.scim("POST", "/Users", user).json["id"]
    read = licensed.scim("GET", f"/Users/{id}").json
    assert (read["entitlements"], read["roles"]) == (granted, roles)
    assert licensed.scim("GET", "/Entitlements/pro").json["totalAssignmentsUsed"] == 1
    assert licensed.scim("GET", '/Users?filter=roles eq "role123"').json["totalResults"] == 1
