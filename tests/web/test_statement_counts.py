"""How many statements the hot paths take. A change of a number is a decision, so each is written down here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from scim_portal.db import db
from scim_portal.services import tokens
from scim_portal.web import tenancy
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_patch, a_policy, a_user

EXPECTED = {
    "create with a seat": 12, "look up, found": 3, "look up, nobody": 2, "read": 3, "page of 100": 5, "PUT unchanged": 4,
    "PUT changed": 6, "PATCH active off": 14, "group of 5: one more": 9, "group of 500: one more": 8,
}  # fmt: skip
# PostgreSQL reads seats and tickets again once the licence types are locked; SQLite's writer has the database to itself.
ON_POSTGRESQL = {"PATCH active off": 16}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that reach the database, begin and commit not counted."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def busy(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> PortalUnderTest:
    """A portal with a default licence whose token was used a moment ago, so that its stamp is not due, however long we take."""
    monkeypatch.setattr(tokens, "STAMP_EVERY", timedelta(days=1))
    monkeypatch.setattr(tenancy, "KNOWN_SECONDS", 3600.0)
    portal.client = LoneClient(portal.app, portal.app.response_class)
    portal.license("view", 1000)
    portal.publish(a_policy(default="view"))
    assert portal.scim("GET", "/Users").status_code == 200
    portal.provision("warm@x.example")
    return portal


def count(call: Callable[[], Any], status: int = 200) -> int:
    with counted() as statements:
        answer = call()
    assert answer.status_code == status, answer.text
    return len(statements)


def test_the_hot_paths_take_the_statements_they_always_took(busy: PortalUnderTest) -> None:
    found: dict[str, int] = {}
    people = [busy.provision(f"p{number}@x.example") for number in range(110)]
    ann = a_user("ann@x.example")
    found["create with a seat"] = count(lambda: busy.scim("POST", "/Users", ann), 201)
    query = '/Users?filter=userName eq "{}"&startIndex=1&count=100'
    found["look up, found"] = count(lambda: busy.scim("GET", query.format("ann@x.example")))
    found["look up, nobody"] = count(lambda: busy.scim("GET", query.format("zoe@x.example")))
    ann = busy.scim("GET", query.format("ann@x.example")).json["Resources"][0]
    path = f"/Users/{ann['id']}"
    found["read"] = count(lambda: busy.scim("GET", path))
    found["page of 100"] = count(lambda: busy.scim("GET", "/Users?startIndex=1&count=100"))
    found["PUT unchanged"] = count(lambda: busy.scim("PUT", path, ann))
    found["PUT changed"] = count(lambda: busy.scim("PUT", path, ann | {"title": "Chief"}))
    off = a_patch({"op": "replace", "value": {"active": False}})
    found["PATCH active off"] = count(lambda: busy.scim("PATCH", path, off))
    found |= {f"group of {size}: one more": _one_more(busy, size, people) for size in (5, 500)}
    assert found == EXPECTED | (ON_POSTGRESQL if db.engine.dialect.name == "postgresql" else {})
    # A small group's answer reads its members back; the write itself costs the same at any size.
    assert found["group of 500: one more"] == found["group of 5: one more"] - 1


def _one_more(portal: PortalUnderTest, size: int, people: list[str]) -> int:
    newcomer, missing = people[-1], size - len(people[:size])
    crowd = people[:size][:100] + [
        portal.provision(f"c{size}-{number}@x.example") for number in range(max(0, missing) + 10)
    ]
    members = [id for id in crowd if id != newcomer][:size]
    group = portal.scim("POST", "/Groups", a_group(f"Group {size}", *members)).json
    assert len(group["members"]) == size
    adding = a_patch({"op": "add", "path": "members", "value": [{"value": newcomer}]})
    return count(lambda: portal.scim("PATCH", f"/Groups/{group['id']}", adding), 200 if size < 100 else 204)
