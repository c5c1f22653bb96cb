"""Erasing a person: nothing of them is left anywhere, and everything that happened is still proven."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from scim_portal.db import Model, db, transact
from scim_portal.errors import Conflict, Invalid
from scim_portal.models import AdminAction, ProvisioningEntry
from scim_portal.services import erasure, exports, invariants, people, provisioning, records
from scim_portal.services.records import LedgerFilter
from tests.clients import LoneClient
from tests.portals import ENTERPRISE, PortalUnderTest, a_patch, a_policy, a_rule, a_user

PLANTED = ("zelda", "quuxley", "00uzel", "491515", "hyrule", "z-4711", "zizi")
SENT = {
    "externalId": "00uZEL4711",
    "displayName": "Zelda Quuxley",
    "nickName": "Zizi",
    "name": {"givenName": "Zelda", "familyName": "Quuxley", "formatted": "Zelda Quuxley"},
    "emails": [{"value": "Zelda.Q@Hyrule.example", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+491515 99", "type": "mobile"}],
    "addresses": [{"formatted": "Hyrule 1", "streetAddress": "Hyrule 1", "type": "home"}],
    "title": "Seller",
    ENTERPRISE: {"employeeNumber": "Z-4711", "department": "Sales"},
}


@pytest.fixture
def stocked(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal with one pro, a connector in debug mode, and people who sell."""
    portal.client = LoneClient(portal.app, portal.app.response_class)
    portal.license("pro", 1, rank=30)
    portal.license("view", 2, rank=10)
    portal.publish(a_policy(a_rule("sales", 'title eq "Seller"', "pro", fallback=["view"]), default="view"))
    assert portal.token
    assert portal.api("PATCH", f"/connectors/{portal.connector().id}", {"debug_hours": 4}).status_code == 200
    return portal


def lived(portal: PortalUnderTest) -> str:
    """Somebody who left traces wherever one can; gives the id."""
    id = portal.provision("zelda.old@hyrule.example", **SENT)
    portal.scim("PATCH", f"/Users/{id}", a_patch({"op": "replace", "value": {"userName": "zelda@quuxley.example"}}))
    sales = portal.push("Sales")
    member = {"value": id, "display": "Zelda Quuxley"}
    portal.scim("PATCH", f"/Groups/{sales}", a_patch({"op": "add", "path": "members", "value": [member]}))
    portal.scim("POST", "/Users", a_user("zelda@quuxley.example", **SENT))
    portal.scim("GET", '/Users?filter=userName eq "zelda@quuxley.example"')
    portal.scim("PATCH", "/Users/zelda@quuxley.example", a_patch({"op": "remove", "path": "title"}))
    portal.scim("GET", "/Users/ZELDA@quuxley.example")
    portal.scim("PATCH", f"/Users/{id}", a_patch({"op": "replace", "path": "emails", "value": "zelda at hyrule"}))
    for license_type, kind in (("pro", "pin"), ("view", "exclude")):
        body = {"license_type": license_type, "kind": kind, "reason": "Quuxley, head of sales", "ends_at": None}
        assert portal.api("POST", f"/users/{id}/overrides", body).status_code == 201
    portal.api("POST", f"/users/{id}/deactivate")
    portal.api("POST", f"/users/{id}/reactivate")
    return id


def rows(portal: PortalUnderTest) -> Iterator[tuple[str, str]]:
    """Every row of the portal in every table, as (table, text in lower case)."""
    db.session.rollback()
    for name, table in Model.metadata.tables.items():
        key = table.c.id if name == "portal" else table.c.portal_id
        for row in db.session.execute(select(table).where(key == portal.ref.id)):
            yield name, json.dumps(tuple(row), default=str, ensure_ascii=False).lower()


def left(portal: PortalUnderTest) -> set[tuple[str, str]]:
    return {(table, word) for table, text in rows(portal) for word in PLANTED if word in text}


def erase(portal: PortalUnderTest, id: str, **options: Any) -> bool:
    done: bool = transact(lambda: erasure.erase(portal.ctx(), id, **options))
    return done


def test_nothing_of_a_person_is_left_in_any_column_of_any_table(stocked: PortalUnderTest) -> None:
    id = lived(stocked)
    tables = {table for table, _ in left(stocked)}
    assert tables >= {
        "user_account", "user_email", "membership", "license_override", "seat_entry", "admin_action", "provisioning_entry",
    }  # fmt: skip
    assert {word for _, word in left(stocked)} == set(PLANTED)
    assert erase(stocked, id, reason="Asked for by Zelda Quuxley (zelda@quuxley.example)")
    assert left(stocked) == set()
    assert any(id in text for table, text in rows(stocked) if table == "seat_entry")


def test_the_ledger_stays_whole_and_exports_show_the_pseudonym(stocked: PortalUnderTest) -> None:
    id = lived(stocked)
    held_at, before = stocked.ctx().now, len(records.ledger(stocked.ctx(), LedgerFilter(user_ids=[id])).items)
    erase(stocked, id)
    name = erasure.pseudonym(id)
    entries = records.ledger(stocked.ctx(), LedgerFilter(user_ids=[id])).items
    assert len(entries) > before
    assert {entry.user_name for entry in entries} == {name}
    assert entries[-1].reason_code == "erased"
    assert invariants.violations(stocked.ctx()) == []
    for request in (exports.Request("ledger", "jsonl"), exports.Request("seats", "jsonl", as_of=held_at)):
        mine = [row for row in exports.rows(stocked.ctx(), request) if row["user_id"] == id]
        assert {row["user_name"] for row in mine} == {name}
    assert (mine[0]["display_name"], mine[0]["email"], mine[0]["external_id"]) == (None, None, None)
    stocked.run_due()
    assert invariants.violations(stocked.ctx()) == []


def test_seats_go_at_once_to_whoever_waits_and_nothing_is_held(stocked: PortalUnderTest) -> None:
    first = stocked.provision("ann@x.example", title="Seller")
    second = stocked.provision("bob@x.example", title="Seller")
    assert stocked.usage() == {"pro": (1, 1), "view": (1, 0)}
    erase(stocked, first)
    held = people.seats(stocked.ctx(), [first, second])
    assert {user: [seat.license_type for seat in seats] for user, seats in held.items()} == {second: ["pro"]}
    assert stocked.usage() == {"pro": (1, 0), "view": (0, 0)}
    erase(stocked, second)
    assert stocked.usage() == {"pro": (0, 0), "view": (0, 0)}


@pytest.mark.parametrize("end", ["deactivated", "deleted"])
def test_a_held_seat_and_a_kept_place_end_too(stocked: PortalUnderTest, end: str) -> None:
    ids = [stocked.provision(f"{name}@x.example", title="Seller") for name in ("ann", "bob")]
    for id in reversed(ids):
        if end == "deleted":
            stocked.scim("DELETE", f"/Users/{id}")
        else:
            stocked.api("POST", f"/users/{id}/deactivate")
    assert people.tickets(stocked.ctx(), ids)
    assert len(people.seats(stocked.ctx(), ids)) == 2
    for id in ids:
        erase(stocked, id)
    assert people.tickets(stocked.ctx(), ids) == people.seats(stocked.ctx(), ids) == {}
    assert invariants.violations(stocked.ctx()) == []


def test_the_record_never_comes_back_and_the_person_can_be_provisioned_anew(stocked: PortalUnderTest) -> None:
    id = stocked.provision("zelda@hyrule.example", **SENT)
    erase(stocked, id)
    assert stocked.scim("GET", f"/Users/{id}").status_code == 404
    assert stocked.scim("PUT", f"/Users/{id}", a_user("zelda@hyrule.example")).status_code == 404
    with pytest.raises(Conflict, match="was erased"):
        transact(lambda: provisioning.restore(stocked.ctx(), id))
    db.session.rollback()
    again = stocked.provision("zelda@hyrule.example", **SENT)
    impostor = stocked.provision(erasure.pseudonym(id))
    assert len({id, again, impostor}) == 3
    assert stocked.api("GET", f"/users/{id}").json["erased"] is True


def test_erasing_twice_is_one_erasure(stocked: PortalUnderTest) -> None:
    id = stocked.provision("zelda@hyrule.example")
    assert erase(stocked, id, reason="First")
    once = sorted(rows(stocked))
    assert not erase(stocked, id, reason="Second")
    assert sorted(rows(stocked)) == once
    said = select(AdminAction.reason).where(
        AdminAction.portal_id == stocked.ref.id, AdminAction.action == "user.erased", AdminAction.object_id == id
    )
    assert db.session.scalars(said).all() == ["First"]


def test_a_frozen_rule_forgets_whom_it_kept(stocked: PortalUnderTest) -> None:
    id = stocked.provision("ann@x.example")
    sales = stocked.push("Sales", id)
    stocked.publish(a_policy(a_rule("sales", f'groups.value eq "{sales}"', "pro"), default="view"))
    stocked.scim("DELETE", f"/Groups/{sales}")
    assert any(id in text for table, text in rows(stocked) if table == "freeze")
    erase(stocked, id)
    assert not any(id in text for table, text in rows(stocked) if table == "freeze")
    stocked.api("POST", f"/groups/{sales}/restore")
    assert invariants.violations(stocked.ctx()) == []


def test_what_the_log_says_of_others_stays(stocked: PortalUnderTest) -> None:
    stocked.provision("ann@x.example")
    erase(stocked, lived(stocked))
    lines = records.provisioning(stocked.ctx(), limit=100).items
    others = [line for line in lines if line.resource_name == "ann@x.example"]
    assert [json.loads(line.request_body)["userName"] for line in others] == ["ann@x.example"]
    refused = [(line.status, line.detail) for line in lines if line.status == 409]
    assert refused == [(409, f"The user name '{erasure.pseudonym(others_id(lines))}' is taken.")]


def others_id(lines: list[ProvisioningEntry]) -> str:
    """The id of the other person whom the log knows, by the pseudonym."""
    found: str = next(line.resource_id for line in lines if (line.resource_name or "").startswith("erased-"))
    return found


def test_a_long_reason_is_refused_before_anything_is_erased(stocked: PortalUnderTest) -> None:
    id = stocked.provision("ann@x.example")
    with pytest.raises(Invalid, match="500"):
        erase(stocked, id, reason="x" * 501)
    assert stocked.scim("GET", f"/Users/{id}").status_code == 200
