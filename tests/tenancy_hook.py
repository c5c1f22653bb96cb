"""Fails any statement on a tenant table that does not name `portal_id` (architecture, law 3)."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import event

from scim_portal.db import Model, db

TENANT_TABLES = frozenset(
    name for name, table in Model.metadata.tables.items() if "portal_id" in table.primary_key.columns
)
_TABLE = re.compile(r"\b(?:from|join|update|,)\s+\"?([a-z_]+)")


class UnscopedStatement(AssertionError):
    """A statement would have read or changed rows of every portal."""


def forbid_unscoped_statements() -> None:
    """Listen on the application's engine."""
    event.listen(db.engine, "before_cursor_execute", _check)


def _check(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
    if is_unscoped(statement):
        raise UnscopedStatement(statement)


def is_unscoped(statement: str) -> bool:
    """Tell whether a SELECT, UPDATE or DELETE touches a tenant table without `portal_id` in a condition."""
    lowered = statement.lower().lstrip()
    if not lowered.startswith(("select", "update", "delete", "with")):
        return False
    tables = TENANT_TABLES & set(_TABLE.findall(lowered))
    _, _, conditions = lowered.partition("where")
    return bool(tables) and "portal_id" not in conditions
