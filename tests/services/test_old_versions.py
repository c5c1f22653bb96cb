"""Documents that are older than what became of the groups they name: rules need attention as their groups do now (L9, L10)."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.db import transact
from scim_portal.services import invariants, licensing, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.services.office import Office


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Ann, in Sales, and bob, in Eng, have pro by one rule."""
    office = Office(portal, monkeypatch)
    either = f"{office.member('Sales')} or {office.member('Eng')}"
    office.portal.publish(a_policy(a_rule("both", either, "pro"), default="view"))
    office.arrive("ann", "Sales")
    office.arrive("bob", "Eng")
    return office


def drop(office: Office) -> dict[str, Any]:
    """Delete Sales; gives the document that freezes the rule."""
    assert office.portal.scim("DELETE", f"/Groups/{office.groups['Sales']}").status_code == 204
    document: dict[str, Any] = office.portal.api("GET", "/policy").json["document"]
    assert document["rules"][0]["state"] == "needs-attention"
    assert document["rules"][0]["frozen_until"] is not None
    return document


def bring_back(office: Office) -> None:
    assert office.portal.api("POST", f"/groups/{office.groups['Sales']}/restore").status_code in (200, 204)


def restore_version(office: Office, version: int) -> None:
    assert office.portal.api("POST", f"/policy/versions/{version}/restore").status_code == 202
    office.portal.run_due()


def stands(office: Office, seats: list[str], state: str) -> None:
    """Everybody has this, the rule has this state and is not frozen, and evaluating again changes nothing."""
    (rule,) = rulebook.current(office.portal.ctx())[1]["rules"]
    assert [office.seat(name) for name in ("ann", "bob")] == seats
    assert (rule["state"], rule.get("frozen_until")) == (state, None)
    assert transact(lambda: licensing.settle(office.portal.ctx(), office.ids.values())) == ()
    assert invariants.violations(office.portal.ctx()) == []


def test_a_version_of_a_freeze_that_is_over_does_not_freeze_again(office: Office) -> None:
    drop(office)
    frozen = rulebook.current(office.portal.ctx())[0]
    bring_back(office)
    restore_version(office, frozen)
    stands(office, ["pro", "pro"], "active")


def test_a_draft_of_a_frozen_rule_is_previewed_and_published_as_the_group_is_now(office: Office) -> None:
    document = drop(office)
    bring_back(office)
    preview = office.portal.api("POST", "/policy/preview", {"document": document}).json
    assert (preview["counts"]["release"], preview["document"]["rules"][0]["state"]) == (0, "active")
    body = {"document": document, "preview_token": preview["preview_token"]}
    assert office.portal.api("POST", "/policy/publish", body).status_code == 202
    office.portal.run_due()
    stands(office, ["pro", "pro"], "active")


def test_a_freeze_that_was_ended_by_hand_does_not_begin_again(office: Office) -> None:
    """Nobody is written down any more whom it would keep, so it would take seats from whoever meets the rest."""
    document = drop(office)
    rule = {**document["rules"][0], "frozen_until": None}
    office.portal.publish({**document, "rules": [rule]})
    stands(office, ["view", "pro"], "needs-attention")
    office.portal.publish(document)
    stands(office, ["view", "pro"], "needs-attention")


def test_a_freeze_goes_on_while_other_things_change(office: Office) -> None:
    document = drop(office)
    until = document["rules"][0]["frozen_until"]
    office.portal.publish({**document, "rules": [{**document["rules"][0], "name": "Renamed"}]})
    (rule,) = rulebook.current(office.portal.ctx())[1]["rules"]
    assert (rule["state"], rule["frozen_until"]) == ("needs-attention", until)
    assert [office.seat(name) for name in ("ann", "bob")] == ["pro", "pro"]


def test_an_old_version_that_names_a_deleted_group_needs_attention(office: Office) -> None:
    version = rulebook.current(office.portal.ctx())[0]
    drop(office)
    office.wait(days=8)
    restore_version(office, version)
    stands(office, ["view", "pro"], "needs-attention")
    bring_back(office)
    stands(office, ["pro", "pro"], "active")
