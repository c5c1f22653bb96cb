"""A retired license type: nothing may name it, what named it is told, its history and its seats stay."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.db import transact
from scim_portal.errors import Conflict, Invalid
from scim_portal.models import LicenseType
from scim_portal.services import catalog, overrides, records, retirement, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor


@pytest.fixture
def two(portal: PortalUnderTest) -> PortalUnderTest:
    """Pro by a rule with view as its fallback, view by default."""
    for key, rank in (("pro", 30), ("view", 10)):
        portal.license(key, 5, rank=rank)
    portal.publish(policy())
    return portal


def policy(**rest: Any) -> dict[str, Any]:
    return a_policy(a_rule("sales", "userName pr", "pro", fallback=["view"], **rest), default="view")


def retire(portal: PortalUnderTest, key: str) -> LicenseType:
    return transact(lambda: retirement.retire(portal.ctx(), key))


def test_a_type_that_something_names_is_not_retired_and_everything_that_does_is_told(two: PortalUnderTest) -> None:
    ann = two.provision("ann@x.example")
    transact(lambda: overrides.add(two.ctx(), ann, license_type="view", kind="pin", reason="asked for"))
    transact(lambda: rulebook.save_draft(two.ctx(), policy()))
    with pytest.raises(Conflict) as told:
        retire(two, "view")
    for words in (
        "default license of the family “cal”",
        "the rule “Sales” gives it",
        "the draft of the rules",
        "pinned",
    ):
        assert words in told.value.detail
    assert catalog.find(two.ctx(), "view").retired_at is None


def test_a_paused_rule_that_names_a_type_keeps_it_from_being_retired(two: PortalUnderTest) -> None:
    two.publish(policy(state="paused"))
    with pytest.raises(Conflict, match="rule “Sales”"):
        retire(two, "pro")


def test_nothing_can_name_a_retired_type_until_it_is_brought_back(two: PortalUnderTest) -> None:
    ann = two.provision("ann@x.example")
    two.publish(a_policy(default="view"))
    assert retire(two, "pro").retired_at is not None
    with pytest.raises(Conflict, match="retired"):
        transact(lambda: overrides.add(two.ctx(), ann, license_type="pro", kind="pin", reason="why not"))
    for document in (policy(), a_policy(default="pro")):
        with pytest.raises(Invalid, match="“pro” is retired") as told:
            transact(lambda document=document: rulebook.save_draft(two.ctx(), document))
        assert told.value.problems[0][0] in ("/rules/0/grants/0", "/defaults/cal")
    with pytest.raises(Invalid, match="retired"):
        transact(lambda: rulebook.restore(two.ctx(), 1))
    transact(lambda: retirement.bring_back(two.ctx(), "pro"))
    two.publish(policy())
    assert two.usage()["pro"] == (1, 0)


def test_history_stays_and_a_held_seat_ends_in_its_time(two: PortalUnderTest) -> None:
    ann = two.provision("ann@x.example")
    two.scim("DELETE", f"/Users/{ann}")
    two.publish(a_policy(default="view"))
    retire(two, "pro")
    assert two.usage()["pro"] == (1, 0)
    two.run_due()
    assert [entry.event for entry in records.ledger(two.ctx(), records.LedgerFilter(license_type="pro")).items] == [
        "seat.granted",
        "seat.held",
    ]
    assert [one["id"] for one in two.scim("GET", "/Entitlements").json["Resources"]] == ["view"]


def test_two_types_may_not_be_called_the_same(two: PortalUnderTest) -> None:
    for call in (
        lambda: catalog.create_type(two.ctx(), key="other", name="PRO"),
        lambda: catalog.change_type(two.ctx(), "view", name="pro"),
    ):
        with pytest.raises(Conflict, match="“pro” has this name already"):
            transact(call)
    two.publish(a_policy(default="view"))
    retire(two, "pro")
    assert transact(lambda: catalog.change_type(two.ctx(), "view", name="Pro")).name == "Pro"


def test_the_api_retires_and_brings_back(two: PortalUnderTest) -> None:
    assert two.api("POST", "/license-types/view/retire").status_code == 409
    two.publish(a_policy(default="view"))
    assert two.api("POST", "/license-types/pro/retire").json["retired_at"]
    assert two.api("POST", "/license-types/pro/bring-back").json["retired_at"] is None
    assert two.api("POST", "/license-types/pro/retire", role="auditor").status_code == 403


def test_the_page_says_what_to_change_first_and_then_retires(two: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(two)
    assert "the rule “Sales” gives it" in visitor.page("/licenses/pro")
    visitor.send("/licenses/pro/retired", {"retired": "1"})
    assert "cannot be retired yet" in visitor.page("/licenses/pro")
    two.publish(a_policy(default="view"))
    visitor.send("/licenses/pro/retired", {"retired": "1"})
    page = visitor.page("/licenses/pro")
    assert ("Bring back" in page, "Add capacity" in page, "Make default" in page) == (True, False, False)
    assert "/licenses/pro" not in visitor.page("/")
    visitor.send("/licenses/pro/retired", {"retired": "0"})
    assert catalog.find(two.ctx(), "pro").retired_at is None


def test_a_new_default_goes_through_a_draft_with_its_preview(two: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(two)
    answer = visitor.send("/licenses/pro/default")
    assert answer.location.endswith("/rules/preview")
    assert rulebook.current(two.ctx())[1]["defaults"] == {"cal": "view"}
    assert rulebook.draft(two.ctx())[1]["defaults"] == {"cal": "pro"}  # type: ignore[index]


def test_every_setting_can_be_edited_and_a_taken_name_is_told_beside_its_field(two: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(two)
    two.license("extra", 1, family="extra")
    form = {
        "name": "Extra", "family": "add-ons", "rank": "5", "allowance": "10%", "hold_days": "3", "settle_seconds": "60",
        "thresholds": "50, 75", "unit_cost": "9.90", "currency": "eur",
    }  # fmt: skip
    assert visitor.send("/licenses/extra", form).status_code == 302
    kept = catalog.find(two.ctx(), "extra")
    assert (kept.family, kept.rank, kept.allowance_percent, kept.hold_days, kept.thresholds) == (
        "add-ons",
        5,
        10,
        3,
        [50, 75],
    )
    assert (str(kept.unit_cost), kept.currency) == ("9.9000", "EUR")
    taken = visitor.send("/licenses/extra", form | {"name": "Pro"})
    assert (taken.status_code, "has this name already" in taken.text) == (422, True)
