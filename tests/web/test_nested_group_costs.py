"""Groups in groups by bulk, and how many statements they take: none a row, and none more where nothing is nested."""

from __future__ import annotations

from tests.portals import PortalUnderTest, a_group, a_patch, a_user
from tests.web.test_scim_bulk import op, run, statuses
from tests.web.test_statement_counts import busy, count, counted

__all__ = ["busy"]  # the fixture


def id_of(answer: dict[str, str]) -> str:
    return answer["location"].rpartition("/")[2]


def test_groups_nested_by_their_bulk_ids_come_in_any_order(portal: PortalUnderTest) -> None:
    top, mid, low, ann = run(
        portal,
        op("POST", "/Groups", a_group("Top", "bulkId:mid"), "top"),
        op("POST", "/Groups", a_group("Mid", "bulkId:low"), "mid"),
        op("POST", "/Groups", a_group("Low", "bulkId:ann"), "low"),
        op("POST", "/Users", a_user("ann@x.example"), "ann"),
    )
    assert statuses([top, mid, low, ann]) == ["201"] * 4
    found = portal.scim("GET", f"/Users/{id_of(ann)}").json["groups"]
    assert [(one["value"], one["type"]) for one in found] == [
        (id_of(low), "direct"), (id_of(mid), "indirect"), (id_of(top), "indirect"),
    ]  # fmt: skip


def test_groups_that_name_each_other_get_one_answer_each_and_one_says_why_not(portal: PortalUnderTest) -> None:
    answers = run(
        portal,
        op("POST", "/Groups", a_group("One", "bulkId:other"), "one"),
        op("POST", "/Groups", a_group("Other", "bulkId:one"), "other"),
        op("POST", "/Groups", a_group("Self", "bulkId:self"), "self"),
        op("POST", "/Users", a_user("ann@x.example"), "ann"),
    )
    assert sorted(statuses(answers)) == ["201", "201", "400", "400"]
    assert [one["bulkId"] for one in answers] == ["one", "other", "self", "ann"]
    refused = {one["bulkId"]: one["response"] for one in answers if one["status"] == "400"}
    assert refused["self"]["detail"] == "The group 'Self' cannot be a member of itself."
    (circle,) = [body for name, body in refused.items() if name != "self"]
    assert (circle["status"], circle["scimType"]) == ("400", "invalidValue")
    assert "'One'" in circle["detail"]
    assert "'Other'" in circle["detail"]
    groups = portal.scim("GET", "/Groups").json["Resources"]
    assert sorted(len(one.get("members", [])) for one in groups) == [0, 0, 1]


def test_a_page_of_users_in_nested_groups_takes_what_a_page_always_took(busy: PortalUnderTest) -> None:
    people = [busy.provision(f"p{number}@x.example") for number in range(50)]
    page, list_of_groups = "/Users?startIndex=1&count=100", "/Groups?startIndex=1&count=100"
    group = busy.push("Team", *people)
    before = [count(lambda path=path: busy.scim("GET", path)) for path in (page, list_of_groups)]
    for level in range(10):
        group = busy.push(f"Level {level}", group, people[level])
    assert [count(lambda path=path: busy.scim("GET", path)) for path in (page, list_of_groups)] == before
    shown = busy.scim("GET", page).json["Resources"]
    assert {len(one["groups"]) for one in shown if one["id"] in people} == {11}


def test_a_push_of_users_alone_takes_no_statement_for_nesting(busy: PortalUnderTest) -> None:
    ann, bob, eve = (busy.provision(f"{name}@x.example") for name in ("ann", "bob", "eve"))
    flat, nested = busy.push("Flat", ann), busy.push("Nested", ann)
    busy.push("Top", nested)
    operations = (
        {"op": "add", "path": "members", "value": [{"value": bob}]},
        {"op": "remove", "path": f'members[value eq "{ann}"]'},
        {"op": "replace", "path": "members", "value": [{"value": eve}]},
    )
    for operation in operations:
        took = []
        for group in (flat, nested):
            with counted() as statements:
                assert busy.scim("PATCH", f"/Groups/{group}", a_patch(operation)).status_code == 200
            took.append(len(statements))
            # What reads members or groups reads the nested ones in the same statement.
            alone = [one for one in statements if "nesting" in one and "UNION ALL" not in one]
            assert not alone
        assert took[0] == took[1], operation
