"""Databases and servers of this directory alone: workers are killed here, so nobody else may depend on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import create_engine, make_url, text

from scim_portal.db import MIGRATIONS
from tests.concurrency.arena import Arena
from tests.databases import Database
from tests.portals import PortalUnderTest
from tests.servers import Server

NAME = "storm"


@pytest.fixture(scope="session")
def database(database: Database, scratch: Path) -> Database:
    """An empty, migrated database of the same kind that only this directory uses, and with it a job queue of its own."""
    var_dir = scratch / f"{NAME}-{database.kind}"
    var_dir.mkdir()
    own = replace(database, url=own_url(database, var_dir), var_dir=var_dir)
    with own.application().app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
    return own


def own_url(database: Database, var_dir: Path) -> str:
    """Make room for another database: a new file, or a new database on the PostgreSQL that runs already."""
    if database.kind == "sqlite":
        return f"sqlite:///{var_dir / 'portal.db'}"
    engine = create_engine(database.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    engine.dispose()
    return make_url(database.url).set(database=NAME).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server(database: Database) -> Iterator[Server]:
    """A real gunicorn with three workers, and a background worker, on that database."""
    with Server.started(database, workers=3) as found:
        yield found


@pytest.fixture
def arena(portal: PortalUnderTest, server: Server) -> Arena:
    """A portal of this test alone on that server."""
    return Arena(portal, server)
