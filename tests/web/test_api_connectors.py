"""Connectors, their tokens, exports and jobs over the admin API."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.portals import PortalUnderTest, a_policy

NOBODY = "0198c0de-0000-7000-8000-000000000000"


def _in(portal: PortalUnderTest, **parts: int) -> str:
    return (portal.ctx().now + timedelta(**parts)).replace(microsecond=0).isoformat()


def _calls(portal: PortalUnderTest, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    status: int = portal.client.get(f"{portal.base}/scim/v2/Users", headers=headers).status_code
    return status


def test_a_connector_is_enabled_only_with_a_decided_default_and_a_token(portal: PortalUnderTest) -> None:
    created = portal.api("POST", "/connectors", {"kind": "okta", "strict": True})
    assert created.status_code == 201
    expected = {
        "kind": "okta",
        "name": "Okta",
        "enabled": False,
        "strict": True,
        "show_licenses": False,
        "tolerance": "okta",
    }
    assert created.json | expected == created.json
    address = f"/connectors/{created.json['id']}"
    for needed in (
        lambda: portal.publish(a_policy()),
        lambda: portal.api("POST", f"{address}/tokens", {"expires_at": _in(portal, days=9)}),
    ):
        refused = portal.api("PATCH", address, {"enabled": True})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "enabled")
        needed()
    enabled = portal.api("PATCH", address, {"enabled": True, "name": "HR", "show_licenses": True})
    assert (enabled.status_code, enabled.json["enabled"], enabled.json["name"]) == (200, True, "HR")
    assert portal.api("GET", address).json == enabled.json
    assert portal.api("GET", "/connectors").json == {"items": [enabled.json], "next": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "ping"}, "kind"),
        ({"kind": "okta", "strict": "yes"}, "strict"),
        ({"kind": "okta", "enabled": True}, "enabled"),
    ],
)
def test_a_bad_connector_is_refused_with_the_field(portal: PortalUnderTest, body: dict[str, Any], field: str) -> None:
    answer = portal.api("POST", "/connectors", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_token_is_shown_once_and_works_until_it_is_revoked(portal: PortalUnderTest) -> None:
    address = f"/connectors/{portal.connector().id}/tokens"
    expires = _in(portal, days=30)
    issued = portal.api("POST", address, {"expires_at": expires, "name": "Main"})
    assert (issued.status_code, issued.json["expires_at"]) == (201, expires.replace("+00:00", "Z"))
    token = issued.json["token"]
    assert _calls(portal, token) == 200
    listed = portal.api("GET", address)
    assert token not in listed.text
    assert listed.json["items"][0]["name"] == "Main"
    assert portal.api("POST", f"/tokens/{issued.json['id']}/revoke").status_code == 200
    assert _calls(portal, token) == 401


@pytest.mark.parametrize(
    "body", [{}, {"expires_at": None}, {"expires_at": "2001-01-01T00:00:00Z"}, {"expires_at": "soon"}]
)
def test_a_token_needs_a_day_to_expire_on(portal: PortalUnderTest, body: dict[str, Any]) -> None:
    answer = portal.api("POST", f"/connectors/{portal.connector().id}/tokens", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "expires_at")


def test_a_regenerated_token_dies_at_once_or_after_the_overlap(portal: PortalUnderTest) -> None:
    address = f"/connectors/{portal.connector().id}/tokens"
    first = portal.api("POST", address, {"expires_at": _in(portal, days=30)}).json
    body = {"expires_at": _in(portal, days=60), "overlap_seconds": 3600}
    second = portal.api("POST", f"/tokens/{first['id']}/regenerate", body)
    assert second.status_code == 201
    assert (_calls(portal, first["token"]), _calls(portal, second.json["token"])) == (200, 200)
    third = portal.api("POST", f"/tokens/{second.json['id']}/regenerate", {"expires_at": _in(portal, days=60)}).json
    assert (_calls(portal, second.json["token"]), _calls(portal, third["token"])) == (401, 200)
    assert portal.api("POST", f"/tokens/{second.json['id']}/regenerate", body).status_code == 409
    too_long = portal.api("POST", f"/tokens/{third['id']}/regenerate", body | {"overlap_seconds": 604_801})
    assert (too_long.status_code, too_long.json["errors"][0]["field"]) == (422, "overlap_seconds")


def test_a_key_is_not_found_among_tokens_nor_a_token_among_keys(portal: PortalUnderTest) -> None:
    portal.connector()
    key = portal.api("GET", "/api-keys").json["items"][0]["id"]
    token = portal.api("GET", f"/connectors/{portal.connector().id}/tokens").json["items"][0]["id"]
    assert portal.api("POST", f"/tokens/{key}/revoke").status_code == 404
    assert portal.api("POST", f"/api-keys/{token}/revoke").status_code == 404


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_an_export_is_begun_watched_and_downloaded_by_an_auditor(portal: PortalUnderTest, format: str) -> None:
    portal.license("view", 5)
    portal.publish(a_policy(default="view"))
    portal.provision("ann@x.example")
    begun = portal.api("POST", "/exports", {"dataset": "seats", "format": format, "as_of": None}, role="auditor")
    assert begun.status_code == 202
    address = f"/exports/{begun.json['id']}"
    assert portal.api("GET", address, role="auditor").json["state"] == "queued"
    assert portal.api("GET", f"{address}/download", role="auditor").status_code == 409
    portal.run_due()
    found = portal.api("GET", address, role="auditor").json
    assert (found["state"], found["result"]["rows"]) == ("done", 1)
    file = portal.api("GET", f"{address}/download", role="auditor")
    assert (file.status_code, file.headers["Cache-Control"]) == (200, "no-store")
    assert file.headers["Content-Disposition"] == f"attachment; filename=seats.{format}"
    assert hashlib.sha256(file.data).hexdigest() == found["result"]["sha256"]
    assert b"ann@x.example" in file.data
    file.close()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"dataset": "secrets", "format": "csv"}, "dataset"),
        ({"dataset": "seats", "format": "pdf"}, "format"),
        ({"dataset": "seats", "format": "csv", "as_of": "2999-01-01T00:00:00Z"}, "as_of"),
        ({"dataset": "ledger", "format": "csv", "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"format": "csv"}, "dataset"),
    ],
)
def test_a_bad_export_is_refused_with_the_field(portal: PortalUnderTest, body: dict[str, Any], field: str) -> None:
    answer = portal.api("POST", "/exports", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_unknown_jobs_and_exports_are_not_found(portal: PortalUnderTest) -> None:
    portal.publish(a_policy())
    job = portal.api("GET", "/policy/versions").json["items"][0]["job_id"]
    assert portal.api("GET", f"/jobs/{job}").json["kind"] == "settle_all"
    for path in (f"/jobs/{NOBODY}", f"/exports/{NOBODY}", f"/exports/{job}", f"/exports/{job}/download", "/jobs/x"):
        assert portal.api("GET", path).status_code == 404, path
