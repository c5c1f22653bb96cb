"""Attribute mappings at work: kept over the admin API, run on every body that goes through, tried before."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.db import db
from scim_portal.models import AdminAction
from tests.portals import CORE_USER, ENTERPRISE, PortalUnderTest, a_group, a_patch, a_user

Body = dict[str, Any]
WORK = 'emails[type eq "work"].value'
LOWER = {"source": "userName", "target": "userName", "transforms": ["trim", "lower"]}
LOGIN = {"source": "login", "target": "nickName"}
LAST = {"source": "displayName", "target": "name.familyName", "split": {"separator": " ", "part": -1}}
STAFF = {"constant": "Staff", "target": "userType"}


def map_users(portal: PortalUnderTest, *rules: Body, kind: str = "okta", direction: str = "requests") -> str:
    """Give the connector these rules; gives the mapping's address."""
    address = f"/connectors/{portal.connector(kind).id}/mapping"
    answer = portal.api("PUT", address, {"user": {direction: list(rules)}})
    assert answer.status_code == 200, answer.text
    return address


def arrives(portal: PortalUnderTest, **attributes: Any) -> Body:
    body = {"schemas": [CORE_USER], "userName": "ANN@X ", "displayName": "Ann B. Archer"} | attributes
    answer = portal.scim("POST", "/Users", body)
    assert answer.status_code == 201, answer.text
    found: Body = answer.json
    return found


def stored(portal: PortalUnderTest, id: str) -> Body:
    found: Body = portal.scim("GET", f"/Users/{id}").json
    return found


def test_a_create_is_converted_before_it_is_read(portal: PortalUnderTest) -> None:
    map_users(portal, LOWER, LOGIN, LAST, STAFF, {"source": "mail", "target": WORK})
    ann = arrives(portal, login="aa", mail="ann@x")
    assert (ann["userName"], ann["nickName"], ann["userType"]) == ("ann@x", "aa", "Staff")
    assert ann["name"] == {"familyName": "Archer"}
    assert ann["emails"] == [{"value": "ann@x", "type": "work"}]
    listed = portal.scim("GET", '/Users?filter=nickName eq "aa"').json
    assert listed["totalResults"] == 1
    assert portal.scim("GET", '/Users?filter=login eq "aa"').status_code == 400  # filters are on what is stored


def test_a_replace_is_converted_and_an_absent_source_leaves_the_target(portal: PortalUnderTest) -> None:
    map_users(portal, LOWER, LOGIN, STAFF)
    ann = arrives(portal)
    body = {"userName": "ANN@Y", "login": "new", "title": "Boss", "userType": "Guest"}
    assert portal.scim("PUT", f"/Users/{ann['id']}", body).status_code == 200
    found = stored(portal, ann["id"])
    assert [found[name] for name in ("userName", "nickName", "title", "userType")] == ["ann@y", "new", "Boss", "Staff"]
    portal.scim("PUT", f"/Users/{ann['id']}", {"userName": "ANN@Y", "nickName": "own"})
    assert stored(portal, ann["id"])["nickName"] == "own"


@pytest.mark.parametrize("kind", ["okta", "entra", "generic"])
def test_a_patch_is_converted_with_and_without_a_path(portal: PortalUnderTest, kind: str) -> None:
    map_users(portal, LOWER, LOGIN, STAFF, {"source": "mail", "target": WORK}, kind=kind)
    portal.token = portal.scim_token(kind)
    ann = arrives(portal)

    def patched(*operations: Body) -> Body:
        answer = portal.scim("PATCH", f"/Users/{ann['id']}", a_patch(*operations))
        assert answer.status_code == 200, answer.text
        return stored(portal, ann["id"])

    assert patched({"op": "replace", "path": "USERNAME", "value": "BEN@X"})["userName"] == "ben@x"
    assert patched({"op": "Replace", "path": "login", "value": "bb"})["nickName"] == "bb"
    found = patched({"op": "replace", "value": {"login": "cc", "mail": "c@x", "userType": "Guest", "title": "Boss"}})
    assert [found[name] for name in ("nickName", "userType", "title")] == ["cc", "Staff", "Boss"]
    assert found["emails"] == [{"value": "c@x", "type": "work"}]
    assert "nickName" not in patched({"op": "remove", "path": "login"})
    assert patched({"op": "replace", "path": "login", "value": None}) == stored(portal, ann["id"])


def test_bulk_and_groups_are_converted_too(portal: PortalUnderTest) -> None:
    address = map_users(portal, LOWER)
    rules = {"group": {"requests": [{"source": "name", "target": "displayName"}]}, "user": {"requests": [LOWER]}}
    assert portal.api("PUT", address, rules).status_code == 200
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": a_user("ANN@X")},
        {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"name": "Sales", "members": [{"value": "bulkId:a"}]}},
    ]  # fmt: skip
    made = portal.scim("POST", "/Bulk", {"Operations": operations}).json["Operations"]
    assert [one["status"] for one in made] == ["201", "201"]
    assert portal.scim("GET", "/Users").json["Resources"][0]["userName"] == "ann@x"
    group = portal.scim("GET", "/Groups").json["Resources"][0]
    assert (group["displayName"], len(group["members"])) == ("Sales", 1)
    renamed = portal.scim("PATCH", f"/Groups/{group['id']}", a_patch({"op": "replace", "value": {"name": "Shop"}}))
    assert (renamed.status_code, renamed.json["displayName"]) == (200, "Shop")


def test_every_answer_is_converted_and_what_is_stored_stays(portal: PortalUnderTest) -> None:
    rule = {"source": "userName", "target": f"{ENTERPRISE}:costCenter"}
    address = map_users(portal, rule, direction="answers")
    ann = arrives(portal)
    read = portal.scim("GET", f"/Users/{ann['id']}")
    listed = portal.scim("GET", "/Users").json["Resources"][0]
    for shown in (ann, read.json, listed, portal.scim("POST", "/.search", {}).json["Resources"][0]):
        assert shown[ENTERPRISE] == {"costCenter": "ANN@X "}
        assert shown["schemas"] == [CORE_USER, ENTERPRISE]
    chosen = portal.scim("GET", f"/Users/{ann['id']}?attributes={ENTERPRISE}:costCenter").json
    assert set(chosen) == {"schemas", "id", ENTERPRISE}
    assert portal.api("DELETE", address).status_code == 204
    plain = portal.scim("GET", f"/Users/{ann['id']}")
    assert ENTERPRISE not in plain.json
    assert plain.headers["ETag"] == read.headers["ETag"]


def test_another_connector_is_not_converted(portal: PortalUnderTest) -> None:
    map_users(portal, LOWER, kind="entra")
    assert arrives(portal)["userName"] == "ANN@X "


def test_a_preview_says_what_then_happens(portal: PortalUnderTest) -> None:
    rules = [LOWER, LOGIN, LAST, STAFF, {"source": "mail", "target": WORK, "drop_source": True}]
    address = f"/connectors/{portal.connector().id}/mapping"
    sample = a_user("ANN@X", login="aa", mail="ann@y", displayName="Ann Archer")
    tried = portal.api(
        "POST", f"{address}/preview", {"mapping": {"user": {"requests": rules}}, "resource": "user", "sample": sample}
    )
    assert tried.status_code == 200, tried.text
    assert tried.json["problem"] is None
    assert (tried.json["result"]["login"], "mail" in tried.json["result"]) == ("aa", False)
    assert portal.api("GET", address).json["user"] == {"requests": [], "answers": []}
    map_users(portal, *rules)
    made = portal.scim("POST", "/Users", sample).json
    assert {name: made[name] for name in tried.json["stored"]} == tried.json["stored"]
    assert "password" not in tried.json["stored"]
    again = portal.api("POST", f"{address}/preview", {"resource": "user", "sample": sample})
    assert again.json == tried.json


def test_a_preview_tells_why_a_sample_would_be_refused_and_shows_answers(portal: PortalUnderTest) -> None:
    address = f"/connectors/{portal.connector().id}/mapping/preview"
    tried = portal.api("POST", address, {"resource": "group", "sample": {"externalId": "x"}})
    assert tried.json == {"result": {"externalId": "x"}, "stored": None, "problem": "displayName is required."}
    body = {
        "resource": "user",
        "direction": "answers",
        "mapping": {"user": {"answers": [STAFF]}},
        "sample": {"id": "1"},
    }
    assert portal.api("POST", address, body).json["result"] == {"id": "1", "userType": "Staff"}


@pytest.mark.parametrize(
    ("mapping", "field"),
    [
        ({"user": {"requests": [STAFF, {"source": "x", "target": "titel"}]}}, "/user/requests/1/target"),
        ({"group": {"answers": [{"target": "displayName", "constant": 5}]}}, "/group/answers/0/constant"),
        ({"user": {"requests": [{"target": "title", "first_of": ["a", "password"]}]}}, "/user/requests/0/first_of/1"),
        ({"user": {"requests": [{"target": "title", "sauce": "a"}]}}, "/user/requests/0"),
        ({"user": {"requests": ["a"]}}, "user/requests/0"),
        ({"users": {}}, "users"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(portal: PortalUnderTest, mapping: Body, field: str) -> None:
    address = f"/connectors/{portal.connector().id}/mapping"
    for answer in (
        portal.api("PUT", address, mapping),
        portal.api("POST", f"{address}/preview", {"mapping": mapping, "resource": "user", "sample": {}}),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json["errors"][0]["field"].removeprefix("mapping/") == field


def test_changes_are_on_record_and_for_owners_only(portal: PortalUnderTest) -> None:
    address = map_users(portal, STAFF)
    map_users(portal, STAFF)  # nothing changed
    portal.api("DELETE", address)
    lines = db.session.query(AdminAction).filter_by(portal_id=portal.ref.id).order_by(AdminAction.id)
    told = [(one.action, one.before, one.after) for one in lines if one.action.startswith("mapping.")]
    rules = {"user": {"requests": [STAFF]}}
    assert told == [("mapping.changed", None, rules), ("mapping.removed", rules, None)]
    for role in ("license-admin", "auditor", "helpdesk"):
        assert portal.api("GET", address, role=role).status_code == 200
        assert portal.api("PUT", address, {}, role=role).status_code == 403


def test_rules_that_name_an_extension_that_is_gone_refuse_calls_with_the_place(portal: PortalUnderTest) -> None:
    schema = portal.api("POST", "/schemas", {"urn": "urn:acme:x", "name": "Acme", "attributes": [{"name": "badge"}]})
    assert schema.status_code == 201, schema.text
    map_users(portal, {"source": "badgeNo", "target": "urn:acme:x:badge"})
    assert arrives(portal, badgeNo="7")["urn:acme:x"] == {"badge": "7"}
    assert portal.api("DELETE", f"/schemas/{schema.json['id']}").status_code in (200, 204)
    refused = portal.scim("POST", "/Users", a_user("ben@x"))
    assert (refused.status_code, refused.json["scimType"]) == (400, "invalidValue")
    assert "user.requests[0].target" in refused.json["detail"]
    assert portal.scim("POST", "/Groups", a_group("Sales")).status_code == 201
