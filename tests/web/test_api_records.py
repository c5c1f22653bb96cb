"""Groups, waitlist, ledger, logs and checks over the admin API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, update

from scim_portal.db import db, transact
from scim_portal.models import LicenseType, Seat
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule


@pytest.fixture
def full(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal with one seat of view, which Ann has; Bob and Cid wait."""
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    for name in ("ann", "bob", "cid"):
        portal.provision(f"{name}@x.example")
    return portal


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_groups_show_members_last_push_and_the_rules_that_use_them(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    sales, eng = portal.push("Sales", ann, bob), portal.push("Eng")
    portal.publish(a_policy(a_rule("r1", f'groups.value eq "{sales}"', "pro")))
    portal.scim("DELETE", f"/Users/{bob}")
    first, second = portal.api("GET", "/groups").json["items"]
    assert (first["id"], first["member_count"], first["rules"]) == (eng, 0, [])
    assert (second["display_name"], second["member_count"], second["deleted"]) == ("Sales", 1, False)
    assert second["rules"] == [{"id": "r1", "name": "R1"}]
    assert portal.api("GET", f"/groups/{sales}").json == second
    operation = {"op": "remove", "path": f'members[value eq "{ann}"]'}
    portal.scim("PATCH", f"/Groups/{sales}", a_patch(operation))
    assert portal.api("GET", f"/groups/{sales}").json["last_push_at"] > second["last_push_at"]
    assert [item["id"] for item in portal.api("GET", "/groups?search=sal").json["items"]] == [sales]


def test_a_deleted_group_is_restored_with_its_members_and_their_seats(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    ann = portal.provision("ann@x.example")
    sales = portal.push("Sales", ann)
    portal.publish(a_policy(a_rule("r1", f'groups.value eq "{sales}"', "pro")))
    assert portal.api("POST", f"/groups/{sales}/restore").status_code == 404
    portal.scim("DELETE", f"/Groups/{sales}")
    assert portal.api("GET", f"/groups/{sales}").json["deleted"] is True
    restored = portal.api("POST", f"/groups/{sales}/restore")
    assert (restored.status_code, restored.json["deleted"], restored.json["member_count"]) == (200, False, 1)
    assert [seat["license_type"] for seat in portal.api("GET", f"/users/{ann}").json["seats"]] == ["pro"]


def test_the_waitlist_is_in_order_with_places_across_pages(full: PortalUnderTest) -> None:
    first = full.api("GET", "/tickets?limit=1&license_type=view").json
    second = full.api("GET", "/tickets", query_string={"limit": 1, "cursor": first["next"]}).json
    places = [(one["user_name"], one["position"], one["number"]) for one in (*first["items"], *second["items"])]
    assert places == [("bob@x.example", 1, 1), ("cid@x.example", 2, 2)]
    assert (second["next"], second["items"][0]["class"], second["items"][0]["queue_priority"]) == (None, 2, 1000)
    assert full.api("GET", "/tickets?license_type=pro").json == {"items": [], "next": None}


def test_the_ledger_is_filtered_by_user_type_and_period(full: PortalUnderTest) -> None:
    entries = full.api("GET", "/ledger").json["items"]
    assert [(one["number"], one["event"]) for one in entries] == [
        (1, "seat.granted"), (2, "ticket.opened"), (3, "ticket.opened"),
    ]  # fmt: skip
    ann, bob = entries[0]["user"], entries[1]["user"]
    assert (entries[0]["to_state"], entries[0]["use_after"], entries[0]["limit_after"]) == ("assigned", 1, 1)
    assert [one["number"] for one in full.api("GET", f"/ledger?user={bob}").json["items"]] == [2]
    assert full.api("GET", f"/ledger?user={ann}&license_type=pro").json["items"] == []
    period = {"from": entries[1]["at"], "to": entries[2]["at"]}
    assert [one["number"] for one in full.api("GET", "/ledger", query_string=period).json["items"]] == [2]
    first = full.api("GET", "/ledger?limit=2").json
    rest = full.api("GET", "/ledger", query_string={"limit": 2, "cursor": first["next"]}).json
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([3], None)
    bad = full.api("GET", "/ledger?from=yesterday")
    assert (bad.status_code, bad.json["errors"][0]["field"]) == (422, "from")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        *(("/ledger", name) for name in ("user", "license_type", "event", "rule")),
        *(("/provisioning-log", name) for name in ("resource", "status", "method", "connector")),
        ("/tickets", "license_type"), ("/admin-actions", "object_kind"), ("/admin-actions", "object_id"),
    ],
)  # fmt: skip
def test_an_empty_filter_is_refused_and_does_not_list_everything(portal: PortalUnderTest, path: str, name: str) -> None:
    refused = portal.api("GET", path, query_string={name: ""})
    assert (refused.status_code, [one["field"] for one in refused.json["errors"]]) == (422, [name])


def test_the_provisioning_log_shows_writes_with_effects_and_failures(full: PortalUnderTest) -> None:
    full.scim("POST", "/Users", {"userName": "ann@x.example"})
    failed, *written = full.api("GET", "/provisioning-log").json["items"]
    assert (failed["method"], failed["status"]) == ("POST", 409)
    assert [one["resource"]["name"] for one in written] == ["cid@x.example", "bob@x.example", "ann@x.example"]
    assert written[-1]["effects"][0]["event"] == "seat.granted"
    assert written[-1]["token"] == failed["token"]
    assert isinstance(written[-1]["ms"], int)
    assert full.api("GET", "/provisioning-log?failed=true").json["items"] == [failed]
    ann = written[-1]["resource"]["id"]
    assert full.api("GET", f"/provisioning-log?resource={ann}").json["items"] == [written[-1]]


def test_admin_actions_name_the_key_that_did_them(full: PortalUnderTest) -> None:
    full.api("PATCH", "/license-types/view", {"rank": 11})
    action = full.api("GET", "/admin-actions?limit=1").json["items"][0]
    assert (action["action"], action["actor_kind"], action["role"]) == ("license_type.changed", "api-key", "owner")
    assert (action["before"]["rank"], action["after"]["rank"]) == (10, 11)


def test_an_entitlement_is_checked_with_one_read(full: PortalUnderTest) -> None:
    query = {"user_name": "ANN@X.example", "license_type": "view"}
    full.api("GET", "/entitlements/check", query_string=query)
    with _statements() as seen:
        answer = full.api("GET", "/entitlements/check", query_string=query)
    assert answer.json == {"allowed": True, "state": "assigned"}
    reads = [statement for statement in seen if statement.lstrip().upper().startswith("SELECT")]
    assert len([statement for statement in reads if "seat" in statement]) == 1
    assert len(reads) <= 3  # portal, credential, seat


def test_an_answer_that_still_holds_is_told_by_its_entity_tag(full: PortalUnderTest) -> None:
    query = {"user_name": "ann@x.example", "license_type": "view"}
    tag = full.api("GET", "/entitlements/check", query_string=query).headers["ETag"]
    again = full.api("GET", "/entitlements/check", query_string=query, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == "private, no-cache"
    other = full.api(
        "GET", "/entitlements/check", query_string=query | {"license_type": "pro"}, headers={"If-None-Match": tag}
    )
    assert (other.status_code, other.json["allowed"]) == (200, False)


def test_only_who_is_active_and_has_an_effective_seat_is_allowed(full: PortalUnderTest) -> None:
    def check(name: str, key: str = "view") -> dict[str, Any]:
        found = full.api("GET", "/entitlements/check", query_string={"user_name": name, "license_type": key})
        assert found.status_code == 200
        answer: dict[str, Any] = found.json
        return answer

    nothing = {"allowed": False, "state": None}
    assert check("bob@x.example") == nothing
    assert check("nobody@x.example") == nothing
    assert check("ann@x.example", "pro") == nothing
    ann = full.api("GET", "/users?limit=1").json["items"][0]["id"]
    full.api("POST", "/license-types/view/contract-lines", {"quantity": 5})
    full.api("POST", f"/users/{ann}/deactivate")
    assert check("ann@x.example") == {"allowed": False, "state": "held"}


def test_sound_books_have_no_violations(full: PortalUnderTest) -> None:
    ann = full.api("GET", "/users?limit=1").json["items"][0]["id"]
    full.api("POST", f"/users/{ann}/deactivate")
    full.api("POST", "/license-types/view/contract-lines", {"quantity": 1})
    assert full.api("GET", "/invariants").json == {"ok": True, "violations": []}


def test_books_that_were_tampered_with_are_found_out(full: PortalUnderTest) -> None:
    mine = Seat.portal_id == full.ref.id
    changed = update(Seat).where(mine).values(rule_name="forged")
    transact(lambda: db.session.execute(changed))
    answer = full.api("GET", "/invariants").json
    assert answer["ok"] is False
    assert "entry 1 of view" in answer["violations"][0]
    counted = update(LicenseType).where(LicenseType.portal_id == full.ref.id).values(used=0, next_entry=9)
    transact(lambda: db.session.execute(counted))
    sentences = " ".join(full.api("GET", "/invariants").json["violations"])
    for part in ("I3: user", "view counts 0 used, but there are 1", "but 8 were written"):
        assert part in sentences
