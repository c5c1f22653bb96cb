"""What the corpus of bad requests is tried on: one portal with a connector for each tolerance, and what must stay as it was.

The cases are data in the files `bad_…` beside this one; what is checked of every answer is here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import func, literal, select, union_all

from scim_portal.db import Model, db, transact
from scim_portal.models import Group, User
from scim_portal.protocol.errors import ERROR_SCHEMA
from scim_portal.services import connectors, tokens
from tests.clients import LoneClient
from tests.portals import PortalUnderTest

EVIDENCE = {"provisioning_entry", "portal"}
KEYS = {"schemas", "status", "scimType", "detail"}
TOLERANCES = ("strict", "generic", "okta", "entra")
State = tuple[dict[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Bad:
    """A request that must be refused; `word` must occur in the sentence. A body is text as sent, or a value for JSON."""

    name: str
    method: str
    path: str
    body: Any = None
    status: int = 400
    scim_type: str | None = None
    word: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path[:40]} {self.name}"


@dataclass
class World:
    """`names` fill the stand-ins of paths and bodies, `tokens` belong to the connectors by tolerance."""

    portal: PortalUnderTest
    names: dict[str, str]
    tokens: dict[str, str]
    known: State = field(default_factory=lambda: ({}, []))

    def call(self, tolerance: str, method: str, path: str, **options: Any) -> Any:
        """Call as the connector of a tolerance would."""
        headers = {"Authorization": f"Bearer {self.tokens[tolerance]}"} | dict(options.pop("headers", {}))
        return self.portal.scim(method, self.filled(path), headers=headers, **options)

    def send(self, tolerance: str, case: Bad) -> Any:
        """Send the request of a case."""
        return self.call(tolerance, case.method, case.path, headers=case.headers, **self.content(case.body))

    def content(self, body: Any) -> dict[str, Any]:
        """Give the options of a call that carry a body."""
        if body is None:
            return {}
        if isinstance(body, bytes):
            return {"data": body}
        return {"data": self.filled(body if isinstance(body, str) else orjson.dumps(body).decode())}

    def filled(self, text: str) -> str:
        """Put the ids where a text has stand-ins such as `{user}`."""
        for name, id in self.names.items():
            text = text.replace(f"{{{name}}}", id)
        return text

    def untouched(self) -> bool:
        """Tell whether rows and documents are those of the last time this was asked."""
        before, self.known = self.known, _state(self.portal.ref.id)
        return self.known == before


@contextmanager
def opened(app: Flask) -> Iterator[World]:
    """Make the world: two people and a group, and a neighbor's user and group."""
    with app.app_context():
        portal, neighbor = _portal(app), _portal(app)
        user = portal.provision("ann@x.example")
        names = {"user": user, "other": portal.provision("bob@x.example"), "group": portal.push("Sales", user)}
        names |= {"theirs": neighbor.provision("eve@x.example"), "their_group": neighbor.push("Theirs")}
        world = World(portal, names, {name: _token(portal, name) for name in TOLERANCES})
        for token in world.tokens:  # the first use of a token is stamped
            assert world.call(token, "GET", "/Users?count=0").status_code == 200
        world.untouched()
        yield world
        db.session.rollback()


def check(answer: Any, case: Bad) -> None:
    """Check that an answer is the refusal which a case wants, as a SCIM Error with a sentence (RFC 7644 §3.12)."""
    assert answer.status_code == case.status, answer.text
    assert answer.headers["Content-Type"] == "application/scim+json"
    if case.method == "HEAD":
        return
    body = answer.json
    assert body["schemas"] == [ERROR_SCHEMA]
    assert body["status"] == str(case.status)
    assert body.get("scimType") == case.scim_type, answer.text
    assert set(body) <= KEYS
    assert case.word.lower() in body["detail"].lower(), answer.text
    assert len(body["detail"]) > 10
    assert body["detail"].endswith((".", "!"))
    assert len(body["detail"]) < 1000, "a sentence for a screen does not repeat a whole request"


def _portal(app: Flask) -> PortalUnderTest:
    portal = PortalUnderTest.create(app)
    portal.client = LoneClient(app, app.response_class)
    return portal


def _token(portal: PortalUnderTest, tolerance: str) -> str:
    kind = tolerance if tolerance in ("okta", "entra") else "generic"

    def unit() -> str:
        ctx = portal.ctx()
        one = connectors.create(ctx, kind=kind, name=f"The {tolerance} one", tolerance=tolerance)
        value = tokens.issue_scim(ctx, one, expires_at=ctx.now + timedelta(days=2)).value
        connectors.change(ctx, one.id, enabled=True)
        return value

    return transact(unit)


def _state(portal_id: str) -> State:
    db.session.rollback()
    tables = [table for name, table in Model.metadata.tables.items() if name not in EVIDENCE]
    counts = (
        select(literal(table.name), func.count()).select_from(table).where(table.c.portal_id == portal_id)
        for table in tables
    )
    documents = [
        text
        for model in (User, Group)
        for text in db.session.scalars(select(model.document).where(model.portal_id == portal_id).order_by(model.id))
    ]
    return {name: count for name, count in db.session.execute(union_all(*counts))}, documents  # noqa: C416
