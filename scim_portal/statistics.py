"""What the databases' planners know of the tables: SQLite is told to take them for large, PostgreSQL to look while they grow.

Every key begins with the portal. Told nothing, or told of a handful of rows, a planner takes "this portal" for as good a
condition as "this portal and this user", and goes on walking through the whole portal when it has filled up. Assumed to be
large, a table of SQLite is read by the narrower index from the first row on, so plans do not depend on when somebody looked.
PostgreSQL looks by itself, but no more than once a minute, and not for a new portal that is small beside the others.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.engine import Connection

from scim_portal.db import db, transact

SECONDS_BETWEEN = {"sqlite": 300.0, "postgresql": 5.0}
SMALL = 20_000
ROWS, OF_A_PORTAL, ALIKE = 1_000_000, 100_000, 10
TABLES = frozenset(
    {"user_account", "user_group", "membership", "nesting", "ancestry", "user_email", "seat", "ticket", "freeze",
     "license_override", "seat_entry", "provisioning_entry", "name_term"}
)  # fmt: skip
# Changed by a fifth, or so much that a portal's own share may be all new.
_GROWN = text("""
SELECT relname FROM pg_stat_user_tables
WHERE schemaname = current_schema() AND n_mod_since_analyze >= least(2000, greatest(50, n_live_tup / 5)) ORDER BY relname
""")
# Columns that split a portal's rows into a few parts only.
_COARSE = frozenset({"license_type", "state", "klass", "queue_priority", "parked_until", "due_at", "until"})
_COLUMNS = """
SELECT i.tbl_name, i.name, l."unique" AS is_unique, group_concat(c.name) AS columns
FROM sqlite_master AS i, pragma_index_list(i.tbl_name) AS l, pragma_index_info(i.name) AS c
WHERE i.type = 'index' AND l.name = i.name GROUP BY i.tbl_name, i.name ORDER BY i.tbl_name, i.name, c.seqno
"""


def refresh() -> None:
    """Sample what has to be sampled, so that a large database costs little more than a small one.

    Of SQLite each index, and the rest is assumed; other connections learn it when they are opened anew
    (`db.RECYCLE_SECONDS`). Of PostgreSQL the tables that have changed much since somebody looked; everybody learns it at once.
    """
    if db.engine.dialect.name == "sqlite":
        transact(_sample)
    else:
        for table in transact(lambda: list(db.session.scalars(_GROWN))):
            transact(lambda table=table: _look_at(table))


def _look_at(table: str) -> None:
    """Sample a table, unless somebody is at it: to wait would end a vacuum of a large table, which yields to those who do."""
    if table in db.metadata.tables:
        db.session.execute(text(f'ANALYZE (SKIP_LOCKED) "{table}"'))


def _sample() -> None:
    connection = db.session.connection()
    connection.exec_driver_sql("PRAGMA analysis_limit=400")
    connection.exec_driver_sql("ANALYZE")
    assumed = list(_assumed(connection))
    for table in {table for table, _, _ in assumed}:
        connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table,))
    for row in assumed:
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
    connection.exec_driver_sql("ANALYZE sqlite_master")  # has this connection read what was written


def _assumed(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Give (table, index, numbers of rows) for the small ones of our tables."""
    sampled = connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")
    large = {table for table, numbers in sampled if int(numbers.split()[0]) >= SMALL}
    for table, index, is_unique, columns in connection.exec_driver_sql(_COLUMNS).all():
        if table in TABLES - large:
            yield table, index, " ".join(map(str, _numbers(columns.split(","), bool(is_unique))))


def _numbers(columns: list[str], is_unique: bool) -> list[int]:
    """Say how many rows share the first columns of an index: none of them, one of them, and so on."""
    numbers = [ROWS, OF_A_PORTAL]
    for name in columns[1:]:
        numbers.append(max(ALIKE, numbers[-1] // 5) if name in _COARSE else ALIKE)
    if is_unique or columns[-1] == "id":
        numbers[-1] = 1
    return numbers
