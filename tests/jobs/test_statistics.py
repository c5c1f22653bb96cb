"""Databases know how their tables are filled, so that they find one user's groups by the user and not by the portal."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from scim_portal import statistics
from scim_portal.db import db, transact
from scim_portal.jobs import runner
from scim_portal.services import rulebook, work
from tests.concurrency.arena import eventually
from tests.portals import PortalUnderTest, a_policy


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


def test_tables_that_grow_are_looked_at_before_anybody_walks_through_them(app: Flask, portal: PortalUnderTest) -> None:
    """PostgreSQL by itself looks a minute later: until then a group of thousands would be joined with everybody, row by row."""
    if db.engine.dialect.name != "postgresql":
        return  # it assumes, see above
    begun = looked_at("user_account")
    for number in range(60):
        portal.provision(f"p{number}@x.example")
    eventually(lambda: statistics.refresh() or looked_at("user_account") != begun, "The table was not looked at.")
    known = looked_at("user_account")
    statistics.refresh()
    assert looked_at("user_account") == known


def looked_at(table: str) -> object:
    db.session.rollback()
    asked = text("SELECT last_analyze FROM pg_stat_user_tables WHERE relname = :table")
    return db.session.execute(asked, {"table": table}).scalar()


def test_a_database_that_counts_no_changes_keeps_nobody_from_the_rest_of_the_work(
    app: Flask, portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines that speak PostgreSQL's language need not have its views."""
    asked: list[str] = []

    def fails() -> None:
        asked.append("statistics")
        raise ProgrammingError("SELECT relname FROM pg_stat_user_tables", None, Exception("no such view"))

    monkeypatch.setattr(statistics, "refresh", fails)
    monkeypatch.setattr(runner, "_statistics_at", [])
    portal.license("view", 1)
    transact(lambda: rulebook.publish(portal.ctx(), a_policy(default="view")))
    runner.run_everything(portal.settings)
    assert asked == ["statistics"]
    assert not work.has_open(portal.ctx())
