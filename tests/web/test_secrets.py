"""No credential and no password leaves the request it came with: not into a log, a row, or an answer."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import String, cast, select

from scim_portal import logs
from scim_portal.db import Model, db
from tests.clients import LoneClient
from tests.databases import Database, Databases
from tests.portals import PortalUnderTest, a_group, a_patch, a_user

CANARY = "Canary-pa55word-7f3e9"


@pytest.fixture(scope="session")
def database(database: Database, databases: Databases) -> Database:
    """A database that is soon dumped, for it has nothing in it but what these tests store."""
    return databases.named(database.kind, "dumped")


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on it; pytest would keep the one that other files asked for."""
    return database.app


@pytest.fixture(autouse=True)
def calls_stand_alone(portal: PortalUnderTest) -> None:
    portal.client = LoneClient(portal.app, portal.app.response_class)


@pytest.fixture
def logged(portal: PortalUnderTest) -> Iterator[io.StringIO]:
    """The product's own log, as `logs` writes it, caught in a text."""
    before, caught = structlog.get_config(), io.StringIO()
    logs.configure(replace(portal.settings, log_level="DEBUG"))
    structlog.configure(**structlog.get_config() | {"logger_factory": structlog.PrintLoggerFactory(caught)})
    yield caught
    structlog.configure(**before)


def everything_stored(portal: PortalUnderTest, database: Database) -> str:
    """Dump the database: all of it on SQLite, every column of the portal's rows on PostgreSQL."""
    db.session.rollback()
    if database.kind == "sqlite":
        connection = sqlite3.connect(database.url.removeprefix("sqlite:///"))
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()
    lines = []
    for table in Model.metadata.tables.values():
        mine = table.c.portal_id if "portal_id" in table.c else table.c.id
        texts = [cast(column, String) for column in table.columns]
        lines += [str(tuple(row)) for row in db.session.execute(select(*texts).where(mine == portal.ref.id))]
    return "\n".join(lines)


def talk(portal: PortalUnderTest) -> list[str]:
    """Send the password wherever a client might put it, rightly and wrongly, and collect the answers."""
    id = portal.provision("ann@x.example", password=CANARY)
    group = portal.push("Sales", id)
    bodies: list[tuple[str, str, Any]] = [
        ("PUT", f"/Users/{id}", a_user("ann@x.example", password=CANARY)),
        ("POST", "/Users", a_user("ann@x.example", password=CANARY)),
        ("POST", "/Users", a_user("", password=CANARY)),
        ("POST", "/Users", a_user("bob@x.example", password={"value": CANARY})),
        ("POST", "/Users", a_user("eve@x.example", active="perhaps", password=CANARY)),
        ("PATCH", f"/Users/{id}", a_patch({"op": "replace", "path": "password", "value": CANARY})),
        ("PATCH", f"/Users/{id}", a_patch({"op": "replace", "value": {"password": CANARY}})),
        ("PATCH", f"/Users/{id}", a_patch({"op": "add", "path": "password.x", "value": CANARY})),
        ("PATCH", f"/Users/{id}", a_patch({"op": "replace", "path": "active", "value": {"password": CANARY}})),
        ("PUT", f"/Groups/{group}", a_group("Sales") | {"password": CANARY}),
    ]
    answers = [portal.scim(method, path, body) for method, path, body in bodies]
    answers.append(portal.scim("POST", "/Users", data=f'{{"password": "{CANARY}", "userName": '))
    answers.append(portal.scim("GET", f"/Users/{id}?attributes=password,userName"))
    answers.append(portal.scim("GET", "/Users?attributes=password"))
    return [answer.text + str(answer.headers) for answer in answers]


def test_a_password_is_never_answered_stored_or_logged(
    portal: PortalUnderTest, database: Database, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = talk(portal)
    assert [answer for answer in answers if CANARY in answer] == []
    dump = everything_stored(portal, database)
    assert "ann@x.example" in dump
    assert CANARY not in dump
    assert CANARY not in logged.getvalue() + "".join(capfd.readouterr())


def test_a_filter_by_password_is_refused_without_repeating_it(portal: PortalUnderTest) -> None:
    answer = portal.scim("GET", f'/Users?filter=password eq "{CANARY}"')
    assert answer.status_code == 400
    assert CANARY not in answer.text


def test_a_token_is_never_answered_stored_or_logged(
    portal: PortalUnderTest, database: Database, logged: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    values = [portal.token, portal.api_key(), portal.scim_token(lives=timedelta(minutes=1))]
    texts = []
    for value in values:
        for sent in (f"Bearer {value}", f"Bearer {value}x", f"Basic {value}", f"Bearer {value} {value}"):
            for path in (
                "/scim/v2/Users",
                "/scim/v2/Users/x",
                "/scim/v2/Nope",
                "/api/v1/users",
                "/api/v1/nope",
                "/users",
            ):
                answer = portal.client.get(portal.base + path, headers={"Authorization": sent})
                texts.append(answer.text + str(answer.headers))
    texts += [portal.api("GET", "/connectors").text, everything_stored(portal, database)]
    texts.append(logged.getvalue() + "".join(capfd.readouterr()))
    for value in values:
        body = value[6:50]
        assert [text[:300] for text in texts if body in text] == []


def test_a_fault_of_ours_is_logged_without_secrets_and_answered_without_a_trace(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"token {portal.token} is in this message")

    token = portal.token
    monkeypatch.setattr("scim_portal.services.search.find", broken)
    answer = portal.scim("GET", "/Users")
    assert answer.status_code == 500
    assert answer.mimetype == "application/scim+json"
    assert "RuntimeError" not in answer.text
    assert answer.headers["X-Request-ID"] in logged.getvalue()
    assert token[6:50] not in logged.getvalue()
