"""The database: one SQLAlchemy object, one kind of transaction, one `commit()` in the whole code.

SQLite runs in WAL mode and every writer begins with BEGIN IMMEDIATE, so that reading before writing is safe; PostgreSQL
runs at READ COMMITTED (or whatever the server says) with row locks, and its plain reads in AUTOCOMMIT. Units that the
database refuses to order (40001, 40P01) are run again as a whole.
"""

from __future__ import annotations

import math
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, Select, event, func, null, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from scim_portal.config import ROOT, Settings
from scim_portal.context import Ctx

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TRIES = 40
PATIENCE_SECONDS = 15.0
LONGEST_PAUSE = 0.5
RECYCLE_SECONDS = 300
BUSY_MILLISECONDS = 15_000
IDLE_SECONDS = 5.0
_turn, _writer = threading.Lock(), threading.Lock()
T = TypeVar("T")


class Model(DeclarativeBase):
    """The base of all tables; a table with `portal_id` in its key belongs to one portal."""

    metadata = MetaData(naming_convention=NAMES)


MIGRATIONS = ROOT / "scim_portal" / "migrations"
migrate = Migrate()
db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "autoflush": False})


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in Python, `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def scoped(model: type[Any], ctx: Ctx) -> Select[Any]:
    """Begin a SELECT of one portal's rows; every read of a tenant table starts here."""
    return select(model).where(model.portal_id == ctx.portal.id)


def unindexed(column: Any) -> Any:
    """Give a column in a form that no index answers, where another condition has the index that should be used.

    SQLite's statistics are rough, and both databases gladly walk a large table in the order that is asked for.
    """
    return func.coalesce(column, null())


def insert(model: type[Any]) -> Any:
    """Make an INSERT in the database's own dialect, which knows `on_conflict_do_nothing` / `_do_update`."""
    if db.engine.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as dialect_insert
    else:
        from sqlalchemy.dialects.postgresql import insert as dialect_insert  # type: ignore[assignment]
    return dialect_insert(model)


@contextmanager
def transaction() -> Iterator[None]:
    """Run a write transaction: all of it is stored when the block ends, or nothing.

    A read begun before (by a guard, say) is ended first, so that the unit sees the present. Nesting is a bug and raises.
    """
    if db.session.info.get("writing"):
        raise RuntimeError("a transaction is already open: services never open one")
    db.session.rollback()
    with _in_line():
        db.session.info["writing"] = True
        try:
            db.session.connection(execution_options={"begin": "IMMEDIATE"})
            yield
            db.session.flush()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.info.pop("writing", None)


@contextmanager
def _in_line() -> Iterator[None]:
    """Let SQLite's writers of one process come one after the other: its own way of waiting is to look again now and then."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    if not _writer.acquire(timeout=BUSY_MILLISECONDS / 1000):
        raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
    try:
        yield
    finally:
        _writer.release()


def transact(unit: Callable[[], T]) -> T:
    """Run a unit in a transaction, again when the database asks for it; the unit must read everything it uses inside.

    Under SERIALIZABLE one commit refuses everybody who waited for the same row, so those who were refused go one after
    the other in each process, and are given as long as a writer waits for SQLite's lock.
    """
    end, attempt = time.monotonic() + PATIENCE_SECONDS, 0
    while True:
        try:
            with _turn if attempt else nullcontext(), transaction():
                return unit()
        except DBAPIError as error:
            attempt += 1
            if attempt == TRIES or time.monotonic() > end or not _worth_another_try(error):
                raise
            db.session.remove()
            time.sleep(random.uniform(0.5, 1.5) * min(LONGEST_PAUSE, 0.01 * 2**attempt))  # noqa: S311


def reading() -> None:
    """Begin a plain read, without a transaction around it: on PostgreSQL that saves round trips, on SQLite statements."""
    if db.session().in_transaction():
        return
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    else:
        db.session.connection(execution_options={"begin": None})


def connection() -> Connection:
    """Give the connection of the present transaction; asking the session for it each time costs as much as a statement."""
    session = db.session()
    found: Connection | None = session.info.get("connection")
    if found is None or found.closed:
        found = session.info["connection"] = session.connection()
    return found


def snapshot() -> None:
    """Begin a read in which nothing changes underfoot, for exports and proofs; inside a write it is that write's view."""
    if db.session.info.get("writing"):
        return
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def is_unavailable(error: BaseException) -> bool:
    """Tell whether the database could not serve just now: busy beyond the wait, down, out of connections."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _worth_another_try(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in {"40001", "40P01"}


def prepare(engine: Engine) -> None:
    """Teach an engine the house's way of connecting and beginning; call once per engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _configure_postgresql)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_ping_idle, engine.dialect))


def _configure_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: `_begin_sqlite` does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MILLISECONDS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get("begin", "DEFERRED")
    if kind is not None:
        connection.exec_driver_sql(f"BEGIN {kind}")


def _configure_postgresql(connection: Any, record: object) -> None:
    autocommit, connection.autocommit = connection.autocommit, True
    for setting in ("statement_timeout='30s'", "lock_timeout='10s'", "idle_in_transaction_session_timeout='60s'"):
        connection.execute(f"SET {setting}")
    connection.autocommit = autocommit
    # Hot statements are planned once a connection; the driver's own limits are too low for how many there are.
    connection.prepare_threshold, connection.prepared_max = 2, 400


def _note_use(connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_idle(dialect: Dialect, connection: Any, record: Any, proxy: object) -> None:
    """Ask whether a connection still stands that nobody used for a while; asking each time would double short requests."""
    if time.monotonic() - record.info.get("used_at", math.inf) > IDLE_SECONDS:
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error  # the pool then opens another one, and trusts none of the old ones


def install(app: Flask, settings: Settings) -> None:
    """Connect an application to its database."""
    options: dict[str, Any] = {
        "pool_size": 8,
        "max_overflow": 8,
        "hide_parameters": True,
        "pool_recycle": RECYCLE_SECONDS if settings.is_sqlite else -1,
    }
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url, SQLALCHEMY_ENGINE_OPTIONS=options)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        prepare(db.engine)
