"""Who may call what, and how refusals look."""

from __future__ import annotations

from typing import Any

import pytest

from tests.portals import PortalUnderTest

EVERYBODY = {"owner", "license-admin", "auditor", "helpdesk"}
PROBLEM = "application/problem+json"
METHODS = {"get", "post", "patch", "delete"}


def _allowed(method: str, path: str) -> set[str]:
    """Contract §3, written down once more: owner all, license-admin no connectors and tokens, the others read."""
    if path.startswith("/exports"):
        return EVERYBODY - {"helpdesk"}
    if path.startswith("/admins") or path.endswith("/erase"):
        return {"owner"}
    if path == "/policy/lint":  # asks, changes nothing
        return EVERYBODY
    if path.endswith("/account-link"):
        return EVERYBODY - {"auditor"}
    if method == "GET":
        return EVERYBODY
    if path.startswith(("/connectors", "/tokens", "/api-keys", "/notice-settings")):
        return {"owner"}
    return {"owner", "license-admin"}


def _forget() -> None:
    """Drop the portal that the last request found: requests of a test share the fixture's application context."""


def _operations(portal: PortalUnderTest) -> list[tuple[str, str]]:
    document = portal.client.get(f"{portal.base}/api/v1/openapi.json").json
    found = [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS
    ]
    assert len(found) > 40
    return [(method, path.replace("{version}", "1").replace("{", "").replace("}", "")) for method, path in found]


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_role_may_do_what_the_contract_says_and_nothing_else(portal: PortalUnderTest, role: str) -> None:
    for method, path in _operations(portal):
        answer = portal.api(method, path, role=role)
        assert answer.status_code != 401
        may = role in _allowed(method, path)
        assert (answer.status_code != 403) == may, (method, path, answer.status_code)
        assert may or (answer.mimetype == PROBLEM and role in answer.json["detail"])


def test_nothing_but_the_description_is_open_to_strangers(portal: PortalUnderTest) -> None:
    for method, path in _operations(portal):
        answer = portal.client.open(f"{portal.base}/api/v1{path}", method=method)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM), (method, path)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_scim_token_is_no_api_key_and_a_neighbors_key_is_unknown(portal: PortalUnderTest) -> None:
    neighbor = PortalUnderTest.create(portal.app)
    for value in (portal.scim_token(), neighbor.api_key(), portal.api_key()[:-1], ""):
        headers = {"Authorization": f"Bearer {value}"}
        assert portal.client.get(f"{portal.base}/api/v1/policy", headers=headers).status_code == 401


def test_a_neighbors_ids_are_not_found(portal: PortalUnderTest) -> None:
    neighbor = PortalUnderTest.create(portal.app)
    neighbor.license("pro", 1)
    line = neighbor.api("GET", "/license-types/pro/contract-lines").json["items"][0]["id"]
    user, group, connector = neighbor.provision("ann@x.example"), neighbor.push("Sales"), neighbor.connector().id
    token = neighbor.api("GET", f"/connectors/{connector}/tokens").json["items"][0]["id"]
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/license-types/pro", None), ("PATCH", f"/contract-lines/{line}", {}), ("GET", f"/users/{user}", None),
        ("POST", f"/users/{user}/deactivate", None), ("GET", f"/groups/{group}", None),
        ("POST", f"/tokens/{token}/revoke", None), ("PATCH", f"/connectors/{connector}", {}),
        ("GET", f"/connectors/{connector}/tokens", None),
    ]  # fmt: skip
    _forget()
    for method, path, body in calls:
        assert portal.api(method, path, body).status_code == 404, path


def test_a_revoked_key_is_dead_at_once(portal: PortalUnderTest) -> None:
    issued = portal.api("POST", "/api-keys", {"role": "auditor", "expires_at": "2099-01-01T00:00:00Z"})
    assert issued.status_code == 422
    body = {
        "role": "auditor",
        "expires_at": portal.ctx().now.replace(year=portal.ctx().now.year + 1, day=1).isoformat(),
    }
    issued = portal.api("POST", "/api-keys", body)
    assert issued.status_code == 201
    headers = {"Authorization": f"Bearer {issued.json['key']}"}
    assert portal.client.get(f"{portal.base}/api/v1/policy", headers=headers).status_code == 200
    assert portal.api("POST", f"/api-keys/{issued.json['id']}/revoke", {"reason": "lost"}).json["revoked_at"]
    assert portal.client.get(f"{portal.base}/api/v1/policy", headers=headers).status_code == 401
    listed = {key["id"]: key for key in portal.api("GET", "/api-keys").json["items"]}[issued.json["id"]]
    assert issued.json["key"] not in str(listed)
    assert listed["masked"].endswith(issued.json["key"][-4:])


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"key": NaN}', "application/json", 400),
        (b'{"key": "a", "key": "b"}', "application/json", 400),
        (b'{"key": "\\u0000"}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"key=a", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 422),
        (b"{}", "application/merge-patch+json", 422),
        (b"", "application/json", 422),
    ],
)
def test_a_bad_body_is_a_problem_with_the_right_status(
    portal: PortalUnderTest, body: bytes, media_type: str, status: int
) -> None:
    answer = portal.api("POST", "/license-types", data=body, content_type=media_type)
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (status, PROBLEM, status)
    assert answer.json["detail"]


def test_an_unknown_address_and_a_wrong_method_are_problems(portal: PortalUnderTest) -> None:
    unknown = portal.api("GET", "/nothing")
    assert (unknown.status_code, unknown.mimetype) == (404, PROBLEM)
    wrong = portal.api("DELETE", "/policy")
    assert (wrong.status_code, wrong.mimetype) == (405, PROBLEM)
    assert "GET" in wrong.headers["Allow"]


def test_a_refused_write_leaves_nothing_behind(portal: PortalUnderTest) -> None:
    refused = portal.api("POST", "/connectors", {"kind": "okta", "tolerance": "lax", "strict": True})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "tolerance")
    assert portal.api("GET", "/connectors").json["items"] == []
