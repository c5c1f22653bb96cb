"""Previewing, publishing and restoring policies over the admin API."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.web.api import policy as policy_calls
from tests.portals import PortalUnderTest, a_patch, a_policy

RULE = {"name": "Sales", "condition": 'title eq "Seller"', "grants": ["pro"], "fallback": ["view"]}
DOCUMENT = {"families": {"cal": {"mode": "first-match"}}, "defaults": {"cal": "view"}, "rules": [RULE]}


@pytest.fixture
def stocked(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal with one seat of pro and five of view, in which everybody has view: two sellers and Ann."""
    portal.license("pro", 1, rank=30)
    portal.license("view", 5, rank=10)
    portal.publish(a_policy(default="view"))
    portal.provision("ann@x.example")
    portal.provision("bob@x.example", title="Seller")
    portal.provision("cid@x.example", title="Seller")
    return portal


def _preview(portal: PortalUnderTest, document: Any = DOCUMENT, **more: Any) -> Any:
    answer = portal.api("POST", "/policy/preview", {"document": document} | more)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_new_portal_has_the_empty_policy_as_version_0(portal: PortalUnderTest) -> None:
    answer = portal.api("GET", "/policy").json
    assert (answer["version"], answer["document"]["rules"]) == (0, [])


def test_a_preview_tells_every_change_and_stores_nothing(stocked: PortalUnderTest) -> None:
    shown = _preview(stocked)
    assert shown["counts"] == {"grant": 0, "swap": 1, "queue": 1, "release": 0, "unchanged": 1}
    changes = {change["change"]: change for change in shown["changes"]}
    swap = changes["swap"]
    assert (swap["user_name"], swap["license_type"], swap["before"], swap["after"]) == (
        "bob@x.example", "pro", "view", "pro",
    )  # fmt: skip
    assert "Sales" in swap["reason"]
    assert changes["queue"]["user_name"] == "cid@x.example"
    assert shown["usage"] == {
        "pro": {"before": 0, "after": 1, "limit": 1},
        "view": {"before": 3, "after": 2, "limit": 5},
    }
    assert shown["next"] is None
    assert stocked.api("GET", "/policy").json["version"] == 1
    assert stocked.usage()["pro"] == (0, 0)


def test_what_was_previewed_can_be_published_as_it_was_sent(stocked: PortalUnderTest) -> None:
    shown = _preview(stocked)
    published = stocked.api("POST", "/policy/publish", {"document": DOCUMENT, "preview_token": shown["preview_token"]})
    assert (published.status_code, published.json["version"]) == (202, 2)
    job = f"/jobs/{published.json['job_id']}"
    assert stocked.api("GET", job).json["state"] == "queued"
    stocked.run_due()
    done = stocked.api("GET", job).json
    assert (done["state"], done["done"], done["total"], done["message"]) == ("done", 3, 3, None)
    assert stocked.usage() == {"pro": (1, 1), "view": (2, 0)}
    assert stocked.api("GET", "/policy").json == {"version": 2, "document": shown["document"]}


def test_a_stale_preview_is_answered_with_a_new_one(stocked: PortalUnderTest) -> None:
    dan = stocked.provision("dan@x.example", title="Buyer")
    shown = _preview(stocked)
    promoted = a_patch({"op": "replace", "path": "title", "value": "Seller"})
    assert stocked.scim("PATCH", f"/Users/{dan}", promoted).status_code == 200
    body = {"document": DOCUMENT, "preview_token": shown["preview_token"]}
    stale = stocked.api("POST", "/policy/publish", body)
    assert (stale.status_code, stale.mimetype) == (409, "application/problem+json")
    again = stale.json["preview"]
    assert again["counts"]["queue"] == 2
    assert {change["user_name"] for change in again["changes"]} == {"bob@x.example", "cid@x.example", "dan@x.example"}
    assert stocked.api("GET", "/policy").json["version"] == 1
    body["preview_token"] = again["preview_token"]
    assert stocked.api("POST", "/policy/publish", body).status_code == 202


@pytest.mark.parametrize("as_shown", [False, True])
@pytest.mark.parametrize("moved", ["a family came", "a group went"])
def test_a_portal_that_moved_under_the_document_makes_its_preview_stale(
    stocked: PortalUnderTest, moved: str, as_shown: bool
) -> None:
    sales = stocked.push("Sales")
    document: dict[str, Any] = DOCUMENT | {"rules": [RULE | {"condition": f'groups.value eq "{sales}"'}]}
    shown = _preview(stocked, document)
    if moved == "a family came":
        assert (
            stocked.api("POST", "/license-types", {"key": "addon", "name": "Addon", "family": "tools"}).status_code
            == 201
        )
    else:
        stocked.scim("DELETE", f"/Groups/{sales}")
    body = {"document": shown["document"] if as_shown else document, "preview_token": shown["preview_token"]}
    stale = stocked.api("POST", "/policy/publish", body)
    assert (stale.status_code, stale.json["errors"][0]["field"]) == (409, "preview_token"), stale.text
    assert stocked.api("GET", "/policy").json["version"] == 1
    again = stale.json["preview"]
    assert again["document"] != shown["document"]
    published = stocked.api("POST", "/policy/publish", body | {"preview_token": again["preview_token"]})
    assert published.status_code == 202, published.text
    assert stocked.api("GET", "/policy").json["document"] == again["document"]


def test_a_token_of_another_document_publishes_nothing(stocked: PortalUnderTest) -> None:
    token = _preview(stocked)["preview_token"]
    for document, wrong in ((a_policy(), token), (DOCUMENT, token + "x"), (DOCUMENT, "")):
        refused = stocked.api("POST", "/policy/publish", {"document": document, "preview_token": wrong})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "preview_token")


def test_a_bad_document_is_refused_pointing_at_the_nodes(stocked: PortalUnderTest) -> None:
    rules = [RULE, RULE | {"condition": "shoeSize eq 1", "grants": ["nope"], "fallback": []}, RULE | {"color": "red"}]
    answer = stocked.api("POST", "/policy/preview", {"document": DOCUMENT | {"rules": rules}})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["errors"]} == {
        "/rules/1/condition", "/rules/1/grants/0", "/rules/2/color",
    }  # fmt: skip


@pytest.mark.parametrize("document", [None, [], "x", 1])
def test_a_document_that_is_no_object_is_refused(portal: PortalUnderTest, document: Any) -> None:
    answer = portal.api("POST", "/policy/preview", {"document": document})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "document")


def test_a_long_preview_goes_on_by_its_cursor(stocked: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_calls, "CHANGES_A_PAGE", 1)
    first = _preview(stocked)
    second = _preview(stocked, cursor=first["next"])
    assert ([len(page["changes"]) for page in (first, second)], second["next"]) == ([1, 1], None)
    assert first["changes"] != second["changes"]
    assert first["counts"] == second["counts"]
    stocked.provision("dan@x.example", title="Seller")
    moved = stocked.api("POST", "/policy/preview", {"document": DOCUMENT, "cursor": first["next"]})
    assert (moved.status_code, moved.json["errors"][0]["field"]) == (409, "cursor")


def test_the_history_has_author_time_and_what_changed_and_an_old_version_can_be_restored(
    stocked: PortalUnderTest,
) -> None:
    token = _preview(stocked)["preview_token"]
    stocked.api("POST", "/policy/publish", {"document": DOCUMENT, "preview_token": token})
    newest = stocked.api("GET", "/policy/versions").json["items"][0]
    assert (newest["version"], newest["author"]) == (2, "owner key")
    assert newest["created_at"].endswith("Z")
    assert newest["predicted"]["swap"] == 1
    assert [rule["name"] for rule in newest["diff"]["added"]] == ["Sales"]
    restored = stocked.api("POST", "/policy/versions/1/restore")
    assert (restored.status_code, restored.json["version"]) == (202, 3)
    assert stocked.api("GET", "/policy").json["document"]["rules"] == []
    latest = stocked.api("GET", "/policy/versions").json["items"][0]["diff"]
    assert [rule["name"] for rule in latest["removed"]] == ["Sales"]
    for unknown in ("99", "99999999999999999999"):
        assert stocked.api("POST", f"/policy/versions/{unknown}/restore").status_code == 404


def test_a_diff_names_the_changed_members_and_the_order(stocked: PortalUnderTest) -> None:
    a, b = RULE | {"id": "a", "name": "A"}, RULE | {"id": "b", "name": "B"}
    stocked.publish(DOCUMENT | {"rules": [a, b]})
    stocked.publish(DOCUMENT | {"rules": [b | {"queue_priority": 5}, a], "defaults": {}})
    diff = stocked.api("GET", "/policy/versions?limit=1").json["items"][0]["diff"]
    assert diff["changed"] == [{"id": "b", "name": "B", "fields": ["queue_priority"]}]
    assert (diff["moved"], diff["defaults"], diff["families"]) == (True, ["cal"], [])


def test_a_rule_for_a_connector_that_is_not_there_is_refused_where_it_stands(stocked: PortalUnderTest) -> None:
    mine = {**DOCUMENT, "rules": [RULE, RULE | {"name": "Okta only", "connector": stocked.connector().id}]}
    assert _preview(stocked, mine)["counts"]["swap"] == 1
    mine["rules"][1]["connector"] = "okta"
    answer = stocked.api("POST", "/policy/preview", {"document": mine})
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        [{"field": "/rules/1/connector", "detail": "there is no connector with the id 'okta'"}],
    )
