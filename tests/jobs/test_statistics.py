"""SQLite is told how its tables are filled, so that it finds one user's groups by the user and not by the portal."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from scim_portal.db import db, refresh_statistics
from tests.portals import PortalUnderTest


def test_statistics_are_kept_where_the_database_does_not_keep_them(app: Flask, portal: PortalUnderTest) -> None:
    for number in range(30):
        portal.push(f"Group {number}", portal.provision(f"p{number}@x.example"))
    db.session.rollback()
    refresh_statistics()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            known = set(connection.execute(text("SELECT tbl FROM sqlite_stat1")).scalars())
        assert {"membership", "user_account", "user_group"} <= known
    assert portal.scim("GET", "/Users?count=5").json["totalResults"] == 30
