"""What lint finds in policies with one flaw planted in each, and what it must not find."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import rules
from rules import Flaw, Severity
from rules.branches import Budget
from rules.findings import Finding
from rules.lint import lint
from rules.satisfiability import solve
from rules.values import Answer
from tests.rules.world import R1, R2, R3, START, TYPES, a_document, a_policy

TEAMS = {"id": "t", "name": "Team", "condition": 'title eq "Seller"', "grants": ["pro"]}
DAY = timedelta(days=1)


def rule(id: str, condition: str, *grants: str, **rest: Any) -> dict[str, Any]:
    return {"id": id, "name": id.upper(), "condition": condition, "grants": list(grants or ("pro",)), **rest}


def found(*written: dict[str, Any], mode: str = "first-match", default: str | None = None) -> list[Finding]:
    document = {**a_document(*written, default=default), "families": {"cal": {"mode": mode}}}
    return list(lint(rules.from_document(document, TYPES), START))


def kinds(*written: dict[str, Any], **more: Any) -> list[tuple[str, str, str | None]]:
    return [(one.kind.value, one.rule_id, one.other_rule_id) for one in found(*written, **more)]


@pytest.mark.parametrize(
    "condition",
    [
        'title eq "a" and title eq "B"',
        "title pr and not (title pr)",
        "active eq false",
        "not (userName pr)",
        'userName sw "ann" and userName sw "bob"',
        'title sw "ann" and not (title co "nn")',
        'title ew "nn" and title ne null and not (title ew "n")',
        'title ew "a" and title ew "b"',
        'title sw "b" and title lt "a"',
        'title sw "a" and title gt "b"',
        'title gt "a" and title le "a"',
        'title ge "a" and title le "a" and title ne "A"',
        'title eq "a" and title eq null',
        'emails[type eq "work" and type eq "home"]',
        'emails[type eq "work"] and not (emails.type eq "work")',
        'groups eq "g1" and not (groups.value eq "g1")',
        "manager.value pr and not (manager pr)",
        "not (emails pr) and emails.type pr",
        'meta.created gt "2026-01-01T00:00:00Z" and meta.created lt "2025-01-01T00:00:00Z"',
        'meta.created gt "9999-12-31T23:59:59.999999Z"',
        '(title eq "a" or title eq "b") and title ne "a" and title ne "b"',
    ],
)
def test_a_condition_that_contradicts_itself_is_dead(condition: str) -> None:
    (dead,) = found(rule("x", condition))
    assert (dead.kind, dead.severity, dead.rule_id, dead.witness) == (Flaw.DEAD, Severity.ERROR, "x", None)
    assert dead.sentence == "The rule “X” can match nobody: its condition contradicts itself."


@pytest.mark.parametrize(
    "condition",
    [
        'emails.value eq "a" and emails.value eq "b"',
        'groups.value eq "g1" and groups.value eq "g2" and not (groups.value eq "g3")',
        'title sw "ab" and title ew "bc" and title co "x" and title ne "abxbc"',
        'title co " " and not (title sw "x")',
        'title gt "a" and title lt "b"',
        'title ge "a" and title sw "a"',
        "active eq true",
        "manager pr and not (manager.value pr)",
        "emails[not (type pr)]",
        "roles pr",
        "name pr",
        'schemas eq "urn:x" and schemas sw "urn:"',
        'meta.created gt "2026-01-01T00:00:00Z" and meta.created lt "2026-01-01T00:00:00.000002Z"',
    ],
)
def test_what_somebody_can_be_is_not_dead(condition: str) -> None:
    assert found(rule("x", condition)) == []


def test_rules_that_are_over_or_give_nothing_are_dead_and_paused_ones_are_not_looked_at() -> None:
    contradiction = {"condition": "title pr and not (title pr)"}
    over, paused = {**R2, "valid_until": "2026-01-31T00:00:00Z"}, {**R1, **contradiction, "state": "paused"}
    (dead,) = found(over, paused, {**R3, **contradiction, "state": "draft"})
    assert dead.sentence == "The rule “Sales” has no effect: its time ended on 2026-01-31."
    policy = a_policy(R2)
    empty = replace(policy, rules=(replace(policy.rules[0], chains={}),))
    assert [one.sentence for one in lint(empty, START)] == ["The rule “Sales” has no effect: it gives nothing."]


@pytest.mark.parametrize(
    "condition", ["userName pr", 'title eq "a" or title ne "A"', "not (active eq false)", "title pr or not (title pr)"]
)
def test_a_rule_that_matches_everybody_is_told_with_the_default_nobody_gets(condition: str) -> None:
    always, unused = found(rule("x", condition), default="view")
    assert (always.kind, always.severity) == (Flaw.ALWAYS_TRUE, Severity.WARNING)
    assert always.witness is not None
    assert (unused.kind, unused.rule_id) == (Flaw.DEFAULT_NEVER_USED, "x")
    assert unused.sentence == "The rule “X” matches everybody, so nobody gets the default license View."


def test_the_default_is_used_beside_a_rule_for_some_or_for_a_time() -> None:
    some, once = (
        rule("x", "userName pr", connector="okta"),
        rule("y", "userName pr", valid_until="2027-01-01T00:00:00Z"),
    )
    assert [kind for kind, _, _ in kinds(some, default="view")] == ["always-true"]
    assert [kind for kind, _, _ in kinds(once, default="view")] == ["always-true"]
    assert [kind for kind, _, _ in kinds(rule("z", "userName pr"), rule("a", "title pr"), default=None)][:1] == [
        "always-true"
    ]


def test_a_rule_behind_a_wider_one_is_shadowed_with_a_witness() -> None:
    (shadow,) = found(rule("wide", 'title sw "Sell"'), rule("narrow", 'title eq "Seller" and active eq true', "std"))
    assert (shadow.kind, shadow.rule_id, shadow.other_rule_id) == (Flaw.SHADOWED, "narrow", "wide")
    assert shadow.sentence == "The rule “NARROW” never decides: “WIDE” decides for everybody it matches."
    assert shadow.witness == {"userName": "someone", "title": "seller", "active": True}


def test_rules_that_shadow_one_together_are_all_named() -> None:
    first, second = rule("a", 'groups eq "g1" and title pr'), rule("b", 'groups eq "g1" and not (title pr)')
    (shadow,) = found(first, second, rule("c", 'groups eq "g1"'))
    assert (shadow.kind, shadow.other_rule_id) == (Flaw.SHADOWED, "b")
    assert "“B” and “A” decide for everybody it matches" in shadow.sentence


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"connector": "okta"}, {}),
        ({"valid_until": "2026-06-01T00:00:00Z"}, {}),
        ({"valid_from": "2026-06-01T00:00:00Z"}, {}),
        ({"state": "paused"}, {}),
        ({"valid_until": "2026-05-01T00:00:00Z"}, {"valid_until": "2026-06-01T00:00:00Z"}),
        ({"grants": ["none:more"]}, {}),
    ],
)
def test_a_rule_behind_one_that_is_not_always_there_is_not_shadowed(
    wide: dict[str, Any], narrow: dict[str, Any]
) -> None:
    document = a_document(rule("w", "title pr") | wide, rule("n", 'title eq "a"') | narrow, default=None)
    document["families"]["more"] = {}
    assert [one.kind for one in lint(rules.from_document(document, TYPES), START)] == []


def test_a_rule_of_two_families_is_shadowed_only_in_both() -> None:
    wide, other = rule("w", "title pr"), rule("o", "title pr", "none:more")
    both = rule("n", 'title eq "a"', "pro", "none:more")
    types = TYPES
    document = a_document(wide, both, default=None)
    document["families"]["more"] = {}
    assert [one.kind for one in lint(rules.from_document(document, types), START)] == []
    document["rules"].insert(0, other)
    assert [(one.kind, one.rule_id) for one in lint(rules.from_document(document, types), START)] == [
        (Flaw.SHADOWED, "n")
    ]


def test_where_the_richest_wins_a_rule_is_shadowed_by_a_richer_one_wherever_it_stands() -> None:
    poor, rich = rule("poor", 'title eq "a"', "std"), rule("rich", "title pr", "pro")
    assert kinds(poor, rich, mode="highest-rank") == [("shadowed", "poor", "rich")]
    assert kinds(rich, rule("same", 'title eq "a"'), mode="highest-rank") == [("shadowed", "same", "rich")]
    assert kinds(rule("none", "title pr", "none:cal"), rule("std", 'title eq "a"', "std"), mode="highest-rank") == [
        ("overlapping", "std", "none")
    ]


def test_rules_that_give_different_types_and_can_meet_overlap_with_a_witness() -> None:
    (overlap,) = found(R2, R3)
    assert (overlap.kind, overlap.severity, overlap.rule_id, overlap.other_rule_id) == (
        Flaw.OVERLAPPING,
        Severity.INFO,
        "r3",
        "r2",
    )
    assert overlap.sentence == (
        "The rule “Eng” and “Sales” can match the same user; “Sales” then decides, which gives Pro instead of Standard."
    )
    assert overlap.witness == {"userName": "someone", "groups": [{"value": "eng"}, {"value": "sales"}]}
    assert "“Sales” then decides, which gives Pro" in found(R3, R2, mode="highest-rank")[0].sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"condition": 'title eq "a"'}, {"condition": 'title eq "b"'}),
        ({"condition": 'title eq "a" or title eq "c"'}, {"condition": 'title eq "b" and active eq true'}),
        ({"condition": 'title sw "a"'}, {"condition": 'title sw "b"'}),
        ({"connector": "okta"}, {"connector": "entra"}),
        ({"valid_until": "2026-06-01T00:00:00Z"}, {"valid_from": "2026-06-01T00:00:00Z"}),
        ({"grants": ["pro"]}, {"grants": ["pro"]}),
        ({"state": "paused"}, {}),
    ],
)
def test_rules_that_cannot_meet_or_agree_do_not_overlap(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert kinds(rule("a", 'groups eq "g1"') | one, rule("b", 'groups eq "g2"', "std") | other) == []


def test_at_most_three_overlaps_are_told_of_a_rule() -> None:
    many = [rule(f"r{place}", f'groups eq "g{place}"', "pro" if place % 2 else "std") for place in range(12)]
    told = [id for _, id, _ in kinds(*many)]
    assert max(told.count(id) for id in set(told)) == 3


def test_group_names_and_richer_fallbacks_are_told_in_any_state() -> None:
    by_name = rule("x", 'groups.display sw "Sales"', "std", fallback=["view", "pro"], state="draft")
    name, better = found(by_name)
    assert (name.kind, better.kind) == (Flaw.DISPLAY_NAME, Flaw.RICHER_FALLBACK)
    assert better.sentence == (
        "The rule “X” gives Pro when Standard is full, though Pro is richer; people move down when a seat is free."
    )


def test_a_frozen_rule_neither_shadows_nor_is_shadowed() -> None:
    frozen = {"state": "needs-attention", "frozen_until": (START + DAY).isoformat()}
    assert kinds(R2 | frozen, rule("n", 'groups eq "sales" and title pr', "std")) == []
    assert kinds(R2, rule("n", 'groups eq "sales" and title pr', "std") | frozen) == []


def test_a_question_that_costs_too_much_stays_open_and_spends_no_more_than_its_share() -> None:
    hard = " and ".join(f'(title eq "a{n}" or nickName eq "b{n}")' for n in range(20))
    (one,) = a_policy(rule("x", hard)).rules
    budget = Budget(total=500, question=100)
    assert solve((one.condition.bound, True), budget=budget).answer is Answer.UNKNOWN
    assert 300 < budget.total < 410
    assert solve((one.condition.bound, True)).answer is Answer.UNKNOWN
    assert found(rule("x", hard), rule("y", hard, "std")) == []


def test_with_less_time_there_are_fewer_findings_and_no_other_ones() -> None:
    written = [rule("w", "title pr"), rule("n", 'title eq "a"'), rule("d", 'title eq "a" and title eq "b"'), R2, R3]
    policy = a_policy(*written, rule("e", "userName pr", "std"))
    full = lint(policy, START)
    sizes = [len(lint(policy, START, nodes=nodes)) for nodes in range(0, 400, 5)]
    assert (sizes[0], sizes[-1]) == (0, len(full))
    assert all(set(map(str, lint(policy, START, nodes=nodes))) <= set(map(str, full)) for nodes in range(0, 400, 5))


def test_more_than_eight_rules_that_only_together_shadow_one_are_not_told() -> None:
    parts = [rule(f"r{place}", f'title eq "{place}"') for place in range(9)]
    assert kinds(*parts, rule("x", " or ".join(f'title eq "{place}"' for place in range(9)))) == []
    assert kinds(*parts, rule("x", " or ".join(f'title eq "{place}"' for place in range(8)))) == [
        ("shadowed", "x", "r0")
    ]


def test_where_it_cannot_tell_lint_is_silent() -> None:
    assert found(rule("x", 'title gt "a" and title lt "a!" and not (title sw "a")')) == []
