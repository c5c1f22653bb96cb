"""The page of API keys: made and shown once, listed masked, revoked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from scim_portal import clock
from scim_portal.services import tokens
from tests.portals import PortalUnderTest
from tests.web.test_portal_two_factor import actions
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor


def form(**changes: str) -> dict[str, str]:
    return {
        "name": "Dashboard",
        "role": "auditor",
        "expires_at": f"{clock.now() + timedelta(days=9):%Y-%m-%d}",
    } | changes


def made(visitor: Visitor, **changes: str) -> str:
    answer = visitor.send("/api-keys", form(**changes))
    found = re.search(r'id="key-value" value="(scimk_[^"]+)"', answer.text)
    assert found, answer.text
    return found[1]


def test_a_key_is_shown_once_and_works_with_its_role(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    value = made(visitor)
    headers = {"Authorization": f"Bearer {value}"}
    assert portal.client.get(f"{portal.base}/api/v1/users", headers=headers).status_code == 200
    assert portal.client.post(f"{portal.base}/api/v1/connectors", json={}, headers=headers).status_code == 403
    page = visitor.page("/api-keys")
    assert value not in page
    assert f"scimk_…{value[-4:]}" in page
    assert "Dashboard" in page


def test_a_revoked_key_is_dead_at_once(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    headers = {"Authorization": f"Bearer {made(visitor)}"}
    (path,) = re.findall(r'action="[^"]*(/api-keys/[^"]+/revoke)"', visitor.page("/api-keys"))
    assert visitor.send(path).status_code == 302
    assert portal.client.get(f"{portal.base}/api/v1/users", headers=headers).status_code == 401
    assert ">revoked<" in visitor.page("/api-keys")
    assert actions(portal)[-2:] == ["api_key.issued", "api_key.revoked"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expires_at": ""}, "Choose a date."),
        ({"expires_at": "2020-01-01"}, "must lie in the future"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"role": "king"}, ""),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_and_what_was_typed_stays(
    portal: PortalUnderTest, changes: dict[str, str], said: str
) -> None:
    visitor = Visitor.signed_in(portal)
    answer = visitor.send("/api-keys", form(**changes))
    assert answer.status_code == 422
    assert said in answer.text
    assert tokens.api_keys(portal.ctx()) == []


def test_a_connectors_token_is_no_key_that_could_be_revoked_here(portal: PortalUnderTest) -> None:
    visitor, connector = Visitor.signed_in(portal), portal.connector()
    token = tokens.of_connector(portal.ctx(), connector.id)[0].id
    assert visitor.send(f"/api-keys/{token}/revoke").status_code == 404
    assert tokens.has_valid(portal.ctx(), connector.id)


def test_the_list_takes_as_many_statements_for_many_as_for_one(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    made(visitor)
    with counted() as few:
        visitor.page("/api-keys")
    for _ in range(5):
        made(visitor)
    with counted() as many:
        visitor.page("/api-keys")
    assert len(many) == len(few) <= 6
