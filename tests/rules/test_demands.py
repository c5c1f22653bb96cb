"""Conditions asked for what they demand: whom the index leaves out, no rule matches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules import Facts, Policy, decide, from_document
from rules.demands import Index, demand, exclude_each_other
from scim_portal.protocol import filters
from tests.protocol.test_filter_functions import JUNK
from tests.rules import shapes
from tests.rules.world import START, TYPES
from tests.thoroughness import searching


def asked(text: str) -> set[str] | None:
    """What a condition demands, each need as its last name, operator and value."""
    found = demand(filters.compiled(text, shapes.PEOPLE))
    return None if found is None else {f"{reading.names[-1]} {op} {value}" for reading, op, value in found}


def test_a_condition_demands_the_value_it_compares_with() -> None:
    assert asked('title eq "A"') == {"title eq a"}
    assert asked('groups.value eq "g" or groups.value eq "h"') == {"value eq g", "value eq h"}
    assert asked('groups.value eq "g" or department sw "d"') == {"value eq g", "department sw d"}
    assert asked('emails[type ew "a" and value co "b"]') == {"type ew a"}


def test_of_several_demands_the_one_that_fewest_can_meet_is_taken() -> None:
    assert asked('active eq true and (title eq "a" or title eq "b")') == {"title eq a", "title eq b"}
    assert asked('(title eq "a" or title eq "b") and userType eq "c"') == {"userType eq c"}
    assert asked('title sw "a" and (userType eq "b" or userType eq "c")') == {"userType eq b", "userType eq c"}
    assert asked('active eq true and title sw "a"') == {"title sw a"}
    assert asked("active eq true") == {"active eq True"}


def test_most_other_conditions_demand_nothing_so_simple() -> None:
    for text in (
        'title co "a"',
        "title pr",
        'not (title eq "a")',
        'title eq "a" or title co "b"',
        'emails[type co "a"]',
    ):
        assert asked(text) is None


def test_two_values_of_an_attribute_exclude_each_other_only_where_there_is_one() -> None:
    def excluded(one: str, other: str) -> bool:
        return exclude_each_other(*(demand(filters.compiled(text, shapes.PEOPLE)) for text in (one, other)))

    assert excluded('title eq "a"', 'title eq "b" and active eq true')
    assert not excluded('title eq "a"', 'title eq "a"')
    assert not excluded('title eq "a"', 'userType eq "b"')
    assert not excluded('emails.type eq "a"', 'emails.type eq "b"')
    assert not excluded('title sw "a"', 'title sw "ab"')
    assert not excluded('title eq "a"', 'title sw "a"')
    assert not excluded('title eq "a"', "title pr")


@searching(300)
@given(texts=st.lists(shapes.CONDITIONS, min_size=1, max_size=4), resource=JUNK)
def test_whoever_meets_a_condition_is_among_its_candidates(texts: list[str], resource: dict[str, Any]) -> None:
    bound = [filters.compiled(text, shapes.PEOPLE) for text in texts]
    found = Index((place, demand(one)) for place, one in enumerate(bound)).candidates(resource)
    assert found == sorted(set(found))
    assert {place for place, one in enumerate(bound) if filters.matches(one, resource)} <= set(found)


def test_lists_inside_brackets_are_looked_into() -> None:
    bound = filters.compiled(f'{shapes.ACME}:badges[colors eq "red"]', shapes.PEOPLE)
    resource = {shapes.ACME: {"badges": [{"colors": ["blue", "red"]}]}}
    assert filters.matches(bound, resource)
    assert Index([("rule", demand(bound))]).candidates(resource) == ["rule"]


@searching(200)
@given(policy=shapes.POLICIES, person=shapes.PERSONS)
def test_a_decision_is_that_of_trying_every_rule(policy: Policy, person: Facts) -> None:
    """A trace looks at every rule; the decision looks only at those the index names."""
    wish = decide(policy, person, START, trace=True).families["cal"]
    matching = [rule for rule in policy.rules if filters.matches(rule.condition.bound, person.resource)]
    assert [one.rule_id for one in wish.considered if one.matched] == [rule.id for rule in matching]
    if policy.families["cal"].mode == "highest-rank":
        ranks = [policy.types[rule.chains["cal"][0]].rank if rule.chains["cal"] else -1 for rule in matching]
        matching = [matching[ranks.index(max(ranks))]] if ranks else []
    assert (wish.source.rule_id if wish.source else None) == (matching[0].id if matching else None)


def test_a_frozen_rule_is_a_candidate_for_whoever_it_keeps() -> None:
    rule = {
        "id": "r", "condition": 'groups.value eq "gone"', "grants": ["pro"], "state": "needs-attention",
        "frozen_until": (START + timedelta(days=7)).isoformat(),
    }  # fmt: skip
    policy = from_document({"families": {"cal": {}}, "defaults": {}, "rules": [rule]}, TYPES)
    kept = Facts("u", True, {"userName": "u"}, kept_by={"r": True}, held=frozenset({"pro"}))
    assert decide(policy, kept, START).families["cal"].chain == ("pro",)
