"""SQLite is told how its tables are filled, so that it finds one user's groups by the user and not by the portal."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from scim_portal import statistics
from scim_portal.db import db
from tests.portals import PortalUnderTest


def test_statistics_are_kept_where_the_database_does_not_keep_them(app: Flask, portal: PortalUnderTest) -> None:
    for number in range(30):
        portal.push(f"Group {number}", portal.provision(f"p{number}@x.example"))
    db.session.rollback()
    statistics.refresh()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            known = set(connection.execute(text("SELECT tbl FROM sqlite_stat1")).scalars())
        assert {"membership", "user_account", "user_group"} <= known
    assert portal.scim("GET", "/Users?count=5").json["totalResults"] == 30


def test_a_table_of_a_few_rows_is_read_as_if_it_were_large(app: Flask, portal: PortalUnderTest) -> None:
    """So that a directory which fills up between two looks is not walked through for every look-up."""
    portal.provision("only@x.example", externalId="00u1")
    db.session.rollback()
    statistics.refresh()
    if db.engine.dialect.name == "sqlite":
        db.engine.dispose()  # connections learn statistics when they are opened
        sought = (
            f"FROM user_account WHERE portal_id = '{portal.ref.id}' AND external_id = '00u1' AND deleted_at IS NULL"
        )
        with db.engine.connect() as connection:
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT document {sought} ORDER BY id LIMIT 100"
            ).all()
        assert "ix_user_account_external_id" in plan[0][-1], plan
