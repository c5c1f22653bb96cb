"""Databases and servers of this directory alone: workers are killed here, so nobody else may depend on them."""

from __future__ import annotations

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
