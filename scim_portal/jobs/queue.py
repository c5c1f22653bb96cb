"""huey: wakes the worker every second and spreads workers over machines. What is to be done stands in job rows, not here."""

from __future__ import annotations

from typing import Any

from huey import Huey, PostgresHuey, PriorityRedisHuey, SqliteHuey

from scim_portal.config import Settings

NAME = "scim-portal"


def make(settings: Settings) -> Huey:
    """Make the queue where `HUEY_URL` says, else in PostgreSQL if that is the database, else in a SQLite file in `VAR_DIR`."""
    url = settings.huey_url or settings.database_url
    options: dict[str, Any] = {"results": False}
    if url.startswith(("redis://", "rediss://")):
        return PriorityRedisHuey(NAME, url=url, **options)
    if url.startswith("postgresql"):
        return PostgresHuey(NAME, dsn=url.replace("postgresql+psycopg://", "postgresql://"), **options)
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey(NAME, filename=str(settings.var_dir / "huey.db"), **options)
