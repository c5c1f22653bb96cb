"""What SQLite's planner knows of the tables: assumed to be large until they are, then sampled. PostgreSQL does this by itself.

Every key begins with the portal. Told nothing, or told of a handful of rows, SQLite takes "this portal" for as good a
condition as "this portal and this user", and goes on walking through the whole portal when it has filled up. Assumed to be
large, a table is read by the narrower index from the first row on, so plans do not depend on when somebody looked.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.engine import Connection

from scim_portal.db import db, transact

SMALL = 20_000
ROWS, OF_A_PORTAL, ALIKE = 1_000_000, 100_000, 10
TABLES = frozenset(
    {"user_account", "user_group", "membership", "nesting", "ancestry", "user_email", "seat", "ticket", "freeze",
     "license_override", "seat_entry", "provisioning_entry"}
)  # fmt: skip
# Columns that split a portal's rows into a few parts only.
_COARSE = frozenset({"license_type", "state", "klass", "queue_priority", "parked_until", "due_at", "until"})
_COLUMNS = """
SELECT i.tbl_name, i.name, l."unique" AS is_unique, group_concat(c.name) AS columns
FROM sqlite_master AS i, pragma_index_list(i.tbl_name) AS l, pragma_index_info(i.name) AS c
WHERE i.type = 'index' AND l.name = i.name GROUP BY i.tbl_name, i.name ORDER BY i.tbl_name, i.name, c.seqno
"""


def refresh() -> None:
    """Sample each index, so that a large database costs little more than a small one, and assume the rest.

    Other connections learn it when they are opened anew (`db.RECYCLE_SECONDS`).
    """
    if db.engine.dialect.name == "sqlite":
        transact(_sample)


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
