"""Whatever is wrong with a SCIM request, the answer is a SCIM error that says so, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select

from scim_portal.db import Model, db
from scim_portal.models import Group, User
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_user
from tests.web import bad_addresses, bad_bodies

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
EVIDENCE = {"provisioning_entry", "portal"}


@dataclass(frozen=True)
class World:
    portal: PortalUnderTest
    user: str
    group: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        for name in ("user", "group"):
            path = path.replace(f"{{{name}}}", getattr(self, name))
        return self.portal.scim(method, path, **options)

    def stored(self) -> tuple[dict[str, int], list[str]]:
        """Row counts of the portal, and every document."""
        db.session.rollback()
        counts = {name: self._count(table) for name, table in Model.metadata.tables.items() if name not in EVIDENCE}
        documents = [
            text
            for model in (User, Group)
            for text in db.session.scalars(
                select(model.document).where(model.portal_id == self.portal.ref.id).order_by(model.id)
            )
        ]
        return counts, documents

    def _count(self, table: Any) -> int:
        mine = select(func.count()).select_from(table).where(table.c.portal_id == self.portal.ref.id)
        return db.session.scalar(mine) or 0


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        portal = PortalUnderTest.create(app)
        portal.client = LoneClient(app, app.response_class)
        user = portal.provision("ann@x.example")
        portal.provision("bob@x.example")
        yield World(portal, user, portal.push("Sales", user))
        db.session.rollback()


def check(answer: Any, status: int, scim_type: str | None) -> None:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/scim+json"
    if answer.request.method == "HEAD":
        return
    assert answer.json["schemas"] == [ERROR]
    assert answer.json["status"] == str(status)
    assert answer.json.get("scimType") == scim_type
    assert len(answer.json["detail"]) > 10


@pytest.mark.parametrize("case", bad_bodies.CASES, ids=lambda case: f"{case[1]} {case[0]}")
def test_a_bad_body_is_refused_in_scim_words_and_nothing_is_stored(world: World, case: bad_bodies.Case) -> None:
    _, method, path, body, status, scim_type = case
    before = world.stored()
    data = body if isinstance(body, (str, bytes)) else orjson.dumps(body)
    check(world.call(method, path, data=data), status, scim_type)
    assert world.stored() == before


@pytest.mark.parametrize("case", bad_addresses.CASES, ids=lambda case: case[0])
def test_a_bad_address_or_query_is_refused_in_scim_words(world: World, case: bad_addresses.Case) -> None:
    _, method, path, status, scim_type = case
    before = world.stored()
    check(world.call(method, path), status, scim_type)
    assert world.stored() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
        {"Content-Type": "application/jsonp"},
        {"Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_a_wrong_content_type_is_415(world: World, headers: dict[str, str]) -> None:
    before = world.stored()
    check(world.call("POST", "/Users", data=orjson.dumps(a_user("new@x.example")), headers=headers), 415, None)
    assert world.stored() == before


def test_a_body_above_one_mebibyte_is_413(world: World) -> None:
    before = world.stored()
    padded = orjson.dumps(a_user("big@x.example")) + b" " * 1024 * 1024
    check(world.call("POST", "/Users", data=padded), 413, None)
    assert world.stored() == before


@pytest.mark.parametrize("slug", ["nowhere-at-all", "a%00b", "%FF", "A", "x" * 300, "..", "%20"])
def test_an_unknown_portal_is_404_in_scim_words(world: World, slug: str) -> None:
    headers = {"Authorization": f"Bearer {world.portal.token}"}
    check(world.portal.client.get(f"/p/{slug}/scim/v2/Users", headers=headers), 404, None)
    check(world.portal.client.post(f"/p/{slug}/scim/v2/Users", json={}, headers=headers), 404, None)


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', "nonsense", '"\x7f"'])
def test_a_version_that_is_not_the_present_one_is_412(world: World, tag: str) -> None:
    before = world.stored()
    for method, path in (("PUT", "/Users/{user}"), ("DELETE", "/Users/{user}"), ("DELETE", "/Groups/{group}")):
        data = orjson.dumps(a_user("ann@x.example", title="x"))
        check(world.call(method, path, data=data, headers={"If-Match": tag}), 412, None)
    assert world.stored() == before
