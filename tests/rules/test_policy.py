"""Reading, refusing and writing policy documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import rules
from rules import LicenseType, Mode, PolicyError, State
from tests.rules.world import R1, R2, R3, TYPES, a_document

FULL = {
    "id": "r9",
    "name": "Everything",
    "state": "paused",
    "condition": 'userName sw "a" and groups[value eq "g1"]',
    "grants": ["pro", "none:extra"],
    "fallback": ["std", "view"],
    "queue_priority": 7,
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": "2026-02-01T01:00:00.500000Z",
    "connector": "okta",
}
SEVERAL = TYPES | {"more": LicenseType("more", "More", "extra", 1)}


def problems(document: object, types: dict[str, LicenseType] = SEVERAL) -> dict[str, str]:
    with pytest.raises(PolicyError) as refused:
        rules.from_document(document, types)
    assert all(problem.message in str(refused.value) for problem in refused.value.problems)
    return {problem.path: problem.message for problem in refused.value.problems}


def refused_rule(**changes: Any) -> dict[str, str]:
    """Problems of one rule with these fields changed."""
    return problems(a_document({**FULL, **changes}))


def test_a_full_document_survives_the_round_trip() -> None:
    document = {
        "families": {"cal": {"mode": "highest-rank"}, "extra": {"mode": "first-match"}},
        "defaults": {"cal": "view", "extra": None},
        "rules": [FULL],
    }
    policy = rules.from_document(document, SEVERAL, version=4)
    assert rules.to_document(policy) == document
    assert rules.from_document(rules.to_document(policy), SEVERAL, version=4) == policy


def test_missing_optional_fields_get_their_defaults() -> None:
    (rule,) = rules.from_document({"rules": [{"id": "x", "condition": "userName pr", "grants": ["pro"]}]}, TYPES).rules
    assert (rule.name, rule.state, rule.queue_priority, rule.fallback) == ("x", State.ACTIVE, 100, ())
    assert (rule.valid_from, rule.valid_until, rule.connector) == (None, None, None)


def test_an_empty_document_knows_the_families_of_the_types() -> None:
    policy = rules.from_document({}, SEVERAL)
    assert {family.key: family.mode for family in policy.families.values()} == {
        "cal": Mode.FIRST_MATCH,
        "extra": Mode.FIRST_MATCH,
    }
    assert policy.defaults == {}
    assert policy.rules == ()


def test_a_family_may_be_declared_before_it_has_types() -> None:
    policy = rules.from_document({"families": {"cal": {}}, "defaults": {"cal": None}}, {})
    assert policy.defaults == {"cal": None}


def test_a_rule_compiles_its_chains_and_what_it_reads() -> None:
    (rule,) = rules.from_document(a_document(FULL), SEVERAL).rules
    assert rule.chains == {"cal": ("pro", "std", "view"), "extra": ()}
    assert rule.condition.reads == {"userName", "groups.value"}
    assert rule.condition.group_ids == {"g1"}
    assert rule.valid_until == datetime(2026, 2, 1, 1, 0, 0, 500000, tzinfo=UTC)


def test_drafts_and_paused_rules_are_not_walked() -> None:
    states = ({**R2, "state": "draft"}, {**R3, "state": "paused"}, {**R3, "id": "r4", "state": "needs-attention"})
    policy = rules.from_document(a_document(R1, *states), TYPES)
    assert [rule.id for rule in policy.active] == ["r1", "r4"]
    assert len(replace(policy, rules=()).active) == 0


def test_every_problem_is_reported_with_its_place() -> None:
    found = problems(
        {
            "families": {"a/b~c": {"mode": "best", "size": 1}, "cal": []},
            "defaults": {"cal": "more", "other": None, "extra": 3},
            "rules": [{"id": "x"}, "no rule", {"id": "x", "condition": "userName pr", "grants": ["pro"]}],
            "colour": "red",
        }
    )
    assert set(found) >= {
        "/families/a~1b~0c/mode",
        "/families/a~1b~0c/size",
        "/families/cal",
        "/defaults/cal",
        "/defaults/other",
        "/defaults/extra",
        "/rules/0/condition",
        "/rules/0/grants",
        "/rules/1",
        "/rules/2/id",
        "/colour",
    }


@pytest.mark.parametrize(
    "document", [None, [], "text", {"rules": {}}, {"defaults": []}, {"families": None}, {"rules": [None]}]
)
def test_a_document_of_another_shape_is_refused(document: object) -> None:
    assert problems(document)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", ""),
        ("id", 7),
        ("id", "x" * 65),
        ("name", "  "),
        ("name", 1),
        ("state", "on"),
        ("state", ["active"]),
        ("condition", ""),
        ("condition", "x" * 4097),
        ("condition", 'userName eq "' + "é" * 2100 + '"'),
        ("condition", "colour eq 1"),
        ("condition", "active co true"),
        ("condition", "userName eq"),
        ("condition", "not (" * 11 + "userName pr" + ")" * 11),
        ("condition", " or ".join(["userName pr"] * 51)),
        ("grants", []),
        ("grants", "pro"),
        ("grants", [1]),
        ("fallback", "std"),
        ("queue_priority", -1),
        ("queue_priority", True),
        ("queue_priority", 1.5),
        ("queue_priority", 1_000_001),
        ("valid_from", "yesterday"),
        ("valid_from", 5),
        ("valid_from", "2026-01-01T00:00:00"),
        ("valid_from", "0001-01-01T00:00:00+14:00"),
        ("valid_until", "2026-01-01T00:00:00Z"),
        ("connector", 3),
        ("color", "red"),
    ],
)
def test_a_wrong_field_of_a_rule_is_refused_at_its_place(field: str, value: object) -> None:
    assert f"/rules/0/{field}" in refused_rule(**{field: value})


@pytest.mark.parametrize(
    ("grants", "fallback", "place"),
    [
        (["gold"], [], "grants/0"),
        (["none:gold"], [], "grants/0"),
        (["pro", "std"], [], "grants/1"),
        (["pro", "none:cal"], [], "grants/1"),
        (["pro"], ["more"], "fallback/0"),
        (["pro"], ["gold"], "fallback/0"),
        (["pro"], ["std", "std"], "fallback/1"),
        (["pro"], ["pro"], "fallback/0"),
        (["none:cal"], ["std"], "fallback/0"),
    ],
)
def test_grants_and_fallbacks_must_fit_the_families(grants: list[str], fallback: list[str], place: str) -> None:
    assert list(refused_rule(grants=grants, fallback=fallback)) == [f"/rules/0/{place}"]


def test_missing_ids_are_filled_in_and_the_argument_is_left_alone() -> None:
    document = {"rules": [{"name": "a"}, {"id": "kept"}, "broken"]}
    filled = rules.with_ids(document, iter(["new"]).__next__)
    assert filled == {"rules": [{"name": "a", "id": "new"}, {"id": "kept"}, "broken"]}
    assert document["rules"][0] == {"name": "a"}
    assert rules.with_ids({"rules": 3}, str) == {"rules": 3}
