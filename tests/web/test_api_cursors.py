"""Cursors that were forged or damaged are refused where they are read, whatever their keys would do to a database."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.services import cursors
from tests.portals import PortalUnderTest

PERIOD = {"from": "2026-01-01T00:00:00Z"}
LARGE = 2**31
FORGED: list[tuple[str, dict[str, Any], tuple[Any, ...]]] = [
    ("/tickets", {}, ("pro", 0, 0, 2**63)),
    ("/tickets", {}, ("pro", 0, 0, LARGE)),
    ("/tickets", {}, ("pro", -LARGE - 1, 0, 0)),
    ("/tickets", {}, ("p\0", 0, 0, 0)),
    ("/users", {"sort": "-updated"}, ("2026-01-01", "x")),
    ("/users", {"sort": "-updated"}, ("0001-01-01T00:00:00+14:00", "x")),
    ("/users", {"sort": "user_name"}, ("a\0", "x")),
    ("/groups", {}, ("a\0", "x")),
    ("/ledger", PERIOD, ("2026-01-01", "x")),
    ("/ledger", {"license_type": "pro"}, (LARGE,)),
    ("/provisioning-log", PERIOD, ("2026-01-01", "x")),
    ("/notices", {}, ("a\0",)),
]


@pytest.mark.parametrize(("path", "query", "keys"), FORGED)
def test_a_forged_cursor_is_refused_by_its_name(
    portal: PortalUnderTest, path: str, query: dict[str, Any], keys: tuple[Any, ...]
) -> None:
    answer = portal.api("GET", path, query_string=query | {"cursor": cursors.encode(*keys)})
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, ["cursor"]), answer.text
