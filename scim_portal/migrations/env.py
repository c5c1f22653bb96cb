"""How Alembic finds the database and the tables: through the Flask application it is run from."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import JSON

import scim_portal.models  # noqa: F401  (fills the metadata)
from scim_portal import statistics
from scim_portal.db import UtcDateTime, db


def render(kind: str, item: object, autogenerate: object) -> str | bool:
    """Write our own types as what they are in the database, so that a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run() -> None:
    """Run the migrations in one transaction, online; there is no offline mode."""
    options: dict[str, Any] = dict(current_app.extensions["migrate"].configure_args)
    with db.engine.connect().execution_options(begin="IMMEDIATE") as connection:
        context.configure(connection=connection, target_metadata=db.metadatas[None], render_item=render, **options)
        with context.begin_transaction():
            context.run_migrations()
    if db.engine.dialect.name == "sqlite":
        statistics.refresh()  # before anybody connects: a connection learns them when it is opened


run()
