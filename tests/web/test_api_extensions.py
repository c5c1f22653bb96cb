"""Declaring extensions over the admin API: what is answered, what is refused and where, and who may."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import AdminAction, Portal
from tests.declared import ATTRIBUTES, URN, body, declare
from tests.portals import PortalUnderTest

NOBODY = "0198c0de-0000-7000-8000-000000000000"


def stamp(portal: PortalUnderTest) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Portal.schema_stamp).where(Portal.id == portal.ref.id))


def test_a_schema_is_declared_read_changed_and_taken_back(portal: PortalUnderTest) -> None:
    assert portal.api("GET", "/schemas").json == {"items": [], "next": None}
    made = portal.api("POST", "/schemas", body(urn=f" {URN} "))
    assert made.status_code == 201
    shown = made.json
    assert shown | {"urn": URN, "name": "Acme", "resource_kind": "User"} == shown
    assert [one["name"] for one in shown["attributes"]] == [one["name"] for one in ATTRIBUTES]
    assert portal.api("GET", f"/jobs/{shown.pop('job_id')}").json["kind"] == "refold"
    address, stamps = f"/schemas/{shown['id']}", [stamp(portal)]
    assert portal.api("GET", address).json == shown
    assert portal.api("GET", "/schemas").json == {"items": [shown], "next": None}
    unchanged = portal.api("PATCH", address, {"name": "Acme", "attributes": shown["attributes"]}).json
    assert (unchanged["job_id"], stamp(portal)) == (None, stamps[0])
    renamed = portal.api("PATCH", address, {"name": "People of Acme", "description": ""}).json
    assert (renamed["name"], renamed["description"], renamed["job_id"]) == ("People of Acme", "", None)
    stamps.append(stamp(portal))
    grown = portal.api("PATCH", address, {"attributes": [*shown["attributes"], {"name": "shift"}]}).json
    assert (grown["attributes"][-1]["name"], grown["job_id"] is None) == ("shift", False)
    stamps.append(stamp(portal))
    assert portal.api("DELETE", address).status_code == 204
    assert (len(set(stamps)), stamp(portal)) == (3, None)
    assert portal.api("GET", address).status_code == 404
    mine = select(AdminAction.action).where(AdminAction.portal_id == portal.ref.id).order_by(AdminAction.id)
    noted = [action for action in db.session.scalars(mine) if action.startswith("schema.")]
    assert noted == ["schema.declared", "schema.changed", "schema.changed", "schema.removed"]


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"urn": "acme"}, 422, "urn"),
        ({"urn": None}, 422, "urn"),
        ({"urn": "urn:ietf:params:scim:schemas:core:2.0:User"}, 422, "urn"),
        ({"name": ""}, 422, "name"),
        ({"name": " "}, 422, "name"),
        ({"resource_kind": "Device"}, 422, "resource_kind"),
        ({"attributes": []}, 422, "attributes"),
        ({"attributes": ["badge"]}, 422, "attributes/0"),
        ({"attributes": [{"name": "a"}, {"name": "A"}]}, 422, "attributes/1/name"),
        ({"attributes": [{"name": "a", "type": "text"}]}, 422, "attributes/0/type"),
        ({"attributes": [{"name": "a", "uniqueness": "server"}]}, 422, "attributes/0/uniqueness"),
        (
            {"attributes": [{"name": "a", "type": "complex", "subAttributes": [{}]}]},
            422,
            "attributes/0/subAttributes/0/name",
        ),
        ({"owner": "me"}, 422, "owner"),
        ({"urn": "urn:ACME:taken"}, 409, "urn"),
        ({"urn": "urn:acme:taken:badge"}, 409, "urn"),
        ({"urn": "urn:acme", "attributes": [{"name": "taken"}]}, 422, "urn"),
        ({"urn": "urn:acme:x", "attributes": [{"name": "other"}]}, 409, "urn"),
    ],
)
def test_a_bad_declaration_is_refused_with_its_place(
    portal: PortalUnderTest, changes: dict[str, Any], status: int, field: str
) -> None:
    declare(portal, urn="urn:acme:taken")
    declare(portal, urn="urn:acme:x:other")
    answer = portal.api("POST", "/schemas", body(**changes))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)
    assert len(portal.api("GET", "/schemas").json["items"]) == 2


def test_a_bad_change_is_refused_and_changes_nothing(portal: PortalUnderTest) -> None:
    id = declare(portal)
    before = portal.api("GET", f"/schemas/{id}").json
    for change, field in (
        ({"attributes": [{"name": "a b"}]}, "attributes/0/name"),
        ({"attributes": None}, "attributes"),
        ({"urn": "urn:acme:other"}, "urn"),
        ({"name": ""}, "name"),
    ):
        answer = portal.api("PATCH", f"/schemas/{id}", change)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert portal.api("GET", f"/schemas/{id}").json == before
    for method in ("GET", "PATCH", "DELETE"):
        assert portal.api(method, f"/schemas/{NOBODY}", {} if method == "PATCH" else None).status_code == 404


def test_readers_read_and_license_admins_write(portal: PortalUnderTest) -> None:
    id = declare(portal)
    for role in ("auditor", "helpdesk"):
        assert portal.api("GET", "/schemas", role=role).status_code == 200
        assert portal.api("GET", f"/schemas/{id}", role=role).status_code == 200
        for method, path, sent in (
            ("POST", "/schemas", body(urn="urn:acme:b")), ("PATCH", f"/schemas/{id}", {"name": "x"}),
            ("DELETE", f"/schemas/{id}", None),
        ):  # fmt: skip
            assert portal.api(method, path, sent, role=role).status_code == 403
    assert portal.api("PATCH", f"/schemas/{id}", {"name": "x"}, role="license-admin").status_code == 200


def test_a_portal_has_at_most_fifty_schemas_of_its_own(portal: PortalUnderTest) -> None:
    for number in range(50):
        declare(portal, urn=f"urn:acme:{number}", attributes=[{"name": "a"}])
    answer = portal.api("POST", "/schemas", body())
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "urn")
