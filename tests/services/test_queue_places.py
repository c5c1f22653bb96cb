"""A priority that an admin gives to a waiting person: it orders the queue, lasts as long as the wish, and is in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from scim_portal.context import at
from scim_portal.db import db, transact
from scim_portal.errors import Invalid, NotFound
from scim_portal.models import SeatEntry, Ticket
from scim_portal.services import invariants, licensing, queue_places, records
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule

OFF = a_patch({"op": "replace", "value": {"active": False}})
ON = a_patch({"op": "replace", "value": {"active": True}})


@pytest.fixture
def queue(portal: PortalUnderTest) -> dict[str, str]:
    """One seat, which Ann has; Bob, Cid and Dan wait in this order."""
    portal.license("pro", 1, hold_days=0)
    portal.publish(a_policy(default="pro"))
    return {name: portal.provision(f"{name}@x.example") for name in ("ann", "bob", "cid", "dan")}


def order(portal: PortalUnderTest) -> list[str]:
    db.session.rollback()
    return [user.user_name.partition("@")[0] for _, user in records.waitlist(portal.ctx()).items]


def ticket(portal: PortalUnderTest, id: str) -> Ticket:
    db.session.rollback()
    return db.session.scalars(select(Ticket).where(Ticket.portal_id == portal.ref.id, Ticket.user_id == id)).one()


def give(portal: PortalUnderTest, id: str, priority: int | None, reason: str = "the board asked") -> None:
    transact(lambda: queue_places.give(portal.ctx(), id, "pro", priority, reason=reason))


def entries(portal: PortalUnderTest) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(SeatEntry.id).where(SeatEntry.portal_id == portal.ref.id)).all())


def test_who_is_given_a_lower_number_is_served_first(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    give(portal, queue["dan"], 5)
    assert order(portal) == ["dan", "bob", "cid"]
    assert (ticket(portal, queue["dan"]).number, ticket(portal, queue["dan"]).klass) == (3, 2)
    portal.scim("PATCH", f"/Users/{queue['ann']}", OFF)
    assert order(portal) == ["bob", "cid"]
    assert invariants.violations(portal.ctx()) == []


def test_evaluating_again_keeps_it_and_writes_nothing(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    give(portal, queue["dan"], 5)
    written = entries(portal)
    assert transact(lambda: licensing.settle(portal.ctx(), queue.values())) == ()
    portal.scim("PATCH", f"/Users/{queue['dan']}", a_patch({"op": "replace", "path": "title", "value": "Chief"}))
    assert (order(portal), entries(portal)) == (["dan", "bob", "cid"], written)


def test_it_stays_when_the_wish_moves_to_another_rule(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    give(portal, queue["dan"], 5)
    portal.publish(a_policy(a_rule("all", "userName pr", "pro", queue_priority=50)))
    assert order(portal) == ["dan", "bob", "cid"]
    assert (ticket(portal, queue["dan"]).queue_priority, ticket(portal, queue["bob"]).queue_priority) == (5, 50)
    assert invariants.violations(portal.ctx()) == []


def test_it_comes_back_with_a_wish_that_comes_back_in_time_and_ends_with_one_that_does_not(
    portal: PortalUnderTest, queue: dict[str, str]
) -> None:
    portal.api("PATCH", "/license-types/pro", {"hold_days": 7})
    give(portal, queue["dan"], 5)
    portal.scim("PATCH", f"/Users/{queue['dan']}", OFF)
    portal.scim("PATCH", f"/Users/{queue['dan']}", ON)
    assert order(portal) == ["dan", "bob", "cid"]
    portal.scim("PATCH", f"/Users/{queue['dan']}", OFF)
    later = at(portal.ctx(), portal.ctx().now + timedelta(days=8))
    transact(lambda: licensing.settle(later, [queue["dan"]]))
    portal.scim("PATCH", f"/Users/{queue['dan']}", ON)
    assert order(portal) == ["bob", "cid", "dan"]
    assert ticket(portal, queue["dan"]).given_priority is None
    assert invariants.violations(portal.ctx()) == []


def test_taking_it_back_follows_the_rule_again(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    give(portal, queue["dan"], 5)
    give(portal, queue["dan"], None)
    assert (order(portal), ticket(portal, queue["dan"]).queue_priority) == (["bob", "cid", "dan"], 1000)
    written = entries(portal)
    give(portal, queue["dan"], None)
    assert entries(portal) == written


def test_it_is_in_the_ledger_and_its_reason_among_the_admin_actions(
    portal: PortalUnderTest, queue: dict[str, str]
) -> None:
    portal.api_key()
    give(portal, queue["dan"], 5, reason=" the board asked ")
    newest = records.ledger(portal.ctx(), newest_first=True, limit=1).items[0]
    assert (newest.event, newest.reason_code, newest.after["given_priority"]) == ("ticket.changed", "priority_given", 5)
    action = portal.api("GET", "/admin-actions?limit=1").json["items"][0]
    assert (action["action"], action["reason"]) == ("queue_priority.given", "the board asked")
    assert (action["before"]["queue_priority"], action["after"]["queue_priority"]) == (1000, 5)


def test_a_pin_and_a_person_who_returns_still_go_first(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    give(portal, queue["bob"], 0)
    form = {"license_type": "pro", "kind": "pin", "reason": "boss"}
    assert portal.api("POST", f"/users/{queue['dan']}/overrides", form).status_code == 201
    assert order(portal) == ["dan", "bob", "cid"]


@pytest.mark.parametrize(
    ("priority", "reason", "field"),
    [(-1, "x", "queue_priority"), (2_000_000, "x", "queue_priority"), (1, " ", "reason"), (1, "x" * 501, "reason")],
)
def test_a_wrong_number_or_no_reason_is_refused(
    portal: PortalUnderTest, queue: dict[str, str], priority: int, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(portal, queue["dan"], priority, reason)
    assert refused.value.field == field


def test_who_does_not_wait_has_no_place(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        give(portal, queue["ann"], 1)


def test_the_api_changes_a_ticket_for_those_who_may(portal: PortalUnderTest, queue: dict[str, str]) -> None:
    id = portal.api("GET", "/tickets").json["items"][2]["id"]
    changed = portal.api("PATCH", f"/tickets/{id}", {"queue_priority": 5, "reason": "asked"}, role="license-admin")
    assert changed.status_code == 200, changed.text
    told = changed.json
    assert (told["user_id"], told["position"], told["queue_priority"], told["given_priority"]) == (
        queue["dan"],
        1,
        5,
        5,
    )
    for role in ("auditor", "helpdesk"):
        assert portal.api("PATCH", f"/tickets/{id}", {"queue_priority": 5, "reason": "x"}, role=role).status_code == 403
    assert portal.api("PATCH", "/tickets/nonsense", {"queue_priority": 5, "reason": "x"}).status_code == 404
    wrong = portal.api("PATCH", f"/tickets/{id}", {"queue_priority": -1, "reason": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "queue_priority")


@pytest.mark.parametrize("number", [5.9, 5.0, "5", True])
def test_the_api_takes_only_what_is_written_as_a_whole_number(
    portal: PortalUnderTest, queue: dict[str, str], number: object
) -> None:
    id = queue_places.ticket_id(queue["dan"], "pro")
    wrong = portal.api("PATCH", f"/tickets/{id}", {"queue_priority": number, "reason": "x"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "queue_priority")
    assert ticket(portal, queue["dan"]).given_priority is None


def test_a_parked_ticket_has_no_place_in_the_answer(portal: PortalUnderTest) -> None:
    portal.license("pro", 0)
    portal.publish(a_policy(default="pro"))
    ann = portal.provision("ann@x.example")
    portal.scim("PATCH", f"/Users/{ann}", OFF)
    id = queue_places.ticket_id(ann, "pro")
    told = portal.api("PATCH", f"/tickets/{id}", {"queue_priority": 5, "reason": "back soon"}).json
    assert (told["given_priority"], told["position"]) == (5, None)
