"""Several admins publish at once, and people arrive while a policy changes."""

from __future__ import annotations

from typing import Any

from scim_portal.jobs import runner
from scim_portal.services import rulebook
from tests.concurrency.arena import Arena, statuses
from tests.portals import a_policy, a_rule, a_user


def versions(arena: Arena) -> list[int]:
    """List the numbers of all policy versions, oldest first."""
    return [one.version for one in reversed(rulebook.versions(arena.portal.ctx()))]


def previewed(arena: Arena, document: dict[str, Any]) -> dict[str, Any]:
    """Preview a document and write the body that publishes it."""
    answer = arena.portal.api("POST", "/policy/preview", {"document": document})
    assert answer.status_code == 200, answer.text
    return {"document": document, "preview_token": answer.json["preview_token"]}


def test_of_eight_admins_who_previewed_on_the_same_version_one_publishes(arena: Arena) -> None:
    arena.portal.license("pro", 5)
    arena.portal.publish(a_policy(default=None))
    bodies = [previewed(arena, a_policy(a_rule(f"r{turn}", f'title eq "T{turn}"', "pro"))) for turn in range(8)]
    answers = arena.storm([arena.api("POST", "/policy/publish", body) for body in bodies])
    assert statuses(answers) == {202: 1, 409: 7}
    winner = next(turn for turn, one in enumerate(answers) if one.status == 202)
    assert answers[winner].body["version"] == 2
    assert all(one.body["preview"]["base_version"] == 2 for one in answers if one.status == 409)
    assert versions(arena) == [1, 2]
    assert rulebook.current(arena.portal.ctx())[1]["rules"][0]["id"] == f"r{winner}"


def test_eight_restores_at_once_are_eight_versions_without_a_gap(arena: Arena) -> None:
    arena.portal.license("pro", 5)
    arena.portal.publish(a_policy(default="pro"))
    answers = arena.storm([arena.api("POST", "/policy/versions/1/restore", {}) for _ in range(8)])
    assert statuses(answers) == {202: 8}
    assert sorted(one.body["version"] for one in answers) == list(range(2, 10))
    assert versions(arena) == list(range(1, 10))


def test_whoever_arrives_while_policies_change_is_settled_by_the_last_one(arena: Arena) -> None:
    for key, rank in (("pro", 30), ("view", 10)):
        arena.portal.license(key, 12, rank=rank)
    arena.portal.publish(a_policy(default="pro"))
    arena.portal.publish(a_policy(default="view"))
    creates = [arena.scim("POST", "/Users", a_user(f"p{number}@acme.example")) for number in range(40)]
    restores = [arena.api("POST", f"/policy/versions/{1 + turn % 2}/restore", {}) for turn in range(4)]
    calls = creates[:10] + [one for turn in range(4) for one in (restores[turn], *creates[10 + turn :: 4])]
    answers = arena.storm(calls)
    assert set(statuses(answers)) == {201, 202}
    jobs = [one.body["job_id"] for one in answers if one.status == 202]
    for id in jobs:
        arena.settled(id)
    arena.must_hold()
    before = {key: len(arena.ledger(key)) for key in ("pro", "view")}
    assert runner.reconcile(arena.portal.ctx(), lambda done, total: None)[1] == []
    assert {key: len(arena.ledger(key)) for key in ("pro", "view")} == before
    last = rulebook.current(arena.portal.ctx())[1]["defaults"]["cal"]
    assert arena.portal.usage()[last][0] == 12
    assert sum(used for used, _ in arena.portal.usage().values()) == 12
