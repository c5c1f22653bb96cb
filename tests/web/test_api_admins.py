"""Admins by the API: listed, invited, changed; the last owner stays."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portals import PortalUnderTest
from tests.web.test_portal_two_factor import actions
from tests.web.visitor import PASSWORD, Visitor


def listed(portal: PortalUnderTest) -> dict[str, dict[str, Any]]:
    return {one["email"]: one for one in portal.api("GET", "/admins").json["items"]}


def test_somebody_is_invited_and_comes_in(portal: PortalUnderTest) -> None:
    body = {"email": "new@acme.example", "role": "license-admin"}
    made = portal.api("POST", "/admins", body)
    assert made.status_code == 201
    assert (
        listed(portal)["new@acme.example"] | {"invited": True, "role": "license-admin"}
        == listed(portal)["new@acme.example"]
    )
    path = made.json["invitation_url"].removeprefix(portal.ref.base_url)
    guest = Visitor.anonymous(portal)
    assert guest.send(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    found = listed(portal)["new@acme.example"]
    assert (found["invited"], found["disabled"], found["two_factor"]) == (False, False, False)
    assert found["last_sign_in_at"]
    assert "invitation_url" not in found
    assert portal.api("POST", "/admins", body).status_code == 409


def test_an_admin_is_changed_and_the_last_owner_is_not(portal: PortalUnderTest) -> None:
    first, second = portal.admin()[0], portal.admin("auditor")[0]
    ids = {email: one["id"] for email, one in listed(portal).items()}
    refused = portal.api("PATCH", f"/admins/{ids[first]}", {"role": "helpdesk"})
    assert refused.status_code == 409
    assert refused.json["errors"][0]["field"] == "role"
    assert portal.api("PATCH", f"/admins/{ids[first]}", {"disabled": True}).status_code == 409
    assert portal.api("PATCH", f"/admins/{ids[second]}", {"role": "owner"}).json["role"] == "owner"
    assert portal.api("PATCH", f"/admins/{ids[first]}", {"disabled": True}).json["disabled"] is True
    assert portal.api("PATCH", f"/admins/{ids[second]}", {"disabled": True}).status_code == 409
    assert portal.api("PATCH", f"/admins/{ids[first]}", {"disabled": False}).json["disabled"] is False
    assert actions(portal)[-3:] == ["admin.changed", "admin.disabled", "admin.enabled"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nonsense", "role": "owner"}, "email"),
        ({"email": "x@acme.example", "role": "king"}, "role"),
        ({"role": "owner"}, "email"),
        ({"email": "x@acme.example"}, "role"),
        ({"email": "x@acme.example", "role": "owner", "password": "x"}, "password"),
    ],
)
def test_a_bad_invitation_names_its_field(portal: PortalUnderTest, body: dict[str, str], field: str) -> None:
    answer = portal.api("POST", "/admins", body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field
    assert listed(portal) == {}


def test_neither_password_nor_second_factor_is_in_any_answer(portal: PortalUnderTest) -> None:
    portal.admin()
    keys = set(next(iter(listed(portal).values())))
    assert keys == {"id", "email", "role", "invited", "disabled", "two_factor", "created_at", "last_sign_in_at"}


def test_the_neighbors_admin_is_not_there(portal: PortalUnderTest) -> None:
    neighbor = PortalUnderTest.create(portal.app)
    neighbor.admin()
    (id,) = [one["id"] for one in listed(neighbor).values()]
    assert portal.api("PATCH", f"/admins/{id}", {"disabled": True}).status_code == 404
