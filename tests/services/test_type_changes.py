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


def test_a_type_does_not_move_to_where_somebody_has_another_pin(stocked: PortalUnderTest) -> None:
    """L1: one pin per family; somebody away holds and awaits nothing, so pins alone would be in the way."""
    stocked.publish(a_policy())
    ann = stocked.provision("ann@x.example", active=False)
    for key in ("extra", "pro"):
        body = {"license_type": key, "kind": "pin", "reason": "Owner"}
        assert stocked.api("POST", f"/users/{ann}/overrides", body).status_code == 201
    answer = stocked.api("PATCH", "/license-types/extra", {"family": "cal"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "family")
    assert stocked.api("PATCH", "/license-types/extra", {"family": "other"}).status_code == 200
    assert stocked.api("DELETE", f"/overrides/{pin_of(stocked, ann, 'pro')}").status_code == 204
    assert stocked.api("PATCH", "/license-types/extra", {"family": "cal"}).status_code == 200


def pin_of(portal: PortalUnderTest, user_id: str, key: str) -> str:
    items = portal.api("GET", f"/users/{user_id}/overrides").json["items"]
    id: str = next(one["id"] for one in items if one["license_type"] == key)
    return id
