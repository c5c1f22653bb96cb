"""Groups in groups over SCIM (RFC 7643 §4.1.2, §4.2): what is sent, what is answered, what is refused, what filters find."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from scim_portal.services import ancestry, nesting
from tests.portals import PortalUnderTest, a_group, a_patch
from tests.web.visitor import Visitor


def add(portal: PortalUnderTest, group: str, *members: str) -> Any:
    return patch(portal, group, {"op": "add", "path": "members", "value": [{"value": one} for one in members]})


def take(portal: PortalUnderTest, group: str, member: str) -> Any:
    return patch(portal, group, {"op": "remove", "path": f'members[value eq "{member}"]'})


def patch(portal: PortalUnderTest, group: str, *operations: dict[str, Any]) -> Any:
    return portal.scim("PATCH", f"/Groups/{group}", a_patch(*operations))


def groups_of(portal: PortalUnderTest, user: str) -> list[tuple[str, str]]:
    found = portal.scim("GET", f"/Users/{user}").json.get("groups", [])
    return [(one["display"], one["type"]) for one in found]


def members_of(portal: PortalUnderTest, group: str) -> list[str]:
    return [one["value"] for one in portal.scim("GET", f"/Groups/{group}").json.get("members", [])]


def found(portal: PortalUnderTest, room: str, filter: str) -> set[str]:
    answer = portal.scim("GET", f"/{room}?filter={quote(filter)}")
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json["Resources"]}


def test_members_say_what_they_are_and_a_user_says_every_group_above(portal: PortalUnderTest) -> None:
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    team = portal.push("Team", ann)
    sent = [{"value": team, "type": "User", "display": "The Team"}, {"value": bob, "type": "Group"}]
    dept = portal.scim("POST", "/Groups", a_group("Dept") | {"members": sent}).json
    base = portal.ref.scim_base_url
    assert dept["members"] == [
        {"value": bob, "$ref": f"{base}/Users/{bob}", "type": "User"},
        {"value": team, "$ref": f"{base}/Groups/{team}", "type": "Group", "display": "The Team"},
    ]
    portal.push("Firm", dept["id"])
    assert groups_of(portal, ann) == [("Team", "direct"), ("Dept", "indirect"), ("Firm", "indirect")]
    assert groups_of(portal, bob) == [("Dept", "direct"), ("Firm", "indirect")]
    refs = [one["$ref"] for one in portal.scim("GET", f"/Users/{bob}").json["groups"]]
    assert refs[0] == f"{base}/Groups/{dept['id']}"


def test_a_group_that_holds_somebody_twice_counts_once_and_is_direct(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example")
    one, other = portal.push("One", ann), portal.push("Other", ann)
    portal.push("Top", one, other, ann)
    assert groups_of(portal, ann) == [("One", "direct"), ("Other", "direct"), ("Top", "direct")]


def test_groups_of_users_empty_when_the_nesting_or_the_group_goes(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example")
    team = portal.push("Team", ann)
    dept = portal.push("Dept", team)
    firm = portal.push("Firm", dept)
    assert take(portal, firm, dept).status_code == 200
    assert groups_of(portal, ann) == [("Team", "direct"), ("Dept", "indirect")]
    assert add(portal, firm, dept).status_code == 200
    assert portal.scim("DELETE", f"/Groups/{dept}").status_code == 204
    assert groups_of(portal, ann) == [("Team", "direct")]
    assert members_of(portal, firm) == []
    assert take(portal, team, ann).status_code == 200
    assert "groups" not in portal.scim("GET", f"/Users/{ann}").json


def test_a_restored_group_is_back_with_users_and_groups_below_and_above(portal: PortalUnderTest) -> None:
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    team = portal.push("Team", ann)
    dept = portal.push("Dept", team, bob)
    firm = portal.push("Firm", dept)
    assert portal.scim("DELETE", f"/Groups/{dept}").status_code == 204
    assert portal.api("POST", f"/groups/{dept}/restore").status_code == 200
    assert groups_of(portal, ann) == [("Team", "direct"), ("Dept", "indirect"), ("Firm", "indirect")]
    assert (members_of(portal, dept), members_of(portal, firm)) == ([bob, team], [dept])


def test_put_replaces_users_and_groups_alike(portal: PortalUnderTest) -> None:
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    one, other = portal.push("One", ann), portal.push("Other", ann)
    top = portal.push("Top", ann, one)
    put = portal.scim("PUT", f"/Groups/{top}", a_group("Top", bob, other))
    assert put.status_code == 200
    assert [member["value"] for member in put.json["members"]] == [bob, other]
    assert put.headers["ETag"] == 'W/"2"'
    again = portal.scim("PUT", f"/Groups/{top}", a_group("Top", other, bob))
    assert again.headers["ETag"] == 'W/"2"'
    assert patch(portal, top, {"op": "remove", "path": "members"}).json.get("members", []) == []
    assert groups_of(portal, ann) == [("One", "direct"), ("Other", "direct")]


def test_a_patch_may_undo_its_own_nesting(portal: PortalUnderTest) -> None:
    low, high = portal.push("Low"), portal.push("High")
    assert add(portal, high, low).status_code == 200
    both = ({"op": "add", "path": "members", "value": [{"value": high}]}, {"op": "remove", "path": "members"})
    assert patch(portal, low, *both).status_code == 200
    assert (members_of(portal, low), members_of(portal, high)) == ([], [low])


def test_unknown_deleted_and_foreign_groups_are_left_out_with_a_note(portal: PortalUnderTest) -> None:
    stranger = PortalUnderTest.create(portal.app).push("Elsewhere")
    gone = portal.push("Gone")
    portal.scim("DELETE", f"/Groups/{gone}")
    top = portal.push("Top", gone, stranger, "nonsense")
    assert members_of(portal, top) == []
    log = portal.api("GET", "/provisioning-log").json["items"]
    notes = [one.get("detail") or one.get("note") or "" for one in log]
    assert any("3 unknown member(s) left out" in note for note in notes), log[:2]


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_a_circle_of_any_length_is_refused_naming_both_groups(portal: PortalUnderTest, levels: int) -> None:
    chain = [portal.push("G0")]
    for number in range(1, levels + 1):
        chain.append(portal.push(f"G{number}", chain[-1]))
    answer = add(portal, chain[0], chain[-1])
    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue")
    assert f"'G{levels}' cannot be a member of 'G0'" in answer.json["detail"]
    assert portal.scim("PUT", f"/Groups/{chain[0]}", a_group("G0", chain[-1])).status_code == 400
    assert members_of(portal, chain[0]) == []


def test_a_group_is_never_its_own_member(portal: PortalUnderTest) -> None:
    lone = portal.push("Lone")
    answer = add(portal, lone, lone)
    assert answer.status_code == 400
    assert answer.json["detail"] == "The group 'Lone' cannot be a member of itself."


def test_a_restore_that_would_close_a_circle_is_refused(portal: PortalUnderTest) -> None:
    low = portal.push("Low")
    mid = portal.push("Mid", low)
    top = portal.push("Top", mid)
    portal.scim("DELETE", f"/Groups/{mid}")
    assert add(portal, low, top).status_code == 200
    refused = portal.api("POST", f"/groups/{mid}/restore")
    assert refused.status_code == 409
    assert "'Mid' cannot come back: 'Top'" in refused.json["detail"]
    assert take(portal, low, top).status_code == 200
    assert portal.api("POST", f"/groups/{mid}/restore").status_code == 200
    assert members_of(portal, top) == [mid]


def test_too_many_links_at_once_are_refused_in_words(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nesting, "MOST_LINKS", 5)
    low = portal.push("Low")
    mid = portal.push("Mid", low)
    for number in range(2):
        mid = portal.push(f"Above {number}", mid)
    top = portal.push("Top")
    assert add(portal, portal.push("Peak", top), mid).status_code == 200
    answer = add(portal, top, mid)
    assert answer.status_code == 200
    assert take(portal, top, mid).status_code == 200
    monkeypatch.setattr(nesting, "MOST_LINKS", 3)
    refused = add(portal, top, mid)
    assert refused.status_code == 400
    assert refused.json["detail"] == (
        "One change may place groups below others at most 3 times, and this would be 4: nest fewer groups at a time."
    )


def test_many_groups_are_nested_chunk_by_chunk(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ancestry, "CHUNK", 2)
    ann = portal.provision("ann@x.example")
    rows = [portal.push(f"R{number}", ann) for number in range(5)]
    middle = portal.push("Middle", *rows)
    top = portal.push("Top", middle)
    assert found(portal, "Users", f'groups.value eq "{top}"') == {ann}
    assert found(portal, "Groups", " or ".join(f'members.value eq "{row}"' for row in rows)) == {middle}
    assert len(groups_of(portal, ann)) == 7


def test_filters_find_direct_and_indirect_groups_and_nested_members(portal: PortalUnderTest) -> None:
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    team = portal.push("Team", ann)
    sent = [{"value": team, "display": "Our TEAM"}, {"value": bob, "display": "Bob Bär"}]
    dept = portal.scim("POST", "/Groups", a_group("Dept") | {"members": sent}).json["id"]
    users = {
        f'groups.value eq "{dept}"': {ann, bob},
        f'groups.value eq "{team}"': {ann},
        'groups[type eq "indirect"]': {ann},
        'groups[type eq "indirect" and display sw "te"]': set(),
        'not (groups[type eq "indirect"])': {bob},
        'groups.display eq "DEPT"': {ann, bob},
    }
    assert {filter: found(portal, "Users", filter) for filter in users} == users
    groups = {
        f'members.value eq "{team}"': {dept},
        f'members[value eq "{ann}"]': {team},
        'members.type eq "Group"': {dept},
        'members.type eq "user"': {team, dept},
        'members.display eq "bob BÄR"': {dept},
        'members.display co "team"': {dept},
        'members[type eq "Group" and display co "bob"]': set(),
        "members.display pr": {dept},
    }
    assert {filter: found(portal, "Groups", filter) for filter in groups} == groups


def test_admins_see_groups_in_groups_on_pages_and_in_the_api(portal: PortalUnderTest) -> None:
    ann, bob = portal.provision("ann@x.example"), portal.provision("bob@x.example")
    team = portal.push("Team", ann, bob)
    dept = portal.push("Dept", team, bob)
    one = portal.api("GET", f"/groups/{dept}").json
    assert (one["member_count"], one["indirect_member_count"]) == (1, 1)
    assert (one["member_groups"], one["parent_groups"]) == ([{"id": team, "display_name": "Team"}], [])
    assert one in portal.api("GET", "/groups").json["items"]
    assert portal.api("GET", f"/groups/{team}").json["parent_groups"] == [{"id": dept, "display_name": "Dept"}]
    visitor = Visitor.signed_in(portal)
    page = visitor.page(f"/groups/{dept}")
    assert "Groups in it" in page
    assert "1 more</a> through the groups in it" in page
    assert "It is in these groups" in visitor.page(f"/groups/{team}")
    assert "1 more through groups" in visitor.page("/groups")
    assert "through another group" in visitor.page(f"/users/{ann}")
    assert "through another group" not in visitor.page(f"/users/{bob}")
    both = visitor.page(f"/users?group={dept}")
    assert "ann@x.example" in both
    assert "bob@x.example" in both
