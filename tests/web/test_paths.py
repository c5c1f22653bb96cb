"""One portal, many spellings of its address: by path, by host, by its own domain, by default; and the aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import create_app
from scim_portal.db import db, transact
from scim_portal.models import Portal
from tests.clients import LoneClient
from tests.databases import Database
from tests.portals import PortalUnderTest, a_user

DOMAIN = "portals.example"
SPELLINGS = (
    "/scim/v2/Users", "/scim/v2/Users/", "/scim/v2//Users", "//scim/v2/Users", "/scim/v2/users", "/SCIM/V2/USERS",
    "/api/v1/SCIM/SCIMOkta/Users", "/api/v1/scim/scimokta/users/", "/api/scim/resource/v2/Users",
    "/api/scim/resource/v2//users",
)  # fmt: skip


@pytest.fixture(scope="module")
def served(database: Database) -> Flask:
    """The application with a domain for portals."""
    return database.application(portal_domain=DOMAIN)


@pytest.fixture
def here(served: Flask) -> Iterator[PortalUnderTest]:
    with served.app_context():
        portal = PortalUnderTest.create(served)
        portal.client = LoneClient(served, served.response_class)
        portal.provision("ann@x.example")
        yield portal


def users(portal: PortalUnderTest, path: str, **options: Any) -> Any:
    return portal.client.get(path, headers={"Authorization": f"Bearer {portal.token}"}, **options)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_the_scim_address_answers(here: PortalUnderTest, spelling: str) -> None:
    answer = users(here, here.base + spelling)
    assert answer.status_code == 200, answer.text
    assert answer.json["totalResults"] == 1


@pytest.mark.parametrize("spelling", ["/scim/v2/Users", "/scim/v2//users/", "/api/v1/SCIM/SCIMOkta/Users"])
def test_a_portal_is_reached_by_its_host(here: PortalUnderTest, spelling: str) -> None:
    for host in (f"{here.slug}.{DOMAIN}", f"{here.slug.upper()}.{DOMAIN}:8443"):
        answer = users(here, spelling, base_url=f"https://{host}")
        assert answer.status_code == 200, answer.text


def test_the_path_wins_over_the_host(here: PortalUnderTest) -> None:
    other = PortalUnderTest.create(here.app)
    assert users(here, f"{here.base}/scim/v2/Users", base_url=f"https://{other.slug}.{DOMAIN}").status_code == 200


def test_a_portal_is_reached_by_its_own_domain(here: PortalUnderTest) -> None:
    own = f"scim.{here.slug}.example"
    named = update(Portal).where(Portal.id == here.ref.id).values(domain=own)
    transact(lambda: db.session.execute(named))
    answer = users(here, "/scim/v2/Users", base_url=f"https://{own}")
    assert answer.status_code == 200
    assert answer.json["Resources"][0]["meta"]["location"].startswith(f"https://{own}/scim/v2/Users/")


def test_on_a_bare_host_the_default_portal_answers_and_without_one_nobody(
    database: Database, here: PortalUnderTest
) -> None:
    assert users(here, "/scim/v2/Users").status_code == 404
    fallback = create_app(replace(database.settings(portal_domain=DOMAIN), default_portal=here.slug))
    client = LoneClient(fallback, fallback.response_class)
    answer = client.get("/scim/v2/Users", headers={"Authorization": f"Bearer {here.token}"})
    assert answer.status_code == 200


def test_links_come_from_the_portal_and_never_from_the_callers_host(here: PortalUnderTest) -> None:
    expected = f"https://{here.slug}.{DOMAIN}/scim/v2/Users/"
    answer = here.client.post(
        f"{here.base}/scim/v2/Users",
        json=a_user("bob@x.example"),
        headers={"Authorization": f"Bearer {here.token}", "X-Forwarded-Host": "evil.example"},
        base_url="https://evil.example",
    )
    assert answer.status_code == 201
    assert answer.headers["Location"] == expected + answer.json["id"] == answer.json["meta"]["location"]
    assert "evil.example" not in answer.text


def test_errors_keep_to_the_dialect_of_the_address(here: PortalUnderTest) -> None:
    kinds = {"/scim/v2/Nope": "application/scim+json", "/api/v1/nope": "application/problem+json", "/nope": "text/html"}
    kinds |= {
        "/api/scim/resource/v2/Nope": "application/scim+json",
        "/api/v1/SCIM/SCIMOkta/x/y/z": "application/scim+json",
    }
    for path, kind in kinds.items():
        answer = here.client.get(here.base + path)
        assert (answer.status_code, answer.mimetype) == (404, kind), path


def test_a_literal_plus_in_a_filter_survives_one_decoding(here: PortalUnderTest) -> None:
    here.provision("a+b@x.example")
    for sent in ("filter=userName%20eq%20%22a%2Bb%40x.example%22", "filter=userName+eq+%22a%2Bb@x.example%22"):
        assert users(here, f"{here.base}/scim/v2/Users?{sent}").json["totalResults"] == 1
