"""The load harness's large directory is one the product could have written: proven, settled, and found by every look-up."""

from __future__ import annotations

import pytest

from bench import population, rule_sets, seeding, workloads
from scim_portal.db import db
from scim_portal.services import invariants, people, previews
from scim_portal.services.people import Wanted
from tests.portals import PortalUnderTest

USERS, ENTRIES = 30, 100


@pytest.fixture
def filled(portal: PortalUnderTest) -> PortalUnderTest:
    seeding.licenses(portal.ctx())
    population.directory(portal.ctx(), USERS, ENTRIES)
    return portal


def test_its_ledger_proves_and_has_as_many_entries_as_were_asked_for(filled: PortalUnderTest) -> None:
    assert invariants.violations(filled.ctx()) == []
    (view,) = [one for one in filled.api("GET", "/license-types").json["items"] if one["key"] == "view"]
    entries = filled.api("GET", "/ledger?limit=200").json["items"]
    assert (view["used"], len(entries)) == (USERS, ENTRIES)


def test_its_seats_are_those_of_the_policy_in_force(filled: PortalUnderTest) -> None:
    counts = previews.preview(filled.ctx(), rule_sets.ordinary()).outcome.counts
    db.session.rollback()
    assert counts == {"grant": 0, "swap": 0, "queue": 0, "release": 0, "unchanged": USERS}


def test_its_users_are_found_by_name_by_mail_and_by_external_id(filled: PortalUnderTest) -> None:
    for attribute, value in (
        ("userName", workloads.user_address(7)),
        ("emails.value", workloads.user_address(7)),
        ("externalId", workloads.user_external_id(7)),
    ):
        found = filled.scim("GET", f'/Users?filter={attribute} eq "{value}"').json
        assert [one["userName"] for one in found["Resources"]] == [workloads.user_address(7)]


@pytest.mark.parametrize(("rules", "granting", "granted"), [(5, False, 0), (5, True, USERS)])
def test_its_rule_sets_match_nobody_or_everybody(
    filled: PortalUnderTest, rules: int, granting: bool, granted: int
) -> None:
    document = rule_sets.document(rules, default=None, granting=granting)
    usage = previews.preview(filled.ctx(), document).outcome.usage
    db.session.rollback()
    assert usage["pro"].after == granted


@pytest.mark.parametrize("filter", ["", "&license_type=view", "&license_type=pro"])
def test_pages_of_its_ledger_hold_every_entry_once_and_in_order(filled: PortalUnderTest, filter: str) -> None:
    numbers, cursor = [], ""
    while cursor is not None:
        page = filled.api("GET", f"/ledger?limit=30{filter}" + (f"&cursor={cursor}" if cursor else "")).json
        numbers += [entry["number"] for entry in page["items"]]
        cursor = page["next"]
    assert numbers == ([] if filter.endswith("pro") else list(range(1, ENTRIES + 1)))


@pytest.mark.parametrize("limit", [10, USERS, 200])
def test_a_search_for_users_tells_how_many_there_are_whether_one_page_holds_them_or_not(
    filled: PortalUnderTest, limit: int
) -> None:
    found = people.users(filled.ctx(), Wanted(search="bench."), limit=limit, count=True)
    assert (len(found.items), found.total) == (min(limit, USERS), USERS)
