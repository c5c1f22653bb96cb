"""`/Bulk` (RFC 7644 §3.7) over both resource types: each operation as if it had come alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from scim_portal.db import db, transact
from scim_portal.models import Credential, ProvisioningEntry
from tests.portals import ENTERPRISE, PortalUnderTest, a_group, a_user

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
Op = dict[str, Any]


def op(method: str, path: str, data: Any = None, bulk_id: str | None = None, **rest: Any) -> Op:
    return (
        {"method": method, "path": path, **rest}
        | ({"data": data} if data is not None else {})
        | ({"bulkId": bulk_id} if bulk_id else {})
    )


def run(portal: PortalUnderTest, *operations: Any, **rest: Any) -> list[Op]:
    answer = portal.scim("POST", "/Bulk", {"schemas": [BULK], "Operations": list(operations), **rest})
    assert answer.status_code == 200, answer.text
    assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
    found: list[Op] = answer.json["Operations"]
    return found


def statuses(answers: list[Op]) -> list[str]:
    return [one["status"] for one in answers]


def log(portal: PortalUnderTest) -> list[tuple[str, str, int, str | None]]:
    db.session.rollback()
    entry = ProvisioningEntry
    query = select(entry).where(entry.portal_id == portal.ref.id).order_by(entry.id)
    return [
        (one.method, one.path.partition("/scim/v2")[2], one.status, one.resource_name)
        for one in db.session.scalars(query)
    ]


def narrow(portal: PortalUnderTest, *scopes: str) -> None:
    """Leave the portal's token these scopes."""
    assert portal.token
    mine = update(Credential).where(Credential.portal_id == portal.ref.id)
    transact(lambda: db.session.execute(mine.values(scopes=list(scopes))))


def test_people_and_their_group_come_in_one_request_in_any_order(portal: PortalUnderTest) -> None:
    group, ann, bob = run(
        portal,
        op("POST", "/Groups", a_group("Sales", "bulkId:ann", "bulkId:bob"), "sales"),
        op("POST", "/Users", a_user("ann@x.example"), "ann"),
        op("post", "Users", a_user("bob@x.example"), "bob"),
    )
    assert statuses([group, ann, bob]) == ["201", "201", "201"]
    assert (group["bulkId"], group["method"], group["version"]) == ("sales", "POST", 'W/"1"')
    assert ann["location"] == f"{portal.ref.scim_base_url}/Users/{ann['location'].rpartition('/')[2]}"
    stored = portal.scim("GET", f"/Groups/{group['location'].rpartition('/')[2]}").json
    assert {one["$ref"] for one in stored["members"]} == {ann["location"], bob["location"]}
    assert log(portal) == [
        ("POST", "/Users", 201, "ann@x.example"),
        ("POST", "/Users", 201, "bob@x.example"),
        ("POST", "/Groups", 201, "Sales"),
    ]


def test_every_verb_runs_and_answers_with_version_and_location(portal: PortalUnderTest) -> None:
    ann, bob, group = portal.provision("ann@x.example"), portal.provision("bob@x.example"), portal.push("Sales")
    answers = run(
        portal,
        op("PUT", f"/Users/{ann}", a_user("ann@x.example", title="Boss"), version='W/"1"'),
        op("PATCH", f"/Users/{ann}", [{"op": "replace", "path": "title", "value": "Chief"}], version='W/"2"'),
        op("PATCH", f"/Groups/{group}", {"Operations": [{"op": "add", "path": "members", "value": [{"value": ann}]}]}),
        op("DELETE", f"/Users/{bob}"),
    )
    assert statuses(answers) == ["200", "200", "200", "204"]
    assert [one.get("version") for one in answers] == ['W/"2"', 'W/"3"', 'W/"2"', None]
    assert answers[3] == {"method": "DELETE", "location": f"{portal.ref.scim_base_url}/Users/{bob}", "status": "204"}
    shown = portal.scim("GET", f"/Users/{ann}").json
    assert (shown["title"], shown["groups"][0]["display"]) == ("Chief", "Sales")
    assert portal.scim("GET", f"/Users/{bob}").status_code == 404


def test_each_failure_is_its_own_and_the_others_stay(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example")
    answers = run(
        portal,
        op("POST", "/Users", a_user("ANN@x.example"), "again"),
        op("POST", "/Users", a_user("new@x.example"), "new"),
        op("POST", "/Users", {"userName": ""}, "empty"),
        op("PATCH", f"/Users/{ann}", [{"op": "replace", "path": "title", "value": "x"}], version='W/"9"'),
        op("DELETE", "/Users/nobody"),
        op("PUT", "/Printers/1", {}),
        op("POST", "/Groups", a_group("G", "bulkId:again"), "g"),
        op("POST", "/Groups", {"displayName": 5}, "h"),
        op("PATCH", "/Groups/bulkId:nowhere", []),
        "nonsense",
    )
    assert statuses(answers) == ["409", "201", "400", "412", "404", "404", "409", "400", "409", "400"]
    assert answers[0]["response"]["scimType"] == "uniqueness"
    assert all("location" not in answers[place] for place in (0, 2, 5, 6))
    assert answers[4]["location"].endswith("/Users/nobody")
    assert portal.scim("GET", "/Users").json["totalResults"] == 2
    assert portal.scim("GET", "/Groups").json["totalResults"] == 0
    assert sorted(line[2] for line in log(portal)[1:]) == sorted(int(one) for one in statuses(answers))


def test_managers_may_be_each_other_s_and_a_circle_takes_two_steps(portal: PortalUnderTest) -> None:
    def managed(name: str, by: str) -> Op:
        return op(
            "POST", "/Users", a_user(f"{name}@x.example", **{ENTERPRISE: {"manager": {"value": f"bulkId:{by}"}}}), name
        )

    answers = run(portal, managed("ann", "bob"), managed("bob", "ann"))
    assert statuses(answers) == ["201", "201"]
    ids = [one["location"].rpartition("/")[2] for one in answers]
    stored = [portal.scim("GET", f"/Users/{id}").json for id in ids]
    assert [one[ENTERPRISE]["manager"]["value"] for one in stored] == ids[::-1]
    assert [one["meta"]["version"] for one in stored] == [one["version"] for one in answers] == ['W/"2"', 'W/"1"']


def test_the_rest_is_left_after_too_many_errors(portal: PortalUnderTest) -> None:
    operations = [
        op("POST", "/Users", a_user(name), f"b{place}")
        for place, name in enumerate(["a@x", "A@x", "b@x", "B@x", "c@x"])
    ]
    assert statuses(run(portal, *operations, failOnErrors=2)) == ["201", "409", "201", "409"]
    assert portal.scim("GET", "/Users").json["totalResults"] == 2


def test_scopes_count_for_each_operation(portal: PortalUnderTest) -> None:
    narrow(portal, "scim:user:create")
    answers = run(
        portal,
        op("POST", "/Users", a_user("ann@x.example"), "ann"),
        op("DELETE", "/Users/bulkId:ann"),
        op("POST", "/Groups", a_group("G"), "g"),
    )
    assert statuses(answers) == ["201", "403", "403"]
    assert "scim:user:delete" in answers[1]["response"]["detail"]
    assert [line[2] for line in log(portal)] == [201, 403, 403]


def test_seats_follow_and_are_logged_with_their_operation(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    portal.publish({"families": {"cal": {"mode": "first-match"}}, "defaults": {"cal": "view"}, "rules": []})
    answers = run(portal, *(op("POST", "/Users", a_user(f"{name}@x.example"), name) for name in ("ann", "bob")))
    assert statuses(answers) == ["201", "201"]
    assert portal.usage() == {"view": (1, 1)}
    entry = ProvisioningEntry
    effects = db.session.scalars(select(entry.effects).where(entry.portal_id == portal.ref.id).order_by(entry.id)).all()
    assert [len(one or []) for one in effects] == [1, 1]


@pytest.mark.parametrize(
    ("body", "status", "scim_type"),
    [
        ({}, 400, "invalidSyntax"),
        ({"Operations": []}, 400, "invalidSyntax"),
        ({"Operations": [{}], "failOnErrors": 0}, 400, "invalidValue"),
        ({"Operations": [{}] * 1001}, 413, None),
        ({"Operations": [{"path": "x" * 1024 * 1024}]}, 413, None),
    ],
    ids=["nothing", "empty", "a limit of nothing", "1001 operations", "more than 1 MiB"],
)
def test_a_bad_envelope_refuses_the_whole(
    portal: PortalUnderTest, body: Op, status: int, scim_type: str | None
) -> None:
    answer = portal.scim("POST", "/bulk", data=orjson.dumps(body))
    assert (answer.status_code, answer.json.get("scimType")) == (status, scim_type)
    assert portal.scim("GET", "/Bulk").status_code == 405


def test_another_portal_s_resources_are_not_found(portal: PortalUnderTest) -> None:
    stranger = PortalUnderTest.create(portal.app).provision("eve@x.example")
    answers = run(portal, op("DELETE", f"/Users/{stranger}"), op("PUT", f"/Users/{stranger}", a_user("eve@x.example")))
    assert statuses(answers) == ["404", "404"]


def test_the_server_says_how_much_it_takes(portal: PortalUnderTest) -> None:
    announced = portal.scim("GET", "/ServiceProviderConfig").json["bulk"]
    assert announced == {
        "supported": True,
        "maxOperations": 1000,
        "maxPayloadSize": portal.app.config["MAX_CONTENT_LENGTH"],
    }
