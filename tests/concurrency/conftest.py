"""Databases and servers of this directory alone: workers are killed here, so nobody else may depend on them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.concurrency.arena import Arena
from tests.databases import Database, migrated
from tests.portals import PortalUnderTest
from tests.servers import Server


@pytest.fixture(scope="session")
def database(database: Database, scratch: Path) -> Database:
    """An empty, migrated database of the same kind that only this directory uses, and with it a job queue of its own."""
    name = f"storm_{secrets.token_hex(4)}"  # pytest may build this fixture more than once in a session
    var_dir = scratch / name
    var_dir.mkdir()
    return migrated(replace(database, url=own_url(database, var_dir, name), var_dir=var_dir))


def own_url(database: Database, var_dir: Path, name: str) -> str:
    """Make room for another database: a new file, or a new database on the PostgreSQL that runs already."""
    if database.kind == "sqlite":
        return f"sqlite:///{var_dir / 'portal.db'}"
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(database.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server(database: Database) -> Iterator[Server]:
    """A real gunicorn with three workers, and a background worker, on that database."""
    with Server.started(database, workers=3) as found:
        yield found


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
