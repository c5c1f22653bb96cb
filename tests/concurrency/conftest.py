"""Databases and servers of this directory alone: workers are killed here, so nobody else may depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.concurrency.arena import Arena
from tests.databases import Database, Databases
from tests.portals import PortalUnderTest
from tests.servers import Server, Servers


@pytest.fixture(scope="session")
def database(database: Database, databases: Databases) -> Database:
    """A migrated database of the same kind that only this directory uses, and with it a job queue of its own."""
    return databases.named(database.kind, "storm")


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on it; pytest would keep the one that other directories asked for."""
    return database.app


@pytest.fixture(scope="session")
def server(database: Database, servers: Servers) -> Server:
    """A real gunicorn with three workers, and a background worker, on that database."""
    return servers.on(database, workers=3)


@pytest.fixture
def arena(portal: PortalUnderTest, server: Server) -> Arena:
    """A portal of this test alone on that server."""
    return Arena(portal, server)


class LonelyServer(Server):
    """A server whose worker shares no queue with the other server's on the same database."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"HUEY_URL": "sqlite"}


@pytest.fixture
def strict_server(database: Database) -> Iterator[Server]:
    """A server whose transactions are all SERIALIZABLE, as on CockroachDB; PostgreSQL only."""
    if database.kind != "postgresql":
        pytest.skip("SQLite has one isolation level, and it is this one")
    mark = "&" if "?" in database.url else "?"
    url = f"{database.url}{mark}options=-c%20default_transaction_isolation%3Dserializable"
    with LonelyServer.started(replace(database, url=url), workers=3) as found:
        yield found
