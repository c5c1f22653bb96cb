"""Extensions that an admin declared, over SCIM: written, served, searched, sorted, patched, announced."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.services import resource_types
from tests.declared import ATTRIBUTES, BADGE, URN, body, declare, found
from tests.portals import CORE_GROUP, CORE_USER, PortalUnderTest, a_group, a_patch, a_user
from tests.web.test_statement_counts import count

CARD: dict[str, Any] = {
    "badge": "B-7", "level": 3, "code": "Xy", "since": "2026-01-31T10:00:00+02:00", "remote": True, "tags": ["Red", "blue"],
    "scores": [2.5, 10], "flags": [True],
    "desks": [{"value": "D1", "floor": 2}],
}  # fmt: skip


def an_acme(name: str, **card: Any) -> dict[str, Any]:
    """A person with the extension, spelled as a careless client spells."""
    return a_user(f"{name}@x.example") | {"schemas": [CORE_USER, URN], URN.upper(): card}


def provision(portal: PortalUnderTest, name: str, **card: Any) -> str:
    answer = portal.scim("POST", "/Users", an_acme(name, **card))
    assert answer.status_code == 201, answer.text
    id: str = answer.json["id"]
    return id


def test_what_was_declared_is_served_back_in_its_own_spelling(portal: PortalUnderTest) -> None:
    declare(portal)
    id = provision(portal, "ann", **{name.upper(): value for name, value in CARD.items()}, stranger=1)
    read = portal.scim("GET", f"/Users/{id}").json
    assert read[URN] == CARD
    assert URN in read["schemas"]
    asked = portal.scim("GET", f"/Users/{id}?attributes={BADGE}").json
    assert asked == {"schemas": read["schemas"], "id": id, URN: {"badge": "B-7"}}
    assert URN not in portal.scim("GET", f"/Users/{id}?excludedAttributes={URN}").json


def test_a_value_that_does_not_fit_is_refused_with_its_name(portal: PortalUnderTest) -> None:
    declare(portal)
    refused = portal.scim("POST", "/Users", an_acme("ann", level="high"))
    assert (refused.status_code, refused.json["scimType"]) == (400, "invalidValue")
    assert f"{URN}:level must be a whole number" in refused.json["detail"]


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        (f'{BADGE} eq "b-7"', ["ann"]),
        (f'{BADGE.upper()} sw "B-"', ["ann", "bob"]),
        ('badge eq "B-8"', ["bob"]),
        (f"{URN}:level gt 3", ["bob"]),
        (f"{URN}:level eq 3.0", ["ann"]),
        (f'{URN}:code eq "xy"', []),
        (f'{URN}:code eq "Xy"', ["ann"]),
        (f'{URN}:since lt "2026-01-31T08:30:00Z"', ["ann"]),
        (f"{URN}:remote eq true", ["ann"]),
        (f'{URN}:tags eq "RED"', ["ann"]),
        (f'{URN}:tags gt "RE"', ["ann"]),
        (f"{URN}:scores gt 9", ["ann"]),
        (f"{URN}:scores lt 2.5", []),
        (f"{URN}:scores pr and {URN}:flags eq true", ["ann"]),
        (f"{URN}:flags eq false", []),
        (f"{URN}:desks[floor gt 1]", ["ann"]),
        (f'{URN}:desks.value eq "d9"', ["bob"]),
        (f"not ({URN}:tags pr)", ["bob", "carl"]),
        (f'{URN}:level ge 3 and userName sw "b"', ["bob"]),
    ],
)
def test_filters_read_what_was_declared(portal: PortalUnderTest, filter: str, names: list[str]) -> None:
    declare(portal)
    provision(portal, "ann", **CARD)
    provision(portal, "bob", badge="b-8", level=9, desks=[{"value": "D9"}])
    portal.provision("carl@x.example")
    assert found(portal, filter) == [f"{name}@x.example" for name in names]


def test_people_are_sorted_by_what_was_declared(portal: PortalUnderTest) -> None:
    declare(portal)
    for name, level, tag in (("ann", 10, "m"), ("bob", 9, "z"), ("carl", 11, "C")):
        provision(portal, name, level=level, tags=[tag], scores=[level / 2, 1])
    for by, order in ((f"{URN}:level", "bac"), (f"{URN}:tags", "cab"), (f"{URN}:scores", "bac")):
        listed = portal.scim("GET", f"/Users?sortBy={by}").json["Resources"]
        assert [one["userName"][0] for one in listed] == list(order)


def test_a_patch_reaches_it_by_path_by_urn_and_by_keys(portal: PortalUnderTest) -> None:
    declare(portal)
    id = provision(portal, "ann", **CARD)
    for operation, expected in (
        ({"op": "replace", "path": BADGE, "value": "B-9"}, {"badge": "B-9"}),
        ({"op": "replace", "value": {f"{URN}:level": 4}}, {"level": 4}),
        ({"op": "add", "value": {URN: {"Code": "Zz"}}}, {"code": "Zz"}),
        (
            {"op": "replace", "path": f"{URN}:desks[floor eq 2].value", "value": "D2"},
            {"desks": [{"value": "D2", "floor": 2}]},
        ),
        ({"op": "remove", "path": f"{URN}:tags"}, {"tags": None}),
    ):
        patched = portal.scim("PATCH", f"/Users/{id}", a_patch(operation))
        assert patched.status_code == 200, patched.text
        assert {name: patched.json[URN].get(name) for name in expected} == expected
    assert found(portal, f'{BADGE} eq "B-9" and {URN}:level eq 4') == ["ann@x.example"]
    refused = portal.scim("PATCH", f"/Users/{id}", a_patch({"op": "replace", "path": f"{URN}:level", "value": "x"}))
    assert refused.status_code == 400
    gone = portal.scim("PATCH", f"/Users/{id}", a_patch({"op": "remove", "path": URN})).json
    assert URN not in gone
    assert gone["schemas"] == [CORE_USER]


def test_discovery_announces_it_with_the_portals_links(portal: PortalUnderTest) -> None:
    assert URN not in portal.scim("GET", "/Schemas").text
    declare(portal)
    listed = {one["id"]: one for one in portal.scim("GET", "/Schemas").json["Resources"]}
    one = portal.scim("GET", f"/Schemas/{URN}").json
    assert one == listed[URN]
    assert one["meta"]["location"].endswith(f"{portal.base}/scim/v2/Schemas/{URN}")
    assert [one["name"] for one in one["attributes"]] == [one["name"] for one in ATTRIBUTES]
    assert {"type": "integer", "multiValued": False, "uniqueness": "none"}.items() <= one["attributes"][1].items()
    for kind, announced in (("User", True), ("Group", False)):
        extensions = portal.scim("GET", f"/ResourceTypes/{kind}").json["schemaExtensions"]
        assert ({"schema": URN, "required": False} in extensions) is announced


def test_a_strict_connector_accepts_the_urn_once_it_is_declared(portal: PortalUnderTest) -> None:
    connector = portal.connector()
    assert portal.api("PATCH", f"/connectors/{connector.id}", {"tolerance": "strict"}).status_code == 200
    person = an_acme("ann", badge="B-1")
    refused = portal.scim("POST", "/Users", person)
    assert (refused.status_code, refused.json["scimType"]) == (400, "invalidSyntax")
    declare(portal)
    assert portal.scim("POST", "/Users", person).status_code == 201


def test_groups_have_extensions_of_their_own(portal: PortalUnderTest) -> None:
    urn = "urn:okta:custom:group:1.0"
    declare(portal, urn=urn, resource_kind="Group", attributes=[{"name": "owner"}, {"name": "size", "type": "integer"}])
    group = a_group("Sales") | {"schemas": [CORE_GROUP, urn], urn: {"owner": "Ann", "size": 5}}
    made = portal.scim("POST", "/Groups", group)
    assert made.json[urn] == {"owner": "Ann", "size": 5}
    portal.push("Eng")
    patch = a_patch({"op": "replace", "path": f"{urn}:size", "value": 7})
    assert portal.scim("PATCH", f"/Groups/{made.json['id']}", patch).json[urn]["size"] == 7
    assert found(portal, f'{urn}:size gt 6 and {urn}:owner eq "ANN"', "/Groups") == ["Sales"]
    assert portal.scim("GET", "/Users", query_string={"filter": f"{urn}:size gt 6"}).status_code == 400


def test_a_search_of_everything_finds_by_an_extension_of_users(portal: PortalUnderTest) -> None:
    declare(portal)
    provision(portal, "ann", badge="B-1")
    portal.push("Sales")
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": f'{BADGE} eq "B-1"'}
    assert portal.scim("POST", "/.search", search).json["totalResults"] == 1


def test_the_neighbor_neither_sees_nor_searches_it(portal: PortalUnderTest) -> None:
    neighbor = PortalUnderTest.create(portal.app)
    declare(portal)
    assert URN not in neighbor.scim("GET", "/Schemas").text
    assert neighbor.scim("GET", f"/Schemas/{URN}").status_code == 404
    assert neighbor.scim("GET", "/Users", query_string={"filter": f"{BADGE} pr"}).status_code == 400
    assert neighbor.api("POST", "/schemas", body(attributes=[{"name": "badge", "type": "integer"}])).status_code == 201
    assert portal.scim("GET", f"/Schemas/{URN}").json["attributes"][0]["type"] == "string"


def test_what_was_declared_costs_no_statement_once_it_is_known(portal: PortalUnderTest) -> None:
    id = portal.provision("ann@x.example")
    calls = (
        lambda: portal.scim("GET", f"/Users/{id}"),
        lambda: portal.scim("PUT", f"/Users/{id}", a_user("ann@x.example")),
    )
    before = [count(call) for call in calls]
    declare(portal)
    provision(portal, "bob", badge="B-1")
    assert [count(call) for call in calls] == before


def test_the_very_next_request_of_any_process_knows_it(portal: PortalUnderTest) -> None:
    portal.provision("warm@x.example")
    id = declare(portal)
    remembered = dict(resource_types._cache)
    assert found(portal, f"{BADGE} pr") == []
    portal.api("PATCH", f"/schemas/{id}", {"attributes": [*ATTRIBUTES, {"name": "shift"}]})
    resource_types._cache.clear()
    resource_types._cache.update(remembered)  # another process, which has not heard of the change
    assert found(portal, f"{URN}:shift pr") == []
    assert portal.api("DELETE", f"/schemas/{id}").status_code == 204
    assert portal.scim("GET", "/Users", query_string={"filter": f"{BADGE} pr"}).status_code == 400
