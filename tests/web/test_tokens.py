"""Which SCIM credentials open the door, and what each refusal tells the identity administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from scim_portal import clock
from scim_portal.db import db, transact
from scim_portal.models import Credential
from scim_portal.services import connectors, secrets_format, tokens
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_user

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture(autouse=True)
def calls_stand_alone(portal: PortalUnderTest) -> None:
    portal.client = LoneClient(portal.app, portal.app.response_class)


def call(
    portal: PortalUnderTest, authorization: str | None, method: str = "GET", path: str = "/Users", **options: Any
) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return portal.client.open(f"{portal.base}/scim/v2{path}", method=method, headers=headers, **options)


def check_refused(answer: Any, *words: str, status: int = 401) -> None:
    assert answer.status_code == status
    assert answer.mimetype == "application/scim+json"
    assert answer.json["schemas"] == [ERROR]
    assert answer.json["status"] == str(status)
    assert [word for word in words if word not in answer.json["detail"]] == []
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


def credential_id(portal: PortalUnderTest, value: str) -> str:
    claim = secrets_format.read(portal.settings.secret_key, secrets_format.SCIM_PREFIX, value)
    assert claim is not None
    return claim.id


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "bearer Bearer",
        "non-token",
        "Bearer non-token",
        "Basic YTpi",
        "Bearer a b",
        "Bearer scimp_",
        "Bearer \xe4\xf6",
    ],
)
def test_nothing_and_garbage_are_refused(portal: PortalUnderTest, authorization: str | None) -> None:
    check_refused(call(portal, authorization), "token")


def test_a_token_works_with_its_scheme_once_twice_or_missing(portal: PortalUnderTest) -> None:
    for scheme in ("Bearer ", "bearer ", "BEARER  ", "Bearer Bearer ", "Bearer bearer Bearer ", ""):
        assert call(portal, f"{scheme}{portal.token}").status_code == 200, scheme


def test_every_typo_is_refused(portal: PortalUnderTest) -> None:
    value = portal.token
    typos = [
        value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :] for place in range(0, len(value), 7)
    ]
    for typo in (*typos, value[:-1], value + "x", value.upper(), value.replace("scimp_", "scimk_")):
        check_refused(call(portal, f"Bearer {typo}"), "not known here")


def test_a_token_that_another_secret_signed_is_refused(portal: PortalUnderTest) -> None:
    claim = credential_id(portal, portal.token)
    forged = secrets_format.mint(
        "another secret, as long as it takes", "scimp_", claim, clock.now() + timedelta(days=9)
    )
    check_refused(call(portal, f"Bearer {forged}"), "not known here")


def test_a_well_signed_value_that_was_never_issued_is_refused(portal: PortalUnderTest) -> None:
    claim = credential_id(portal, portal.token)
    twin = secrets_format.mint(portal.settings.secret_key, "scimp_", claim, clock.now() + timedelta(days=9))
    check_refused(call(portal, f"Bearer {twin}"), "not known in this portal")


def test_another_portals_token_and_an_api_key_are_refused(portal: PortalUnderTest) -> None:
    other = PortalUnderTest.create(portal.app)
    check_refused(call(portal, f"Bearer {other.token}"), "not known in this portal")
    check_refused(call(portal, f"Bearer {portal.api_key()}"), "not known here")


def test_an_expired_token_is_told_when_it_expired(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    token = portal.scim_token(lives=timedelta(hours=1))
    end = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: end - timedelta(seconds=5))
    assert call(portal, f"Bearer {token}").status_code == 200
    monkeypatch.setattr(clock, "now", lambda: end + timedelta(seconds=1))
    check_refused(call(portal, f"Bearer {token}"), "expired on", f"{end:%Y-%m-%d}")


def test_a_revoked_token_is_told_so(portal: PortalUnderTest) -> None:
    token = portal.token
    transact(lambda: tokens.revoke(portal.ctx(), credential_id(portal, token), reason="leaked"))
    check_refused(call(portal, f"Bearer {token}"), "revoked")


def test_a_token_regenerated_without_overlap_dies_at_once(portal: PortalUnderTest) -> None:
    old, later = portal.token, clock.now() + timedelta(days=5)
    new = transact(lambda: tokens.regenerate(portal.ctx(), credential_id(portal, old), expires_at=later)).value
    check_refused(call(portal, f"Bearer {old}"), "replaced by a new value")
    assert call(portal, f"Bearer {new}").status_code == 200


def test_a_token_regenerated_with_overlap_works_until_it_ends(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, later, start = portal.token, clock.now() + timedelta(days=20), clock.now()
    overlap = timedelta(days=2)
    new = transact(
        lambda: tokens.regenerate(portal.ctx(), credential_id(portal, old), expires_at=later, overlap=overlap)
    ).value
    for moment, status in ((start + timedelta(days=1), 200), (start + timedelta(days=2, seconds=9), 401)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert call(portal, f"Bearer {old}").status_code == status
        assert call(portal, f"Bearer {new}").status_code == 200


def test_a_disabled_connector_is_403_by_name(portal: PortalUnderTest) -> None:
    token, connector = portal.token, portal.connector()
    transact(lambda: connectors.change(portal.ctx(), connector.id, enabled=False))
    check_refused(call(portal, f"Bearer {token}"), "switched off", status=403)


def test_a_narrowed_token_does_only_what_its_scopes_say(portal: PortalUnderTest) -> None:
    narrowed = update(Credential).where(
        Credential.portal_id == portal.ref.id, Credential.id == credential_id(portal, portal.token)
    )
    transact(lambda: db.session.execute(narrowed.values(scopes=["scim:user:read", "scim:group:create"])))
    bearer = f"Bearer {portal.token}"
    assert call(portal, bearer).status_code == 200
    assert call(portal, bearer, "POST", "/Groups", json=a_group()).status_code == 201
    for method, path, scope in (
        ("POST", "/Users", "scim:user:create"), ("GET", "/Groups", "scim:group:read"), ("GET", "/Schemas", "scim:schema:read"),
        ("DELETE", "/Users/x", "scim:user:delete"), ("PATCH", "/Groups/x", "scim:group:update"),
    ):  # fmt: skip
        check_refused(call(portal, bearer, method, path, json=a_user()), scope, status=403)
