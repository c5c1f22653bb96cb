"""The migrations lead to exactly the tables of the models, on both databases, by one straight line of versions."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from scim_portal.db import MIGRATIONS, Model, db


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave out what huey makes by itself when a worker runs on PostgreSQL."""
    return not (kind == "table" and name and name.startswith("huey_"))


def differences() -> list[object]:
    db.session.rollback()
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Model.metadata))


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        assert differences() == []


def test_the_migrations_have_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
