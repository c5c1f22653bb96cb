"""License types and contract lines over the admin API."""

from __future__ import annotations

from typing import Any

from tests.portals import PortalUnderTest, a_policy

PRO = {"key": "pro", "name": "Pro", "family": "cal", "rank": 30, "hold_days": 7, "settle_seconds": 600, "allowance": 0}


def _numbers(portal: PortalUnderTest, key: str) -> dict[str, Any]:
    found = {item["key"]: item for item in portal.api("GET", "/license-types").json["items"]}
    return {name: found[key][name] for name in ("capacity", "limit", "used", "held", "waiting", "over", "overage")}


def test_a_license_type_is_created_with_its_family_and_listed_with_its_numbers(portal: PortalUnderTest) -> None:
    created = portal.api("POST", "/license-types", PRO | {"family": "tools"})
    assert created.status_code == 201
    assert created.json | PRO | {"family": "tools"} == created.json
    none = {"capacity": 0, "limit": 0, "used": 0, "held": 0, "waiting": 0, "over": 0, "overage": 0}
    assert _numbers(portal, "pro") == none
    assert portal.api("GET", "/license-types/pro").json == created.json


def test_what_is_left_out_of_a_license_type_gets_the_usual_values(portal: PortalUnderTest) -> None:
    created = portal.api("POST", "/license-types", {"key": "solo", "name": "Solo"}).json
    assert (created["family"], created["rank"], created["hold_days"], created["settle_seconds"]) == ("solo", 0, 7, 600)


def test_a_license_type_cannot_be_created_twice(portal: PortalUnderTest) -> None:
    portal.api("POST", "/license-types", PRO)
    again = portal.api("POST", "/license-types", PRO)
    assert (again.status_code, again.json["errors"][0]["field"]) == (409, "key")


def test_a_key_that_the_portal_has_a_page_for_is_refused(portal: PortalUnderTest) -> None:
    refused = portal.api("POST", "/license-types", PRO | {"key": "new"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "key")
    assert portal.api("POST", "/license-types", PRO | {"key": "newer"}).status_code == 201


def test_every_wrong_member_is_named_at_once(portal: PortalUnderTest) -> None:
    answer = portal.api("POST", "/license-types", {"key": "x", "nmae": "X", "rank": "3", "allowance": True})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["errors"]} == {"name", "nmae", "rank", "allowance"}


def test_a_license_type_is_changed_and_its_family_may_be_repeated_but_not_its_key(portal: PortalUnderTest) -> None:
    portal.api("POST", "/license-types", PRO)
    changed = portal.api("PATCH", "/license-types/pro", {"name": "Professional", "rank": 31, "family": "cal"})
    assert (changed.status_code, changed.json["name"], changed.json["rank"]) == (200, "Professional", 31)
    refused = portal.api("PATCH", "/license-types/pro", {"key": "other"})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "key")
    assert portal.api("PATCH", "/license-types/nope", {"rank": 1}).status_code == 404


def test_contract_lines_give_capacity_and_serve_those_who_wait(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    for name in ("a@x.example", "b@x.example", "c@x.example"):
        portal.provision(name)
    assert _numbers(portal, "view")["waiting"] == 2
    line = {
        "quantity": 1, "starts_at": None, "ends_at": "2099-01-01T00:00:00+02:00", "purchase_order": "PO 7",
        "vendor": "Acme", "unit_price": 12.5, "currency": "EUR",
    }  # fmt: skip
    added = portal.api("POST", "/license-types/view/contract-lines", line)
    assert added.status_code == 201
    assert added.json | line | {"ends_at": "2098-12-31T22:00:00Z"} == added.json
    assert (_numbers(portal, "view")["used"], _numbers(portal, "view")["waiting"]) == (2, 1)
    unlimited = portal.api("PATCH", f"/contract-lines/{added.json['id']}", {"quantity": None})
    assert (unlimited.status_code, unlimited.json["quantity"]) == (200, None)
    assert _numbers(portal, "view") == {
        "capacity": None, "limit": None, "used": 3, "held": 0, "waiting": 0, "over": 0, "overage": 0
    }  # fmt: skip


def test_a_removed_contract_line_leaves_the_type_over_its_limit(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    line = portal.api("POST", "/license-types/view/contract-lines", {"quantity": 1}).json
    portal.provision("a@x.example")
    portal.provision("b@x.example")
    removed = portal.api("DELETE", f"/contract-lines/{line['id']}")
    assert (removed.status_code, removed.data) == (204, b"")
    numbers = _numbers(portal, "view")
    assert (numbers["limit"], numbers["used"], numbers["over"], numbers["overage"]) == (1, 2, 1, 1)
    assert portal.api("DELETE", f"/contract-lines/{line['id']}").status_code == 404


def test_a_larger_allowance_serves_the_queue_and_the_answer_shows_it(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    portal.provision("a@x.example")
    portal.provision("b@x.example")
    changed = portal.api("PATCH", "/license-types/view", {"allowance": 1}).json
    assert (changed["limit"], changed["used"], changed["waiting"], changed["overage"]) == (2, 2, 0, 1)


def test_bad_contract_lines_are_refused_with_the_field(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    bad = {
        "quantity": {"quantity": -1},
        "ends_at": {"quantity": 1, "starts_at": "2027-01-01T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z"},
        "starts_at": {"quantity": 1, "starts_at": "2027-01-01T00:00:00"},
        "currency": {"quantity": 1, "currency": "euro"},
        "unit_price": {"quantity": 1, "unit_price": -1},
    }
    for field, body in bad.items():
        answer = portal.api("POST", "/license-types/view/contract-lines", body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field), body
    missing = portal.api("POST", "/license-types/view/contract-lines", {})
    assert (missing.status_code, missing.json["errors"][0]["field"]) == (422, "quantity")
    assert portal.api("GET", "/license-types/view/contract-lines").json["items"][0]["quantity"] == 1


def test_short_lists_are_cut_where_a_limit_is_asked_for(portal: PortalUnderTest) -> None:
    for number in range(3):
        portal.license(f"t{number}", 1, rank=number)
    first = portal.api("GET", "/license-types?limit=2").json
    assert [item["key"] for item in first["items"]] == ["t2", "t1"]
    rest = portal.api("GET", "/license-types", query_string={"limit": 2, "cursor": first["next"]}).json
    assert ([item["key"] for item in rest["items"]], rest["next"]) == (["t0"], None)
    assert portal.api("GET", "/license-types?cursor=zzz").status_code == 422
