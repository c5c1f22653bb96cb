"""One `commit()` in the whole code, in `db.transaction`; and services that never open a transaction of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from scim_portal import db
from scim_portal.config import ROOT
from tests.architecture import sources

PRODUCT = ("scim_portal", "rules")


def places(method: str) -> dict[str, int]:
    found = {path: sources.called(path, method) for path in sources.files(".py", below=PRODUCT)}
    return {path.relative_to(ROOT).as_posix(): count for path, count in found.items() if count}


def test_only_the_database_module_commits_and_only_once() -> None:
    assert places("commit") == {"scim_portal/db.py": 1}


def test_services_never_open_or_end_a_transaction() -> None:
    rooms: list[Path] = sources.files(".py", below=("scim_portal/services", "rules"))
    for method in ("rollback", "begin", "begin_nested"):
        assert {path.name for path in rooms if sources.called(path, method)} == set(), method
    assert [path.name for path in rooms if "transact(" in path.read_text()] == []


def test_a_transaction_inside_a_transaction_is_refused(app: Flask) -> None:
    with app.app_context(), db.transaction(), pytest.raises(RuntimeError), db.transaction():
        pass
