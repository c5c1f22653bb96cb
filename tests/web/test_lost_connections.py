"""A database that went away and came back: the next request does not notice, whatever the pool still holds."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from scim_portal.db import db
from tests.portals import PortalUnderTest


@pytest.mark.parametrize("idle_seconds", [0.0, 3600.0])
def test_a_request_after_the_database_dropped_all_connections_is_answered(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, idle_seconds: float
) -> None:
    monkeypatch.setattr("scim_portal.db.IDLE_SECONDS", idle_seconds)
    assert portal.scim("GET", "/Users").status_code == 200
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        everybody_else = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        with db.engine.connect() as one, db.engine.connect():
            one.execute(text(everybody_else))
        assert db.engine.pool.checkedin() > 1
    assert portal.scim("GET", "/Users").status_code == 200
    assert portal.scim("GET", "/Users").status_code == 200
