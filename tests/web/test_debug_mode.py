"""Debug mode: every call of a connector with its bodies, without secrets, for a while; cleared after a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scim_portal import clock
from scim_portal.db import db
from scim_portal.models import AdminAction, Connector, ProvisioningEntry
from scim_portal.services import provisioning_log
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_patch, a_user
from tests.web.visitor import Visitor

BLACK = "•••"
Line = dict[str, Any]


class Clock:
    """The time, which a test lets pass."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.start, self.passed = datetime.now(UTC), timedelta(0)
        patch.setattr(clock, "now", lambda: self.start + self.passed)

    def wait(self, **parts: float) -> None:
        self.passed += timedelta(**parts)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def debugged(portal: PortalUnderTest, time: Clock) -> Iterator[PortalUnderTest]:
    """A portal whose connector is in debug mode for four hours."""
    portal.client = LoneClient(portal.app, portal.app.response_class)
    assert portal.token
    switch(portal, 4)
    return portal


def switch(portal: PortalUnderTest, hours: Any, status: int = 200) -> Line:
    answer = portal.api("PATCH", f"/connectors/{portal.connector().id}", {"debug_hours": hours})
    assert answer.status_code == status, answer.text
    found: Line = answer.json
    return found


def log(portal: PortalUnderTest, role: str = "owner") -> list[Line]:
    """The log's lines as the API gives them, oldest first."""
    found: list[Line] = portal.api("GET", "/provisioning-log", role=role).json["items"]
    return found[::-1]


def has_bodies(line: Line) -> bool:
    return "request_body" in line or "response_body" in line


def test_every_call_has_a_line_with_its_bodies(debugged: PortalUnderTest) -> None:
    ann = debugged.provision("ann@x.example")
    debugged.scim("GET", f"/Users/{ann}")
    debugged.scim("GET", '/Users?filter=userName eq "ann@x.example"&count=1')
    debugged.scim("POST", "/Users/.search", {"filter": 'userName eq "bob"'})
    debugged.scim("POST", "/Users", a_user("ann@x.example"))
    debugged.scim("DELETE", f"/Users/{ann}")
    debugged.scim("GET", f"/Users/{ann}")
    created, read, listed, searched, twice, removed, gone = log(debugged)
    assert [one["status"] for one in log(debugged)] == [201, 200, 200, 200, 409, 204, 404]
    assert json.loads(created["request_body"])["userName"] == "ann@x.example"
    assert json.loads(created["response_body"])["id"] == ann
    assert (read["method"], "request_body" in read) == ("GET", False)
    assert json.loads(read["response_body"])["userName"] == "ann@x.example"
    assert listed["request_body"] == '?filter=userName eq "ann@x.example"&count=1'
    assert "?" not in listed["path"]
    assert json.loads(searched["request_body"]) == {"filter": 'userName eq "bob"'}
    assert json.loads(twice["response_body"])["scimType"] == "uniqueness"
    assert not has_bodies(removed)
    assert json.loads(gone["response_body"])["status"] == "404"


def test_a_bulk_request_has_a_line_and_each_of_its_operations_too(debugged: PortalUnderTest) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": a_user("ann@x")},
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": a_user("ANN@x")},
        {"method": "POST", "path": "/Groups", "bulkId": "g", "data": a_group("Sales", "bulkId:a")},
    ]
    assert debugged.scim("POST", "/Bulk", {"Operations": operations}).status_code == 200
    lines = log(debugged)
    assert [(one["path"].rpartition("/")[2], one["status"]) for one in lines] == [
        ("Users", 201), ("Users", 409), ("Groups", 201), ("Bulk", 200),
    ]  # fmt: skip
    assert json.loads(lines[0]["request_body"])["userName"] == "ann@x"
    assert json.loads(lines[0]["response_body"])["userName"] == "ann@x"
    assert len(json.loads(lines[3]["request_body"])["Operations"]) == 3
    assert lines[3]["resource"] == {"kind": None, "id": None, "name": None}


def test_a_password_is_in_no_column_of_the_log(debugged: PortalUnderTest) -> None:
    secret = "Hunter2-and-more"
    ann = debugged.scim("POST", "/Users", a_user("ann@x", password=secret)).json["id"]
    for operation in (
        {"op": "replace", "path": "password", "value": secret},
        {"op": "add", "value": {"password": secret, "title": f"Bearer {secret}"}},
        {"op": "replace", "path": f'password[value eq "{secret}"]', "value": {"value": secret}},
    ):
        debugged.scim("PATCH", f"/Users/{ann}", a_patch(operation))
    debugged.scim("GET", "/Users", query_string={"filter": f'password eq "{secret}"'})
    debugged.scim("POST", "/Users", data=f'{{"userName": "x", "password": "{secret}",}}')
    bulk = {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"userName": "", "password": secret}}
    debugged.scim("POST", "/Bulk", {"Operations": [bulk]})
    debugged.scim("PUT", f"/Users/{ann}", a_user("ann@x", nickName=debugged.token))
    rows = db.session.execute(
        select(ProvisioningEntry.__table__).where(ProvisioningEntry.portal_id == debugged.ref.id)
    ).all()
    assert len(rows) == 9
    assert any(BLACK in (row.request_body or "") for row in rows)
    for row in rows:
        assert secret not in str(tuple(row))
        assert debugged.token not in str(tuple(row))


def test_without_debug_mode_reads_have_no_line_and_nothing_has_a_body(portal: PortalUnderTest) -> None:
    portal.scim("GET", f"/Users/{portal.provision('ann@x')}")
    assert [(one["method"], has_bodies(one)) for one in log(portal)] == [("POST", False)]


def test_debug_mode_ends_after_its_time_and_by_hand(debugged: PortalUnderTest, time: Clock) -> None:
    time.wait(hours=3, minutes=59)
    debugged.scim("GET", "/Users")
    time.wait(minutes=2)
    debugged.scim("GET", "/Users")
    assert len(log(debugged)) == 1
    assert debugged.api("GET", f"/connectors/{debugged.connector().id}").json["debug_until"] is None
    assert switch(debugged, 24)["debug_until"] is not None
    debugged.scim("GET", "/Users")
    assert switch(debugged, 0)["debug_until"] is None
    debugged.scim("GET", "/Users")
    assert len(log(debugged)) == 2


@pytest.mark.parametrize("hours", [25, -1, 1.5, "4", None])
def test_debug_mode_lasts_a_day_at_most(portal: PortalUnderTest, hours: Any) -> None:
    assert switch(portal, hours, 422)["errors"][0]["field"] == "debug_hours"


def test_switching_is_on_record(debugged: PortalUnderTest) -> None:
    actions = db.session.scalars(select(AdminAction).where(AdminAction.portal_id == debugged.ref.id)).all()
    last = max(actions, key=lambda one: one.id)
    assert (last.action, last.before["debug_until"]) == ("connector.changed", None)
    assert last.after["debug_until"] is not None


def test_bodies_are_hidden_and_then_cleared_after_a_day(debugged: PortalUnderTest, time: Clock) -> None:
    debugged.provision("ann@x")
    time.wait(hours=2)
    debugged.run_due()
    assert has_bodies(log(debugged)[0])
    time.wait(hours=22, seconds=1)
    assert not has_bodies(log(debugged)[0])
    debugged.run_due()
    row = db.session.scalars(select(ProvisioningEntry).where(ProvisioningEntry.portal_id == debugged.ref.id)).one()
    assert (row.request_body, row.response_body, row.status) == (None, None, 201)
    assert provisioning_log.may_have_bodies(debugged.ctx())
    time.wait(hours=4)
    debugged.run_due()
    mine = select(Connector.debug_until).where(Connector.portal_id == debugged.ref.id)
    assert db.session.scalars(mine).all() == [None]
    assert not provisioning_log.may_have_bodies(debugged.ctx())


def test_helpdesk_sees_the_lines_but_no_bodies(debugged: PortalUnderTest) -> None:
    debugged.provision("ann@x")
    for role in ("owner", "license-admin", "auditor"):
        assert has_bodies(log(debugged, role)[0]), role
    assert not has_bodies(log(debugged, "helpdesk")[0])
    auditor, helpdesk = Visitor.signed_in(debugged, "auditor"), Visitor.signed_in(debugged, "helpdesk")
    assert "ann@x" in auditor.page("/provisioning-log")
    assert 'aria-label="Request"' in auditor.page("/provisioning-log")
    assert 'aria-label="Request"' not in helpdesk.page("/provisioning-log")


def test_the_portal_shows_and_ends_debug_mode(debugged: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(debugged)
    address = f"/connectors/{debugged.connector().id}"
    assert "Every call is kept with its bodies until" in visitor.page(address)
    assert "debug mode" in visitor.page("/connectors")
    assert "Debug mode is on" in visitor.page("/provisioning-log")
    assert visitor.send(f"{address}/debug", {"hours": "0"}).status_code == 302
    assert "Keeps every call with its bodies" in visitor.page(address)
    visitor.send(f"{address}/debug", {"hours": "25"})
    assert "0 to 24 hours" in visitor.page(address)
    visitor.send(f"{address}/debug", {"hours": "8"})
    assert "Every call is kept" in visitor.page(address)
    assert Visitor.signed_in(debugged, "license-admin").send(f"{address}/debug", {"hours": "8"}).status_code == 403
