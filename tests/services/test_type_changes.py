"""Changing what a license type is worth, or which family it belongs to, brings everybody in line with it."""

from __future__ import annotations

import pytest

from scim_portal.db import transact
from scim_portal.services import catalog, invariants, people, work
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule


@pytest.fixture
def stocked(portal: PortalUnderTest) -> PortalUnderTest:
    for key, rank in (("pro", 30), ("std", 20)):
        portal.license(key, 2, rank=rank)
    portal.license("extra", 2, family="addon")
    return portal


def change(portal: PortalUnderTest, key: str, **changes: object) -> None:
    transact(lambda: catalog.change_type(portal.ctx(), key, **changes))
    portal.run_due()


def held(portal: PortalUnderTest, user_id: str) -> list[str]:
    return [seat.license_type for seat in people.seats(portal.ctx(), [user_id]).get(user_id, [])]


def test_a_type_that_becomes_the_richest_is_given_where_the_highest_rank_decides(stocked: PortalUnderTest) -> None:
    rules = (a_rule("a", "userName pr", "pro"), a_rule("b", "userName pr", "std"))
    stocked.publish(a_policy(*rules) | {"families": {"cal": {"mode": "highest-rank"}}})
    ann = stocked.provision("ann@x.example")
    assert held(stocked, ann) == ["pro"]
    change(stocked, "pro", rank=5)
    assert held(stocked, ann) == ["std"]
    assert invariants.violations(stocked.ctx()) == []


def test_a_type_that_moves_to_a_family_where_its_rule_decides_is_given(stocked: PortalUnderTest) -> None:
    rules = [a_rule(str(place), "userName pr", key) for place, key in enumerate(("none:addon", "extra", "pro"))]
    stocked.publish(a_policy(*rules))
    ann = stocked.provision("ann@x.example")
    assert held(stocked, ann) == ["pro"]
    change(stocked, "extra", family="cal")
    assert held(stocked, ann) == ["extra"]


def test_a_shorter_settle_time_shortens_how_long_a_place_is_kept(portal: PortalUnderTest) -> None:
    portal.license("pro", 1, settle_seconds=600)
    portal.publish(a_policy(a_rule("sellers", 'title eq "Seller"', "pro")))
    portal.provision("ann@x.example", title="Seller")
    bob = portal.provision("bob@x.example", title="Seller")
    portal.scim("PATCH", f"/Users/{bob}", a_patch({"op": "remove", "path": "title"}))
    (kept,) = people.tickets(portal.ctx(), [bob])[bob]
    assert kept.parked_until is not None
    change(portal, "pro", settle_seconds=0)
    assert people.tickets(portal.ctx(), [bob]) == {}


def test_other_settings_need_no_job(stocked: PortalUnderTest) -> None:
    stocked.publish(a_policy(default="pro"))
    transact(lambda: catalog.change_type(stocked.ctx(), "pro", name="Professional", hold_days=1))
    assert not work.has_open(stocked.ctx())
    transact(lambda: catalog.change_type(stocked.ctx(), "pro", rank=31))
    assert work.has_open(stocked.ctx())
