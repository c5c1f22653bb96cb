"""Frozen rules (licensing.md L9, L14.14) over SCIM on both databases: what a deleted group leaves behind, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scim_portal.services import invariants, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.services.office import Office

Build = Callable[..., Office]


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(portal, monkeypatch, settle_seconds=0)


def drop(office: Office, group: str) -> None:
    assert office.portal.scim("DELETE", f"/Groups/{office.groups[group]}").status_code == 204


def rule(office: Office, id: str) -> dict[str, object]:
    return next(one for one in rulebook.current(office.portal.ctx())[1]["rules"] if one["id"] == id)


def entries(office: Office) -> int:
    return len(office.portal.api("GET", "/ledger?limit=200").json["items"])


def sound(office: Office) -> None:
    assert invariants.violations(office.portal.ctx()) == []


def test_14_seats_stay_for_a_week_and_a_group_of_the_same_name_gives_none(office: Office) -> None:
    office.arrive("a", "Sales")
    office.arrive("b", "Sales", "Eng")
    before = entries(office)
    drop(office, "Sales")
    assert rule(office, "sales")["state"] == "needs-attention"
    assert [office.seat("a"), office.seat("b")] == ["pro", "pro"]
    assert entries(office) == before
    office.groups["Sales"] = office.portal.push("Sales")
    office.arrive("n", "Sales")
    assert office.seat("n") == "view"
    office.wait(days=6)
    assert [office.seat("a"), office.seat("b"), office.seat("n")] == ["pro", "pro", "view"]
    office.wait(days=1)
    assert [office.seat("a"), office.seat("b"), office.seat("n")] == ["view", "std", "view"]
    sound(office)


def test_an_explanation_says_what_would_make_a_frozen_rule_decide(office: Office) -> None:
    office.arrive("a", "Sales")
    office.arrive("b")
    drop(office, "Sales")
    (family,) = office.portal.api("GET", f"/users/{office.ids['b']}/explain").json["families"]
    assert next(one["outcome"] for one in family["rules"] if one["rule_id"] == "sales").startswith("the rule is frozen")
    told = [one for one in family["would_change"] if "deleted group" in one]
    assert len(told) == 1
    assert "restored or replaced" in told[0]


def test_a_place_in_the_queue_is_kept_while_the_rule_is_frozen(office: Office) -> None:
    for name in ("a", "b", "c", "d"):
        office.arrive(name, "Sales")
    assert office.seat("d") == "std + q pro"
    drop(office, "Sales")
    office.wait(hours=1)
    office.activate("a", False)
    office.wait(days=1)
    assert [office.seat("c"), office.seat("d")] == ["std", "std"]
    assert office.portal.scim("GET", f"/Groups/{office.groups['Sales']}").status_code == 404
    restored = office.portal.api("POST", f"/groups/{office.groups['Sales']}/restore")
    assert restored.status_code == 200, restored.text
    assert rule(office, "sales")["state"] == "active"
    assert [office.seat("b"), office.seat("c"), office.seat("d")] == ["pro", "pro", "std + q pro"]
    sound(office)


def test_a_restored_group_thaws_its_rule_and_leaves_no_trace(office: Office) -> None:
    office.arrive("a", "Sales")
    before = entries(office)
    drop(office, "Sales")
    office.portal.api("POST", f"/groups/{office.groups['Sales']}/restore")
    office.wait(days=8)
    assert office.seat("a") == "pro"
    assert entries(office) == before
    assert "frozen_until" not in rule(office, "sales")
    sound(office)


def test_whoever_meets_the_condition_otherwise_is_kept_only_while_that_is_so(office: Office) -> None:
    either = f"{office.member('Sales')} or {office.member('Eng')}"
    office.portal.publish(a_policy(a_rule("both", either, "pro"), default="view"))
    office.arrive("a", "Sales")
    office.arrive("b", "Eng")
    drop(office, "Sales")
    assert [office.seat("a"), office.seat("b")] == ["pro", "pro"]
    office.leave("b", "Eng")
    assert [office.seat("a"), office.seat("b")] == ["pro", "view"]
    office.join("b", "Eng")
    assert office.seat("b") == "view"
    office.wait(days=7)
    office.portal.run_due()
    assert office.seat("a") == "view"
    sound(office)


def test_deactivation_delete_and_a_new_policy_end_what_a_frozen_rule_keeps(office: Office) -> None:
    office.arrive("a", "Sales")
    office.arrive("b", "Sales")
    drop(office, "Sales")
    office.activate("a", False)
    assert office.seat("a") == "pro held"
    office.activate("a", True)
    assert office.seat("a") == "pro"
    office.portal.publish(a_policy(a_rule("eng", office.member("Eng"), "std"), default="view"))
    assert [office.seat("a"), office.seat("b")] == ["view", "view"]
    sound(office)


def test_a_seat_that_is_held_when_the_group_goes_is_restored_on_return(office: Office) -> None:
    """Whether somebody left before the group was deleted or after makes no difference."""
    office.arrive("a", "Sales")
    office.arrive("b")
    office.join("b", "Sales")
    for name in ("a", "b"):
        office.activate(name, False)
    office.leave("b", "Sales")
    drop(office, "Sales")
    office.wait(days=1)
    for name in ("a", "b"):
        office.activate(name, True)
    assert [office.seat("a"), office.seat("b")] == ["pro", "view"]
    sound(office)
    office.wait(days=6)
    assert office.seat("a") == "view"
    sound(office)


def test_groups_that_no_rule_names_are_deleted_without_a_new_version(office: Office) -> None:
    version = rulebook.current(office.portal.ctx())[0]
    office.groups["Choir"] = office.portal.push("Choir")
    drop(office, "Choir")
    assert rulebook.current(office.portal.ctx())[0] == version


def frozen(office: Office) -> None:
    """Sales is gone: a and b hold pro by its rule, c waits with std, and d is in Eng."""
    for name in ("a", "b", "c"):
        office.arrive(name, "Sales")
    office.arrive("d", "Eng")
    drop(office, "Sales")


def test_relinking_to_the_new_group_brings_its_members_back_to_their_places(office: Office) -> None:
    frozen(office)
    (told,) = office.portal.api("GET", "/frozen-rules").json["items"]
    assert (told["rule_id"], told["people"], told["gone"][0]["display_name"]) == ("sales", 3, "Sales")
    new = office.portal.push("Sales", *(office.ids[name] for name in "abc"))
    answer = office.portal.api("POST", "/frozen-rules/sales/relink", {"from": office.groups["Sales"], "to": new})
    assert answer.status_code == 202, answer.text
    office.portal.run_due()
    assert [office.seat(name) for name in "abcd"] == ["pro", "pro", "std + q pro", "std"]
    assert (rule(office, "sales")["state"], new in str(rule(office, "sales")["condition"])) == ("active", True)
    assert office.portal.api("GET", "/frozen-rules").json["items"] == []
    sound(office)


def test_releasing_evaluates_everybody_now(office: Office) -> None:
    frozen(office)
    assert office.portal.api("POST", "/frozen-rules/sales/release").status_code == 202
    office.portal.run_due()
    assert [office.seat(name) for name in "abcd"] == ["view", "view", "view", "std"]
    assert office.portal.api("GET", "/frozen-rules").json["items"][0]["until"] is None
    sound(office)


def test_pinning_keeps_the_seats_for_good(office: Office) -> None:
    frozen(office)
    answer = office.portal.api("POST", "/frozen-rules/sales/pin")
    assert (answer.status_code, answer.json["pinned"]) == (202, 3)
    office.wait(days=30)
    assert [office.seat(name) for name in "abcd"] == ["pro", "pro", "std", "std"]
    sound(office)


def test_nonsense_is_refused_by_name(office: Office) -> None:
    frozen(office)
    path = "/frozen-rules/sales/relink"
    refused = [
        office.portal.api("POST", "/frozen-rules/eng/release"),
        office.portal.api("POST", path, {"from": office.groups["Eng"], "to": office.groups["Eng"]}),
        office.portal.api("POST", path, {"from": office.groups["Sales"], "to": office.groups["Sales"]}),
        office.portal.api("POST", path, {"from": office.groups["Sales"]}),
        office.portal.api("POST", "/frozen-rules/sales/release", role="helpdesk"),
    ]
    assert [answer.status_code for answer in refused] == [404, 422, 422, 422, 403]
    assert [answer.json["errors"][0]["field"] for answer in refused[1:4]] == ["from", "to", "to"]
