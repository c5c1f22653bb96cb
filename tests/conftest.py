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

from tests import thoroughness
from tests.databases import DATABASES, Database, Databases
from tests.portals import LivePortal, PortalUnderTest
from tests.servers import Server, Servers

thoroughness.forget_the_clock()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put SQLite first and PostgreSQL last: two workers begin with a half each, and either half needs one kind of servers."""
    items.sort(key=lambda item: {"sqlite": 0, "postgresql": 2}.get(kind_of(item), 1))


def kind_of(item: pytest.Item) -> str:
    """Tell which kind of database a test runs on, if on any."""
    call = getattr(item, "callspec", None)
    return call.params.get("database", "") if call else ""


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory with a short name, for databases and sockets."""
    path = Path(tempfile.mkdtemp(prefix="sp-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(scratch: Path) -> Iterator[Databases]:
    """The databases of this session, made when they are needed."""
    found = Databases(scratch)
    yield found
    found.close()


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest, databases: Databases) -> Database:
    """A migrated database that no worker looks into."""
    return databases.named(request.param, "quiet")


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on that database; statements that forget the portal fail."""
    return database.app


@pytest.fixture
def portal(app: Flask) -> Iterator[PortalUnderTest]:
    """A portal of this test alone, inside the application's context."""
    with app.app_context():
        yield PortalUnderTest.create(app)


@pytest.fixture(scope="session")
def servers(databases: Databases) -> Iterator[Servers]:
    """The running installations of this session, started when they are needed."""
    found = Servers()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def server(database: Database, databases: Databases, servers: Servers) -> Server:
    """A real gunicorn with two workers, and a background worker, on another database of the same kind."""
    return servers.on(databases.named(database.kind, "live"))


@pytest.fixture
def live_portal(server: Server) -> LivePortal:
    """A portal of this test alone on a running server."""
    return LivePortal.create(server)
