"""Many write one group, many groups name one user, and two have read the same version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.concurrency.arena import Arena, statuses
from tests.portals import a_patch, a_policy, a_rule, a_user

ROUNDS = 3


def people(arena: Arena, count: int) -> list[str]:
    """Create some users; gives their ids in the order of creation."""
    return [arena.portal.provision(f"p{number}@acme.example") for number in range(count)]


def adding(*ids: str) -> list[dict[str, Any]]:
    """Write one operation for each member to be added."""
    return [{"op": "add", "path": "members", "value": [{"value": id}]} for id in ids]


def removing(*ids: str) -> list[dict[str, Any]]:
    """Write one operation for each member to be removed."""
    return [{"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids]


def members(arena: Arena, group: str) -> set[str]:
    """Read who is in a group, as the provider would."""
    return {one["value"] for one in arena.portal.scim("GET", f"/Groups/{group}").json.get("members", [])}


def a_rule_for(arena: Arena, group: str) -> None:
    """Let a group's members have `pro`, of which there are few; everybody else has `view`."""
    arena.portal.license("pro", 20, rank=30)
    arena.portal.license("view", 100, rank=10)
    arena.portal.publish(a_policy(a_rule("sales", f'groups.value eq "{group}"', "pro"), default="view"))


def test_sixty_four_changes_of_one_group_at_once_are_all_kept(arena: Arena) -> None:
    everybody = people(arena, 64)
    before, after = everybody[:32], everybody[32:]
    group = arena.portal.push("Sales", *before)
    a_rule_for(arena, group)
    changes = [change for pair in zip(adding(*after), removing(*before), strict=True) for change in pair]
    answers = arena.storm([arena.scim("PATCH", f"/Groups/{group}", a_patch(change)) for change in changes])
    assert statuses(answers) == {200: 64}
    assert members(arena, group) == set(after)
    assert arena.portal.scim("GET", f"/Groups/{group}").headers["ETag"] == 'W/"65"'
    assert arena.portal.usage()["pro"] == (20, 12)
    arena.must_hold()


def test_two_groups_that_name_the_same_people_in_opposite_order_do_not_block_each_other(arena: Arena) -> None:
    everybody = people(arena, 20)
    sales, design = arena.portal.push("Sales"), arena.portal.push("Design")
    a_rule_for(arena, sales)
    for _ in range(ROUNDS):
        for write in (adding, removing):
            orders = ((sales, everybody), (design, everybody[::-1]))
            calls = [arena.scim("PATCH", f"/Groups/{id}", a_patch(*write(*ids))) for id, ids in orders]
            assert statuses(arena.storm(calls, processes=2, threads=1)) == {200: 2}
            wanted = set(everybody) if write is adding else set()
            assert (members(arena, sales), members(arena, design)) == (wanted, wanted)
    arena.must_hold()


def test_two_groups_that_exchange_their_members_at_once_both_get_what_was_sent(arena: Arena) -> None:
    everybody = people(arena, 20)
    left, right = everybody[:10], everybody[10:]
    sales, design = arena.portal.push("Sales", *left), arena.portal.push("Design", *right)
    a_rule_for(arena, sales)
    for turn in range(ROUNDS * 2):
        now = (right, left) if turn % 2 == 0 else (left, right)
        calls = [put(arena, sales, "Sales", now[0]), put(arena, design, "Design", now[1])]
        assert statuses(arena.storm(calls, processes=2, threads=1)) == {200: 2}
        assert (members(arena, sales), members(arena, design)) == (set(now[0]), set(now[1]))
    arena.must_hold()


def put(arena: Arena, id: str, name: str, ids: Sequence[str]) -> Any:
    """Describe a PUT of a whole group."""
    return arena.scim("PUT", f"/Groups/{id}", {"displayName": name, "members": [{"value": one} for one in ids]})


def test_one_of_sixteen_writers_who_read_the_same_version_wins(arena: Arena) -> None:
    (ann,) = people(arena, 1)
    sales = arena.portal.push("Sales")
    for path, name in ((f"/Users/{ann}", "title"), (f"/Groups/{sales}", "externalId")):
        changes = [a_patch({"op": "replace", "path": name, "value": f"T{turn}"}) for turn in range(16)]
        answers = arena.storm([arena.scim("PATCH", path, change, If_Match='W/"1"') for change in changes])
        assert statuses(answers) == {200: 1, 412: 15}
        winner = next(turn for turn, one in enumerate(answers) if one.status == 200)
        assert arena.portal.scim("GET", path).json[name] == f"T{winner}"


def test_two_providers_of_one_person_do_not_lose_each_others_attributes(arena: Arena) -> None:
    (ann,) = people(arena, 1)
    names = ("title", "nickName", "locale", "timezone", "userType", "preferredLanguage", "displayName", "externalId")
    values = ("Chief", "Annie", "de-DE", "Europe/Berlin", "Employee", "de", "Ann A.", "x-1")
    sent = dict(zip(names, values, strict=True))
    changes = [a_patch({"op": "add", "path": name, "value": value}) for name, value in sent.items()]
    assert statuses(arena.storm([arena.scim("PATCH", f"/Users/{ann}", one) for one in changes])) == {200: len(sent)}
    found = arena.portal.scim("GET", f"/Users/{ann}").json
    assert {name: found[name] for name in sent} == sent
    assert found["userName"] == a_user("p0@acme.example")["userName"]
