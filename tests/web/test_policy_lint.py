"""What is odd about a policy, over the API and beside the rules in the portal; and remedies that are really taken."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.web.portal import linting
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule
from tests.web.visitor import Visitor

WIDE = a_rule("wide", 'title sw "Sell"', "pro")
NARROW = a_rule("narrow", 'title eq "Seller"', "std")
DEAD = a_rule("dead", 'title eq "a" and title eq "b"', "pro")


@pytest.fixture
def flawed(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal whose second rule never decides, and whose third matches nobody."""
    portal.license("pro", 5, rank=30)
    portal.license("std", 5, rank=20)
    portal.publish(a_policy(WIDE, NARROW, DEAD, default="std"))
    return portal


def test_the_live_policy_is_looked_over_with_witnesses(flawed: PortalUnderTest) -> None:
    answer = flawed.api("GET", "/policy/lint")
    assert answer.status_code == 200
    shadowed, dead = answer.json["findings"]
    assert shadowed == {
        "kind": "shadowed", "severity": "warning", "rule_id": "narrow", "other_rule_id": "wide",
        "sentence": "The rule “Narrow” never decides: “Wide” decides for everybody it matches.",
        "witness": {"userName": "someone", "title": "seller"},
    }  # fmt: skip
    assert (dead["kind"], dead["severity"], dead["rule_id"], dead["witness"]) == ("dead", "error", "dead", None)


def test_a_document_is_looked_over_before_it_is_saved_and_nothing_is_stored(flawed: PortalUnderTest) -> None:
    document = a_policy({"name": "All", "condition": "userName pr", "grants": ["pro"]}, default="std")
    found = flawed.api("POST", "/policy/lint", {"document": document}).json["findings"]
    assert [one["kind"] for one in found] == ["always-true", "default-never-used"]
    assert flawed.api("GET", "/policy").json["version"] == 1
    wrong = flawed.api("POST", "/policy/lint", {"document": a_policy(a_rule("x", "colour pr", "pro"))})
    assert wrong.status_code == 422
    assert "/rules/0/condition" in wrong.text


@pytest.mark.parametrize("role", ["auditor", "helpdesk", "license-admin"])
def test_whoever_may_read_the_policy_may_have_it_looked_over(flawed: PortalUnderTest, role: str) -> None:
    assert flawed.api("GET", "/policy/lint", role=role).status_code == 200
    assert flawed.api("POST", "/policy/lint", {"document": a_policy(WIDE)}, role=role).status_code == 200


def test_the_rules_page_and_the_preview_show_what_is_odd(flawed: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(flawed, "owner")
    for path in ("/rules", "/rules/preview"):
        page = visitor.page(path)
        assert "The rule “Narrow” never decides: “Wide” decides for everybody it matches." in page
        assert "no effect" in page
    visitor.send("/rules/wide/state", {"state": "paused"})
    assert "never decides" not in visitor.page("/rules")


def test_overlaps_are_shown_as_notes_and_a_policy_that_does_not_compile_shows_none(portal: PortalUnderTest) -> None:
    portal.license("pro", 5, rank=30)
    portal.license("std", 5, rank=20)
    portal.publish(a_policy(a_rule("a", "title pr", "pro"), a_rule("b", "nickName pr", "std")))
    page = Visitor.signed_in(portal).page("/rules")
    assert "1 note" in page
    assert "“A” can match the same user; “A” then decides, which gives Pro instead of Std." in page
    assert linting.marks(portal.ctx(), a_policy(a_rule("x", "colour pr", "pro"))) == []


def _remedies(portal: PortalUnderTest, user: str) -> list[dict[str, Any]]:
    (family,) = portal.api("GET", f"/users/{user}/explain").json["families"]
    found: list[dict[str, Any]] = family["remedies"]
    return found


def _seats(portal: PortalUnderTest, user: str) -> list[str]:
    return [seat["license_type"] for seat in portal.api("GET", f"/users/{user}/seats").json["seats"]]


def test_a_remedy_taken_over_scim_changes_the_seat_as_it_says(flawed: PortalUnderTest) -> None:
    ann, ben = flawed.provision("ann@x.example"), flawed.provision("ben@x.example")
    group = flawed.push("Sales", ben)
    flawed.publish(a_policy(a_rule("sales", f'groups eq "{group}" and userType eq "Staff"', "pro"), default="std"))
    assert _seats(flawed, ann) == ["std"]
    remedy = _remedies(flawed, ann)[0]
    assert remedy == {
        "license_type": "pro", "ends": None,
        "sentence": "To get Pro: add the user to the group Sales, and set userType to “Staff”.",
        "steps": [
            {"kind": "join-group", "path": "groups.value", "value": group, "is_example": False},
            {"kind": "set", "path": "userType", "value": "Staff", "is_example": False},
        ],
    }  # fmt: skip
    join, change = remedy["steps"]
    assert "add the user to the group Sales" in Visitor.signed_in(flawed).page(f"/users/{ann}")
    op = {"op": "add", "path": "members", "value": [{"value": ann}]}
    assert flawed.scim("PATCH", f"/Groups/{join['value']}", a_patch(op)).status_code in {200, 204}
    assert _seats(flawed, ann) == ["std"]
    op = {"op": "replace", "path": change["path"], "value": change["value"]}
    assert flawed.scim("PATCH", f"/Users/{ann}", a_patch(op)).status_code == 200
    assert _seats(flawed, ann) == ["pro"]
    ending = _remedies(flawed, ann)[0]
    assert (ending["ends"], ending["license_type"]) == ("pro", "std")
    assert [step["kind"] for step in ending["steps"]] == ["leave-group"]
    op = {"op": "remove", "path": f'members[value eq "{ann}"]'}
    assert flawed.scim("PATCH", f"/Groups/{group}", a_patch(op)).status_code in {200, 204}
    assert _seats(flawed, ann) == ["std"]
