"""A frozen rule gives nothing new (L9), also to those who wait by it through a group that is still there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scim_portal.db import transact
from scim_portal.services import catalog, invariants, licensing, people
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.services.office import Office


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Sales and Eng get pro or else std by one rule; a and b, in Sales, have it, and d, in Eng, waits."""
    office = Office(portal, monkeypatch, settle_seconds=0)
    either = f"{office.member('Sales')} or {office.member('Eng')}"
    office.portal.publish(a_policy(a_rule("both", either, "pro", fallback=["std"]), default="view"))
    for name, group in (("a", "Sales"), ("b", "Sales"), ("d", "Eng")):
        office.arrive(name, group)
    assert office.seat("d") == "std + q pro"
    return office


def drop(office: Office, group: str) -> None:
    assert office.portal.scim("DELETE", f"/Groups/{office.groups[group]}").status_code == 204


def test_whoever_waits_through_another_group_gets_nothing_while_the_rule_is_frozen(office: Office) -> None:
    drop(office, "Sales")
    transact(lambda: catalog.add_line(office.portal.ctx(), "pro", quantity=1))
    assert [office.seat(name) for name in "abd"] == ["pro", "pro", "std"]
    assert invariants.violations(office.portal.ctx()) == []


def test_their_place_is_kept_and_taken_again_when_the_group_comes_back(office: Office) -> None:
    drop(office, "Sales")
    (kept,) = people.tickets(office.portal.ctx(), [office.ids["d"]])[office.ids["d"]]
    assert (kept.number, kept.parked_until is not None) == (1, True)
    office.wait(days=1)
    office.portal.api("POST", f"/groups/{office.groups['Sales']}/restore")
    assert [office.seat(name) for name in "abd"] == ["pro", "pro", "std + q pro"]
    assert invariants.violations(office.portal.ctx()) == []


def test_when_the_week_is_over_they_are_evaluated_by_the_condition_as_it_stands(office: Office) -> None:
    drop(office, "Sales")
    office.wait(days=7)
    assert [office.seat(name) for name in "abd"] == ["view", "view", "pro"]
    assert invariants.violations(office.portal.ctx()) == []


def test_whoever_came_meanwhile_gets_the_license_when_the_week_is_over(office: Office) -> None:
    """The frozen rule held them off without keeping anything for them."""
    drop(office, "Sales")
    office.arrive("n", "Eng")
    assert office.seat("n") == "view"
    office.wait(days=7)
    assert [office.seat(name) for name in "abdn"] == ["view", "view", "pro", "pro"]
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()


def test_the_end_of_a_freeze_that_keeps_nobody_is_noticed_too(portal: PortalUnderTest, office: Office) -> None:
    for name in "abd":
        office.delete(name)
    office.wait(days=8)
    drop(office, "Sales")
    office.arrive("n", "Eng")
    office.wait(days=7)
    assert office.seat("n") == "pro"
    assert invariants.violations(portal.ctx()) == []


def test_a_second_group_that_is_deleted_keeps_the_places_of_those_whom_the_first_one_left(office: Office) -> None:
    either = f"{office.member('Sales')} or {office.member('Eng')}"
    office.groups["Late"] = office.portal.push("Late")
    first, both = a_rule("first", office.member("Late"), "pro"), a_rule("both", either, "pro", fallback=["std"])
    office.portal.publish(a_policy(first, both, default="view"))
    office.arrive("c", "Late", "Sales")
    drop(office, "Sales")
    office.leave("c", "Late")  # c waited by the other rule until now, so nothing of theirs comes from the frozen one
    office.wait(hours=1)
    drop(office, "Eng")
    until = office.portal.ctx().now + timedelta(days=7)
    found = people.tickets(office.portal.ctx(), [office.ids[name] for name in "cd"])
    assert {ticket.parked_until for tickets in found.values() for ticket in tickets} == {until}
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()


def test_nobody_is_kept_by_a_rule_whose_window_is_closed(office: Office) -> None:
    """Its opening takes the default from nobody who matched it before it could decide anything."""
    opens = (office.portal.ctx().now + timedelta(hours=1)).isoformat()
    office.arrive("n")
    office.groups["Late"] = office.portal.push("Late")
    later = a_rule("later", office.member("Late"), "pro", valid_from=opens)
    office.join("n", "Late")
    office.portal.publish(a_policy(later, default="view"))
    assert office.seat("n") == "view"
    drop(office, "Late")
    office.wait(hours=2)
    assert office.seat("n") == "view"


def test_a_seat_of_another_rule_is_not_taken_over_by_the_frozen_one(office: Office) -> None:
    either = f"{office.member('Sales')} or {office.member('Eng')}"
    office.groups["Late"] = office.portal.push("Late")
    both, late = a_rule("both", either, "pro"), a_rule("late", office.member("Late"), "pro", fallback=["std"])
    office.portal.publish(a_policy(both, late, default="view"))
    office.join("d", "Late")
    assert office.seat("d") == "q pro"
    drop(office, "Sales")
    assert office.seat("d") == "std + q pro"
    office.activate("a", False)
    assert office.seat("d") == "pro"
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()
    assert people.seats(office.portal.ctx(), [office.ids["d"]])[office.ids["d"]][0].rule_id == "late"


def test_whoever_lost_a_kept_seat_while_away_is_decided_like_anybody(office: Office) -> None:
    office.arrive("z", "Contractors")
    first = a_rule("first", office.member("Contractors"), "pro")
    both = a_rule("both", f"{office.member('Sales')} or {office.member('Eng')}", "pro")
    office.portal.publish(a_policy(first, both, default="view"))
    office.activate("b", False)
    assert (office.seat("a"), office.seat("d"), office.seat("z")) == ("pro", "pro", "q pro")
    drop(office, "Sales")
    office.activate("d", False)
    assert office.seat("z") == "pro"
    office.activate("d", True)
    assert office.seat("d") == "view"
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()


def test_whoever_was_held_off_is_served_when_the_group_comes_back(office: Office) -> None:
    transact(lambda: catalog.add_line(office.portal.ctx(), "pro", quantity=2))
    drop(office, "Sales")
    office.arrive("n", "Eng")
    assert office.seat("n") == "view"
    office.portal.api("POST", f"/groups/{office.groups['Sales']}/restore")
    office.portal.run_due()
    assert office.seat("n") == "pro"
