"""Databases and servers of this directory alone: workers are killed here, so nobody else may depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.concurrency.arena import Arena
from tests.databases import DATABASES, Database, open_database
from tests.portals import PortalUnderTest
from tests.servers import Server

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one database in one process: then its workers start once, and timings are not disturbed."""
    for item in items:
        if HERE in item.path.parents:
            where = getattr(item, "callspec", None)
            item.add_marker(pytest.mark.xdist_group(f"concurrency-{where.params.get('database') if where else ''}"))


@pytest.fixture(scope="session", params=DATABASES)
def database(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Database]:
    """An empty, migrated database that only this directory uses."""
    with open_database(request.param, scratch / "storm") as found:
        yield found


@pytest.fixture(scope="session")
def server(database: Database) -> Iterator[Server]:
    """A real gunicorn with three workers, and a background worker, on that database."""
    with Server.started(database, workers=3) as found:
        yield found


@pytest.fixture
def arena(portal: PortalUnderTest, server: Server) -> Arena:
    """A portal of this test alone on that server."""
    return Arena(portal, server)
