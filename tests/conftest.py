"""What all tests share: both databases, an application on each, portals of their own, and running servers.

A test that asks for `portal` runs twice, on a SQLite file and on a real PostgreSQL. Tests do not see each other: each has a
portal of its own, which also tries the isolation all the time.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import DATABASES, Database, open_database
from tests.portals import LivePortal, PortalUnderTest
from tests.servers import Server
from tests.tenancy_hook import forbid_unscoped_statements


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory with a short name, for databases and sockets."""
    path = Path(tempfile.mkdtemp(prefix="sp-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Database]:
    """An empty, migrated database."""
    with open_database(request.param, scratch) as found:
        yield found


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on that database; statements that forget the portal fail."""
    app = database.application()
    with app.app_context():
        forbid_unscoped_statements()
    return app


@pytest.fixture
def portal(app: Flask) -> Iterator[PortalUnderTest]:
    """A portal of this test alone, inside the application's context."""
    with app.app_context():
        yield PortalUnderTest.create(app)


@pytest.fixture(scope="session")
def server(database: Database) -> Iterator[Server]:
    """A real gunicorn with two workers, and a background worker, on that database."""
    with Server.started(database) as found:
        yield found


@pytest.fixture
def live_portal(server: Server) -> LivePortal:
    """A portal of this test alone on a running server."""
    return LivePortal.create(server)
