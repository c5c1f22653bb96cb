"""Users over the admin API: lists, what they have and why, overrides, and state changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scim_portal import clock
from tests.portals import PortalUnderTest, a_policy, a_rule

NOBODY = "0198c0de-0000-7000-8000-000000000000"


@pytest.fixture
def stocked(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal in which sellers get one of one pro, or view."""
    portal.license("pro", 1, rank=30)
    portal.license("view", 5, rank=10)
    portal.publish(a_policy(a_rule("sales", 'title eq "Seller"', "pro", fallback=["view"]), default="view"))
    return portal


def _names(portal: PortalUnderTest, **query: Any) -> list[str]:
    answer = portal.api("GET", "/users", query_string=query)
    assert answer.status_code == 200, answer.text
    return [item["user_name"] for item in answer.json["items"]]


def test_the_list_has_deleted_users_too_and_what_everybody_holds(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example", title="Seller", externalId="e1", displayName="Ann")
    bob = stocked.provision("bob@x.example")
    assert stocked.scim("DELETE", f"/Users/{bob}").status_code == 204
    first, second = stocked.api("GET", "/users").json["items"]
    assert first | {
        "id": ann, "user_name": "ann@x.example", "external_id": "e1", "active": True,
        "deleted": False, "erased": False, "display_name": "Ann",
        "email": "ann@x.example", "connector": stocked.connector().id, "seats": [{"license_type": "pro", "state": "assigned"}],
    } == first  # fmt: skip
    assert (second["id"], second["deleted"], second["seats"]) == (
        bob,
        True,
        [{"license_type": "view", "state": "held"}],
    )
    assert stocked.api("GET", f"/users/{ann}").json == first


def test_users_are_filtered_sorted_and_paged(stocked: PortalUnderTest) -> None:
    for name in ("cid@x.example", "ann@x.example", "bob@x.example"):
        stocked.provision(name, title="Seller" if name != "bob@x.example" else "Buyer")
    assert _names(stocked, filter='userName eq "ANN@X.EXAMPLE"') == ["ann@x.example"]
    assert _names(stocked, filter='title eq "seller"', sort="user_name") == ["ann@x.example", "cid@x.example"]
    assert _names(stocked, sort="-created") == ["bob@x.example", "ann@x.example", "cid@x.example"]
    first = stocked.api("GET", "/users?limit=2").json
    assert _names(stocked, limit=2, cursor=first["next"]) == ["bob@x.example"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("filter=userName+eqq", 400, "filter"),
        ("filter=shoeSize+eq+1", 400, "filter"),
        ("sort=size", 422, "sort"),
        ("cursor=x", 422, "cursor"),
        ("limit=0", 422, "limit"),
        ("limit=two", 422, "limit"),
        ("fliter=active+eq+true", 422, "fliter"),
        ("sort=a%00", 422, "sort"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_with_the_parameter(
    portal: PortalUnderTest, query: str, status: int, field: str
) -> None:
    answer = portal.api("GET", f"/users?{query}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (status, field)


def test_seats_and_tickets_tell_their_source_and_place(stocked: PortalUnderTest) -> None:
    stocked.provision("ann@x.example", title="Seller")
    bob = stocked.provision("bob@x.example", title="Seller")
    answer = stocked.api("GET", f"/users/{bob}/seats").json
    (seat,) = answer["seats"]
    assert seat.pop("since").endswith("Z")
    source = {"kind": "rule", "rule_id": "sales", "rule_name": "Sales", "policy_version": 1}
    assert seat == {"license_type": "view", "state": "assigned", "source": source, "overage": False}
    assert answer["tickets"] == [{"license_type": "pro", "class": 2, "queue_priority": 100, "number": 1, "position": 1}]


def test_a_parked_ticket_has_no_position(stocked: PortalUnderTest) -> None:
    stocked.provision("ann@x.example", title="Seller")
    bob = stocked.provision("bob@x.example", title="Seller")
    stocked.api("POST", f"/users/{bob}/deactivate")
    (ticket,) = stocked.api("GET", f"/users/{bob}/seats").json["tickets"]
    assert (ticket["number"], ticket["position"]) == (1, None)


def test_an_explanation_shows_rules_terms_winner_and_what_would_change_it(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example", title="Buyer")
    answer = stocked.api("GET", f"/users/{ann}/explain").json
    (family,) = answer["families"]
    (rule,) = family["rules"]
    assert (rule["rule_id"], rule["matched"], rule["outcome"]) == ("sales", False, "no match")
    assert rule["terms"] == [{"text": 'title eq "Seller"', "seen": ["buyer"], "holds": False}]
    assert (family["family"], family["winner"]["kind"], family["chain"]) == ("cal", "default", ["view"])
    assert [seat["license_type"] for seat in family["seats"]] == ["view"]
    (would_change,) = family["would_change"]
    assert "“Sales”" in would_change
    assert 'title eq "Seller" is false now (seen: buyer)' in would_change
    assert any("default license" in sentence for sentence in answer["sentences"])


def test_a_pin_takes_effect_and_can_be_taken_back(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example")
    body = {"license_type": "pro", "kind": "pin", "reason": "Head of sales", "ends_at": None}
    pinned = stocked.api("POST", f"/users/{ann}/overrides", body)
    assert pinned.status_code == 201
    assert pinned.json | body | {"author": "owner key"} == pinned.json
    assert stocked.api("GET", f"/users/{ann}/overrides").json["items"] == [pinned.json]
    (seat,) = stocked.api("GET", f"/users/{ann}/seats").json["seats"]
    assert (seat["license_type"], seat["source"]["kind"]) == ("pro", "pin")
    assert stocked.api("POST", f"/users/{ann}/overrides", body | {"kind": "exclude"}).status_code == 409
    assert stocked.api("DELETE", f"/overrides/{pinned.json['id']}").status_code == 204
    assert stocked.api("DELETE", f"/overrides/{pinned.json['id']}").status_code == 404
    (seat,) = stocked.api("GET", f"/users/{ann}").json["seats"]
    assert seat["license_type"] == "view"


@pytest.mark.parametrize("next_word", [("pro", "exclude"), ("pro", "pin"), ("view", "pin")])
def test_a_pin_that_has_ended_stands_in_nobodys_way(
    stocked: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, next_word: tuple[str, str]
) -> None:
    """Even before the clock's work, which may be late, has cleared it."""
    ann, start = stocked.provision("ann@x.example"), clock.now()
    body = {"license_type": "pro", "kind": "pin", "reason": "For a week", "ends_at": str(start + timedelta(days=7))}
    assert stocked.api("POST", f"/users/{ann}/overrides", body).status_code == 201
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=7))
    word = {"license_type": next_word[0], "kind": next_word[1], "reason": "From now on"}
    answer = stocked.api("POST", f"/users/{ann}/overrides", word)
    assert answer.status_code == 201, answer.text
    assert stocked.api("GET", f"/users/{ann}/overrides").json["items"] == [answer.json]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "wish"}, "kind"),
        ({"reason": " "}, "reason"),
        ({"ends_at": "2001-01-01T00:00:00Z"}, "ends_at"),
        ({"ends_at": "0001-01-01T00:00:00+14:00"}, "ends_at"),
    ],
)
def test_a_bad_override_is_refused_with_the_field(stocked: PortalUnderTest, change: dict[str, str], field: str) -> None:
    ann = stocked.provision("ann@x.example")
    body = {"license_type": "pro", "kind": "pin", "reason": "Because"} | change
    answer = stocked.api("POST", f"/users/{ann}/overrides", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_an_override_of_an_unknown_license_type_is_refused_at_its_field(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example")
    answer = stocked.api("POST", f"/users/{ann}/overrides", {"license_type": "no", "kind": "pin", "reason": "Because"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (404, "license_type")


def test_deactivating_holds_the_seat_and_reactivating_restores_it(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example")
    off = stocked.api("POST", f"/users/{ann}/deactivate")
    assert (off.status_code, off.json["active"], off.json["seats"][0]["state"]) == (200, False, "held")
    on = stocked.api("POST", f"/users/{ann}/reactivate")
    assert (on.status_code, on.json["active"], on.json["seats"][0]["state"]) == (200, True, "assigned")


def test_a_deleted_user_is_restored_unless_the_name_was_taken(stocked: PortalUnderTest) -> None:
    ann = stocked.provision("ann@x.example", externalId="e1")
    stocked.scim("DELETE", f"/Users/{ann}")
    assert stocked.api("POST", f"/users/{ann}/deactivate").status_code == 404
    restored = stocked.api("POST", f"/users/{ann}/restore")
    assert (restored.status_code, restored.json["deleted"], restored.json["seats"][0]["state"]) == (
        200,
        False,
        "assigned",
    )
    assert stocked.api("POST", f"/users/{ann}/restore").status_code == 404
    stocked.scim("DELETE", f"/Users/{ann}")
    other = stocked.provision("ann@x.example", externalId="e2")
    taken = stocked.api("POST", f"/users/{ann}/restore")
    assert taken.status_code == 409
    assert other in taken.json["detail"]


@pytest.mark.parametrize("path", ["", "/seats", "/explain", "/overrides"])
@pytest.mark.parametrize("id", [NOBODY, "x", "%00"])
def test_an_unknown_user_is_not_found(portal: PortalUnderTest, path: str, id: str) -> None:
    answer = portal.api("GET", f"/users/{id}{path}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
