"""A commit is on the disk when it is answered. The suite's own applications do not wait for that; the product's do."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app import create_app
from scim_portal.db import db
from tests.databases import Database

FULL = 2
ASKED = {
    "sqlite": ("PRAGMA synchronous", FULL),
    # How far a commit goes on PostgreSQL is the operator's choice; the product does not set it for its sessions.
    "postgresql": ("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'", "configuration file"),
}


def answer(app: Flask, question: str) -> object:
    with app.app_context(), db.engine.connect() as connection:
        return connection.scalar(text(question))


def test_the_product_waits_for_the_disk(database: Database) -> None:
    question, wanted = ASKED[database.kind]
    app = create_app(database.settings())
    assert answer(app, question) == wanted
    with app.app_context():
        db.engine.dispose()


def test_the_suite_does_not(database: Database) -> None:
    question, wanted = ("PRAGMA synchronous", 0) if database.kind == "sqlite" else ("SHOW fsync", "off")
    assert answer(database.app, question) == wanted
