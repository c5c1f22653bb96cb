"""Erasing over the API and in the portal: for owners only, and in the portal only after typing the user name."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.services import erasure
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor

NOBODY = "0198c0de-0000-7000-8000-000000000000"


@pytest.fixture
def stocked(portal: PortalUnderTest) -> PortalUnderTest:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    return portal


def ann(portal: PortalUnderTest) -> str:
    return portal.provision("ann@x.example", externalId="e1", displayName="Ann Archer")


def show(portal: PortalUnderTest, id: str) -> dict[str, Any]:
    found: dict[str, Any] = portal.api("GET", f"/users/{id}").json
    return found


def test_the_api_answers_with_what_is_left(stocked: PortalUnderTest) -> None:
    id = ann(stocked)
    answer = stocked.api("POST", f"/users/{id}/erase", {"reason": "Art. 17 GDPR"})
    assert answer.status_code == 200, answer.text
    left = {
        "id": id, "user_name": erasure.pseudonym(id), "external_id": None, "active": False, "deleted": True, "erased": True,
        "display_name": None, "email": None, "seats": [],
    }  # fmt: skip
    assert answer.json | left == answer.json == show(stocked, id)
    assert stocked.usage() == {"view": (0, 0)}


@pytest.mark.parametrize("body", [None, {}, {"reason": None}])
def test_a_reason_may_be_left_out_and_erasing_may_be_asked_twice(stocked: PortalUnderTest, body: Any) -> None:
    id = ann(stocked)
    first = stocked.api("POST", f"/users/{id}/erase", body)
    assert (first.status_code, first.json["erased"]) == (200, True)
    assert stocked.api("POST", f"/users/{id}/erase", body).json == first.json


@pytest.mark.parametrize("body", [{"reason": ""}, {"reason": "x" * 501}, {"reason": 7}, {"raeson": "x"}])
def test_a_bad_body_is_refused_and_erases_nothing(stocked: PortalUnderTest, body: dict[str, Any]) -> None:
    id = ann(stocked)
    answer = stocked.api("POST", f"/users/{id}/erase", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, next(iter(body)))
    assert show(stocked, id)["user_name"] == "ann@x.example"


@pytest.mark.parametrize("role", ["license-admin", "auditor", "helpdesk"])
def test_only_owners_erase(stocked: PortalUnderTest, role: str) -> None:
    id = ann(stocked)
    assert stocked.api("POST", f"/users/{id}/erase", role=role).status_code == 403
    visitor = Visitor.signed_in(stocked, role)
    assert visitor.send(f"/users/{id}/erase", {"user_name": "ann@x.example"}).status_code == 403
    assert "Erase" not in visitor.page(f"/users/{id}")
    assert show(stocked, id)["erased"] is False


@pytest.mark.parametrize("id", [NOBODY, "x", "%00"])
def test_nobody_cannot_be_erased(stocked: PortalUnderTest, id: str) -> None:
    assert stocked.api("POST", f"/users/{id}/erase").status_code == 404


def test_nobody_is_pinned_who_was_erased(stocked: PortalUnderTest) -> None:
    """A pin would give nothing, keep its type from being retired, and its reason would tell of the person again."""
    id = stocked.provision("ann@x.example")
    stocked.api("POST", f"/users/{id}/erase")
    answer = stocked.api("POST", f"/users/{id}/overrides", {"license_type": "view", "kind": "pin", "reason": "Ann"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (409, "user_id")
    assert stocked.api("GET", f"/users/{id}/overrides").json["items"] == []


def test_the_restored_are_not_the_erased(stocked: PortalUnderTest) -> None:
    id = ann(stocked)
    stocked.scim("DELETE", f"/Users/{id}")
    assert stocked.api("POST", f"/users/{id}/erase").json["erased"] is True
    answer = stocked.api("POST", f"/users/{id}/restore")
    assert (answer.status_code, answer.json["detail"].startswith("This user was erased")) == (409, True)
    assert show(stocked, id)["deleted"] is True


@pytest.mark.parametrize("typed", ["", "Ann Archer", "ann@x.exampl", "ANN@X.EXAMPLE"])
def test_typing_anything_but_the_user_name_changes_nothing(stocked: PortalUnderTest, typed: str) -> None:
    id = ann(stocked)
    visitor, before = Visitor.signed_in(stocked), show(stocked, id)
    answer = visitor.send(f"/users/{id}/erase", {"user_name": typed, "erase_reason": "x"}, follow_redirects=True)
    assert "what you typed is not the user name" in answer.text
    assert show(stocked, id) == before


def test_typing_the_user_name_erases_and_the_page_shows_who_is_left(stocked: PortalUnderTest) -> None:
    id = ann(stocked)
    visitor = Visitor.signed_in(stocked)
    assert "Type the user name to confirm" in visitor.page(f"/users/{id}")
    form = {"user_name": " ann@x.example ", "erase_reason": "Asked by Ann Archer"}
    said = visitor.send(f"/users/{id}/erase", form, follow_redirects=True).text
    assert "The user is erased." in said
    page = visitor.page(f"/users/{id}")
    assert erasure.pseudonym(id) in page
    for word in ("ann@x.example", "Archer", "Restore", "Erase for good", "Add an exception"):
        assert word not in page, word
    assert "ann@x.example" not in visitor.page("/users") + visitor.page("/ledger") + visitor.page("/provisioning-log")
