"""What would change somebody's license: the smallest steps, each of them tried."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import rules
from rules import Facts, Policy
from rules.remedy_words import sentence
from rules.steps import applied
from tests.rules.shapes import ACME, PEOPLE, facts
from tests.rules.world import R1, R2, R3, START, TYPES, a_document, a_policy, some_facts

NAMES = {key: kind.name for key, kind in TYPES.items()}
GROUPS = {"sales": "Sales EMEA"}


def told(policy: Policy, person: Facts) -> list[str]:
    """Remedies in words, each tried once more here."""
    before = rules.decide(policy, person, START).families["cal"].chain
    found = rules.remedies(policy, person, START, "cal")
    for one in found:
        after = rules.decide(policy, applied(person, one.steps), START).families["cal"].chain
        assert (after[0] if after else None) == one.license_type
        assert (one.ends in before and one.ends not in after) if one.ends else after[0] not in before[:1]
    return [sentence(one, NAMES, GROUPS) for one in found]


def policy_of(*conditions: str, default: str | None = "view") -> Policy:
    written = [{"id": f"r{place}", "condition": one, "grants": ["pro"]} for place, one in enumerate(conditions)]
    return rules.from_document(a_document(*written, default=default), TYPES, PEOPLE)


def test_somebody_without_groups_is_told_which_group_would_give_what() -> None:
    assert told(a_policy(), some_facts("a")) == [
        "To get Pro: add the user to the group Sales EMEA.",
        "To get Pro: pin Pro.",
        "To get Standard: add the user to the group eng.",
        "To get Standard: pin Standard.",
        "To end View: add the user to the group contractors; then no license is due.",
        "To end View: exclude the user from View; then no license is due.",
    ]


def test_ending_a_license_tells_what_is_due_then() -> None:
    assert told(a_policy(), some_facts("a", "sales", "eng")) == [
        "To end Pro: remove the user from the group Sales EMEA; then Standard is due.",
        "To end Pro: add the user to the group contractors; then no license is due.",
        "To end Pro: exclude the user from Pro; then Standard is due.",
    ]


def test_an_earlier_rule_in_the_way_is_left_first() -> None:
    assert told(a_policy(), some_facts("a", "contractors"))[0] == (
        "To get Pro: remove the user from the group contractors, and add the user to the group Sales EMEA."
    )
    assert "To get View: remove the user from the group contractors." in told(
        a_policy(), some_facts("a", "contractors")
    )


def test_a_rule_that_only_the_step_brings_into_the_way_is_stepped_around() -> None:
    trap = {"id": "x", "condition": 'title pr and not (userType eq "Boss")', "grants": ["none:cal"]}
    wanted = {"id": "y", "condition": 'title eq "Chief"', "grants": ["pro"]}
    assert told(a_policy(trap, wanted), some_facts("a"))[0] == (
        "To get Pro: set title to “Chief”, and set userType to “Boss”."
    )


def test_a_second_rule_for_the_same_type_must_end_too() -> None:
    policy = a_policy(R2, {**R3, "grants": ["pro"]})
    assert told(policy, some_facts("a", "sales", "eng"))[0] == (
        "To end Pro: remove the user from the group Sales EMEA, and remove the user from the group eng; then View is due."
    )


def test_pins_and_exclusions_go_first() -> None:
    pinned = told(a_policy(), some_facts("a", "sales", pins=frozenset({"std", "gone"})))
    assert pinned[0] == "To get Pro: take back the pin of Standard."
    assert (
        "To end Standard: take back the pin of Standard, and exclude the user from Standard; then Pro is due." in pinned
    )
    assert told(a_policy(), some_facts("a", pins=frozenset({"pro"})))[0] == (
        "To end Pro: take back the pin of Pro; then View is due."
    )
    excluded = told(a_policy(), some_facts("a", excluded=frozenset({"pro"})))
    assert excluded[0] == "To get Pro: take back the exclusion from Pro, and add the user to the group Sales EMEA."
    assert told(a_policy(), some_facts("a", "sales", excluded=frozenset({"pro"})))[0] == (
        "To get Pro: take back the exclusion from Pro."
    )


@pytest.mark.parametrize(
    ("condition", "person", "words"),
    [
        ('department eq "R&D"', {}, ["set department to “R&D”"]),
        ("active eq true", {}, ["set active to true"]),
        ('title sw "Chief"', {}, ["set title to a fitting value, such as “chief”"]),
        ("title eq null", {"title": "x"}, ["clear title"]),
        ('title eq "a" or userType eq "b"', {}, ["set title to “a”", "set userType to “b”"]),
        ('name.givenName eq "Ann"', {"name": {"familyName": "Lee"}}, ["set name.givenName to “Ann”"]),
        (
            'name.givenName eq "Ann" and name.familyName eq "Lee"',
            {"name": {"familyName": "lee"}},
            ["set name.givenName to “Ann”"],
        ),
        ("not (name.givenName pr)", {"name": {"givenName": "Ann", "familyName": "Lee"}}, ["clear name.givenName"]),
        ("manager pr", {}, ["set manager to a fitting value, such as value “x”"]),
        ("not (name pr)", {"name": {"givenName": "Ann"}}, ["clear name"]),
        ('emails[type eq "work" and value eq "A@x.example"]', {}, ["add type “work”, value “A@x.example” to emails"]),
        ('not (emails.type eq "home")', {"emails": [{"type": "home"}, {"type": "work"}]}, ["remove type “home” from emails"]),
        ("emails[primary eq true]", {}, ["add primary true to emails"]),
        (f'{ACME}:tags eq "Vip"', {ACME: {"tags": ["a"]}}, ["add “Vip” to tags"]),
        (f'not ({ACME}:tags eq "vip")', {ACME: {"tags": ["vip", "a"]}}, ["remove “vip” from tags"]),
        (f"{ACME}:level ge 2", {}, ["set level to a fitting value, such as 2"]),
        ('groups.display eq "Sales"', {}, ["add the user to a group named “Sales”"]),
        ("groups pr", {}, ["add the user to any other group"]),
        ('groups.display ne "Temps"', {"groups": [{"value": "t", "display": "temps"}]}, ["remove the user from the group t"]),
    ],
)  # fmt: skip
def test_each_kind_of_step_is_found_and_said(condition: str, person: dict[str, Any], words: list[str]) -> None:
    said = told(policy_of(condition), facts({"userName": "a", **person}))
    assert said[: len(words)] == [f"To get Pro: {one}." for one in words]


@pytest.mark.parametrize(
    "condition",
    [
        'userName eq "boss"',
        'meta.created lt "2020-01-01T00:00:00Z"',
        'groups.type eq "indirect"',
        "groups.$ref pr",
        f'{ACME}:badges.colors eq "red"',
        'title eq "a" and title eq "b"',
        'title eq "a" and nickName pr and locale pr and timezone pr and userType pr',
        'title gt "a" and title lt "a!" and not (title sw "a")',
        " and ".join(f'(title eq "a{n}" or nickName eq "b{n}")' for n in range(20)),
    ],
)
def test_what_nobody_can_change_or_only_by_much_is_not_proposed(condition: str) -> None:
    assert told(policy_of(condition), facts({"userName": "a"}))[0] == "To get Pro: pin Pro."


def test_a_remedy_that_breaks_what_it_needs_is_not_proposed() -> None:
    condition = 'emails.type eq "work" and not (emails.value sw "a")'
    said = told(policy_of(condition), facts({"userName": "a", "emails": [{"type": "work", "value": "a"}]}))
    assert said[0] == "To get Pro: remove type “work”, value “a” from emails, and add type “work” to emails."


def test_the_default_comes_by_leaving_a_rule_and_is_left_by_no_rule() -> None:
    policy = a_policy({**R3, "grants": ["view"]}, default="pro")
    assert told(policy, some_facts("a", "eng"))[0] == "To get Pro: remove the user from the group eng."
    assert told(a_policy(R2), some_facts("a"))[-1] == (
        "To end View: exclude the user from View; then no license is due."
    )


def test_rules_of_other_connectors_times_and_states_give_no_remedy() -> None:
    frozen = {"state": "needs-attention", "frozen_until": (START + timedelta(days=1)).isoformat()}
    for more in ({"connector": "okta"}, {"valid_until": "2026-01-01T00:00:00Z"}, {"state": "paused"}, frozen):
        assert told(a_policy({**R2, **more}), some_facts("a"))[0] == "To get Pro: pin Pro."
    assert told(a_policy({**R2, "connector": "okta"}), some_facts("a", connector="okta"))[0].startswith(
        "To get Pro: add"
    )


def test_whoever_a_frozen_rule_keeps_is_let_go_by_an_exclusion_only() -> None:
    frozen = {**R2, "state": "needs-attention", "frozen_until": (START + timedelta(days=1)).isoformat()}
    kept = some_facts("a", kept_by={"r2": True}, held=frozenset({"pro"}))
    assert told(a_policy(frozen), kept) == ["To end Pro: exclude the user from Pro; then View is due."]


def test_nobody_is_told_more_than_five_ways_for_a_type() -> None:
    many = policy_of(*(f'groups eq "g{place}"' for place in range(30)))
    assert [line.split(":")[0] for line in told(many, facts({"userName": "a"}))].count("To get Pro") == 5
    huge = policy_of(*(" or ".join(f'groups eq "g{place}{n}"' for n in range(40)) for place in range(40)))
    assert [line.split(":")[0] for line in told(huge, facts({"userName": "a"}))].count("To get Pro") == 4


def test_an_inactive_person_needs_nothing_and_where_no_rule_gives_a_type_only_a_pin_does() -> None:
    assert rules.remedies(a_policy(), some_facts("a", active=False), START, "cal") == ()
    empty = rules.from_document({"families": {"cal": {}}}, TYPES)
    assert told(empty, some_facts("a")) == [f"To get {name}: pin {name}." for name in ("Pro", "Standard", "View")]


def test_highest_rank_remedies_need_not_leave_poorer_rules() -> None:
    document = a_document(R3, R2) | {"families": {"cal": {"mode": "highest-rank"}}}
    policy = rules.from_document(document, TYPES)
    assert told(policy, some_facts("a", "eng"))[0] == "To get Pro: add the user to the group Sales EMEA."
    assert told(a_policy(R1, R3, R2), some_facts("a", "eng"))[0] == (
        "To get Pro: remove the user from the group eng, and add the user to the group Sales EMEA."
    )
