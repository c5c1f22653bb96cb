"""Whether the database has every migration that this code knows."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from scim_portal.config import ROOT

MIGRATIONS = ROOT / "scim_portal" / "migrations"


def is_behind(connection: Connection) -> bool:
    """Compare the database's revision with the newest one."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() != newest
