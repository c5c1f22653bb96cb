"""The scenarios of licensing.md L14 over SCIM and the API, on both databases; the numbers are theirs.

Scenario 14, frozen rules, has a file of its own: `test_frozen_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from scim_portal.db import transact
from scim_portal.services import catalog, connectors, invariants, overrides, people, provisioning, rulebook
from tests.portals import PortalUnderTest
from tests.services.office import Office

Build = Callable[..., Office]


@pytest.fixture
def build(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Build]:
    """Make the office with other numbers; the invariants must hold when the test ends."""
    yield lambda **types: Office(portal, monkeypatch, **types)
    assert invariants.violations(portal.ctx()) == []


@pytest.fixture
def office(build: Build) -> Office:
    return build()


def test_01_a_person_without_groups_gets_the_default(office: Office) -> None:
    office.arrive("ann")
    assert office.seat("ann") == "view"


def test_02_the_earlier_rule_decides(office: Office) -> None:
    office.arrive("bob", "Sales", "Eng")
    assert office.seat("bob") == "pro"


def test_03_and_04_the_third_waits_with_a_fallback_and_moves_up_in_one_transaction(office: Office) -> None:
    for name in ("ann", "bob", "cat"):
        office.arrive(name, "Sales")
    assert [office.seat(name) for name in ("ann", "bob", "cat")] == ["pro", "pro", "std + q pro"]
    office.leave("ann", "Sales")
    assert [office.seat(name) for name in ("ann", "bob", "cat")] == ["view", "pro", "pro"]
    assert office.use() == {"pro": 2, "std": 0, "view": 1}


def test_05_none_stops_rule_and_default(office: Office) -> None:
    office.arrive("dan", "Contractors", "Sales")
    assert office.seat("dan") is None


def test_06_a_held_seat_comes_back_inside_the_hold_and_is_free_after_it(office: Office) -> None:
    office.arrive("ann", "Sales")
    office.arrive("bob", "Sales")
    office.activate("ann", False)
    assert office.seat("ann") == "pro held"
    assert office.use()["pro"] == 2
    office.wait(days=3)
    office.activate("ann", True)
    assert office.seat("ann") == "pro"
    office.activate("ann", False)
    office.wait(days=8)
    assert office.use()["pro"] == 1
    office.activate("ann", True)
    assert office.seat("ann") == "pro"


def test_07_a_hold_gives_way_and_its_owner_returns_before_newcomers(office: Office) -> None:
    for name in ("ann", "bob", "cat"):
        office.arrive(name, "Sales")
    office.activate("ann", False)
    assert office.seat("cat") == "pro"
    assert office.seat("ann") is None
    office.wait(days=1)
    office.activate("ann", True)
    office.arrive("xia", "Sales")
    assert (office.seat("ann"), office.seat("xia")) == ("std + q pro", "std + q pro")
    office.leave("bob", "Sales")
    assert (office.seat("ann"), office.seat("xia")) == ("pro", "std + q pro")


def test_09_a_shrink_takes_nothing_and_grants_only_below_the_limit(office: Office) -> None:
    for name in ("ann", "bob", "cat"):
        office.arrive(name, "Sales")
    ctx = office.portal.ctx()
    line = catalog.lines(ctx, "pro")[0].id
    transact(lambda: catalog.change_line(office.portal.ctx(), line, quantity=1))
    assert catalog.summary(office.portal.ctx(), "pro").over == 1
    office.leave("ann", "Sales")
    assert (office.seat("bob"), office.seat("cat"), office.use()["pro"]) == ("pro", "std + q pro", 1)
    office.leave("bob", "Sales")
    assert office.seat("cat") == "pro"


def test_10_a_lapse_suspends_and_a_renewal_resumes_in_order(office: Office) -> None:
    office.arrive("ann", "Eng")
    office.wait(seconds=1)
    office.arrive("bob", "Eng")
    line = catalog.lines(office.portal.ctx(), "std")[0].id
    transact(
        lambda: catalog.change_line(office.portal.ctx(), line, ends_at=office.portal.ctx().now + timedelta(hours=1))
    )
    office.wait(hours=2)
    assert (office.seat("ann"), office.seat("bob"), office.use()["std"]) == ("std suspended", "std suspended", 0)
    transact(lambda: catalog.add_line(office.portal.ctx(), "std", quantity=1))
    assert (office.seat("ann"), office.seat("bob")) == ("std", "std suspended")
    transact(lambda: catalog.add_line(office.portal.ctx(), "std", quantity=2))
    assert office.seat("bob") == "std"


def test_11_a_pin_waits_at_the_head_and_keeps_the_rule_below_it(office: Office) -> None:
    for name in ("ann", "bob", "cat"):
        office.arrive(name, "Sales")
    pat = office.arrive("pat", "Eng")
    transact(lambda: overrides.add(office.portal.ctx(), pat, license_type="pro", kind="pin", reason="Head of design"))
    assert office.seat("pat") == "std + q pro"
    office.leave("ann", "Sales")
    assert (office.seat("pat"), office.seat("cat")) == ("pro", "std + q pro")


def test_12_an_excluded_grant_is_skipped_and_the_walk_goes_on(office: Office) -> None:
    bob = office.arrive("bob")
    transact(
        lambda: overrides.add(office.portal.ctx(), bob, license_type="pro", kind="exclude", reason="Left the programme")
    )
    office.join("bob", "Sales")
    office.join("bob", "Eng")
    assert office.seat("bob") == "std"


def test_13_reordering_swaps_and_serves_the_queue(office: Office) -> None:
    office.arrive("ann", "Sales", "Eng")
    office.arrive("bob", "Sales")
    office.arrive("cat", "Sales")
    office.portal.publish(office.policy("contractors", "eng", "sales"))
    assert [office.seat(name) for name in ("ann", "bob", "cat")] == ["std", "pro", "pro"]


def test_15_a_rename_moves_nothing(office: Office) -> None:
    office.arrive("ann", "Sales")
    rename = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "replace", "value": {"id": office.groups["Sales"], "displayName": "Field Sales"}}]}  # fmt: skip
    assert office.portal.scim("PATCH", f"/Groups/{office.groups['Sales']}", rename).json["displayName"] == "Field Sales"
    assert office.seat("ann") == "pro"


def test_16_a_place_in_the_queue_outlasts_a_resend_and_a_short_leave(build: Build) -> None:
    office = build(view=1)
    office.arrive("ann")
    office.arrive("bob")
    office.arrive("cat")
    number = people.tickets(office.portal.ctx(), [office.ids["bob"]])[office.ids["bob"]][0].number
    office.activate("bob", True)
    office.activate("bob", False)
    office.wait(days=6)
    office.activate("bob", True)
    ticket = people.tickets(office.portal.ctx(), [office.ids["bob"]])[office.ids["bob"]][0]
    assert (ticket.number, people.position(office.portal.ctx(), ticket)) == (number, 1)


def test_17_a_swap_of_groups_does_not_flap(build: Build) -> None:
    office = build(settle_seconds=900)
    office.arrive("ann", "Sales")
    office.leave("ann", "Sales")
    assert office.seat("ann") == "pro releasing"
    office.wait(seconds=30)
    office.join("ann", "Eng")
    assert office.seat("ann") == "pro releasing"
    office.wait(seconds=871)
    assert office.seat("ann") == "std"
    office.arrive("bob", "Sales")
    office.leave("bob", "Sales")
    office.wait(seconds=30)
    office.join("bob", "Sales")
    assert office.seat("bob") == "pro"


@pytest.mark.parametrize("allowance", [1, "50%"])
def test_18_the_allowance_is_used_and_flagged(build: Build, allowance: int | str) -> None:
    office = build(view=2, allowance=allowance)
    for name in ("ann", "bob", "cat", "dan"):
        office.arrive(name)
    seats = people.seats(office.portal.ctx(), list(office.ids.values()))
    assert [seats[office.ids[name]][0].overage for name in ("ann", "bob", "cat")] == [False, False, True]
    assert office.seat("dan") == "q view"


def test_20_deleting_a_rule_lets_its_holders_fall_to_the_default(office: Office) -> None:
    office.arrive("ann", "Sales")
    office.arrive("bob", "Sales")
    office.portal.publish(office.policy("contractors", "eng"))
    assert (office.seat("ann"), office.seat("bob"), office.use()["pro"]) == ("view", "view", 0)


def test_21_settling_again_writes_nothing(office: Office) -> None:
    for name in ("ann", "bob", "cat"):
        office.arrive(name, "Sales")
    before = [one.next_entry for one in (summary.type for summary in catalog.summaries(office.portal.ctx()))]
    office.portal.publish(rulebook.current(office.portal.ctx())[1])
    assert [one.type.next_entry for one in catalog.summaries(office.portal.ctx())] == before


def test_22_a_strict_connector_stores_nobody_without_a_seat(build: Build) -> None:
    office = build(view=0)
    connector = office.portal.connector()
    transact(lambda: connectors.change(office.portal.ctx(), connector.id, strict=True))
    refused = office.create("ann")
    assert refused.status_code == 403
    assert "No seat is free" in refused.json["detail"]
    assert office.portal.scim("GET", '/Users?filter=userName eq "ann@office.example"').json["totalResults"] == 0


def test_23_a_delete_is_reversible_by_create_and_in_the_portal(office: Office) -> None:
    ann = office.arrive("ann", "Sales")
    office.delete("ann")
    assert office.portal.scim("GET", f"/Users/{ann}").status_code == 404
    assert office.seat("ann") == "pro held"
    transact(lambda: provisioning.restore(office.portal.ctx(), ann))
    assert office.seat("ann") == "pro"
    office.delete("ann")
    again = office.create("ann", externalId="00uann")
    assert (again.status_code, again.json["id"]) == (201, ann)
    assert "groups" not in again.json
    office.delete("ann")
    assert office.create("ann", externalId="00uother").json["id"] != ann
