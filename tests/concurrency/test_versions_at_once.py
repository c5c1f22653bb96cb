"""Writers of every kind who read the same version: one of them wins, and the others are told that they did not."""

from __future__ import annotations

from tests.concurrency.arena import Arena, statuses
from tests.portals import a_patch, a_user

VERSION = 'W/"1"'
EACH = 6


def test_of_replacements_changes_and_deletions_of_one_version_one_wins(arena: Arena) -> None:
    user = arena.portal.provision("ann@acme.example")
    group = arena.portal.push("Sales", user)
    for path, body, name in (
        (f"/Users/{user}", a_user("ann@acme.example"), "title"),
        (f"/Groups/{group}", {"displayName": "Sales", "members": []}, "externalId"),
    ):
        calls = []
        for number in range(EACH):
            change = a_patch({"op": "replace", "path": name, "value": f"patched {number}"})
            calls += [
                arena.scim("PUT", path, body | {name: f"put {number}"}, If_Match=VERSION),
                arena.scim("PATCH", path, change, If_Match=VERSION),
                arena.scim("DELETE", path, If_Match=VERSION),
            ]
        answers = arena.storm(calls)
        winners = [place for place, one in enumerate(answers) if one.status in (200, 204)]
        assert len(winners) == 1, statuses(answers)
        assert set(statuses(answers)) <= {200, 204, 404, 412}
        if answers[winners[0]].status == 204:
            assert set(statuses(answers)) <= {204, 404, 412}
            assert arena.portal.scim("GET", path).status_code == 404
        else:
            found = arena.portal.scim("GET", path)
            assert found.headers["ETag"] == 'W/"2"'
            verb, number = ("put", "patched")[winners[0] % 3], winners[0] // 3
            assert found.json[name] == f"{verb} {number}"
    arena.must_hold()


def test_of_bulk_operations_with_one_version_one_wins(arena: Arena) -> None:
    user = arena.portal.provision("ann@acme.example")
    messages = [
        {
            "Operations": [
                {
                    "method": "PATCH",
                    "path": f"/Users/{user}",
                    "version": VERSION,
                    "data": a_patch({"op": "replace", "path": "title", "value": f"T{number}"}),
                }
            ]
        }
        for number in range(12)
    ]
    answers = arena.storm([arena.scim("POST", "/Bulk", message) for message in messages])
    found = [one.body["Operations"][0]["status"] for one in answers]
    assert sorted(found) == ["200", *["412"] * 11]
    assert arena.portal.scim("GET", f"/Users/{user}").json["title"] == f"T{found.index('200')}"
    arena.must_hold()
