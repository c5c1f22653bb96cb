"""Decisions told in data and in sentences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

import rules
from rules import Explanation, Facts
from rules.explain import Term, terms
from scim_portal.protocol import filters, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER
from tests.rules import shapes
from tests.rules.world import R1, R2, R3, World, a_policy, some_facts
from tests.thoroughness import searching

USER_DOCUMENT: dict[str, Any] = {
    "userName": "Ann",
    "active": True,
    "groups": [{"value": "g1"}, {"value": "g2"}],
    "emails": [{"value": "ann@x.example", "type": "work"}],
    "name": {"familyName": "Lee"},
    ENTERPRISE_URN: {"department": "R&D"},
}


def explained(world: World, name: str) -> Explanation:
    facts = world.people[name]
    decision = rules.decide(world.policy, facts, world.now, trace=True)
    return rules.explain(world.policy, facts, decision, world.standing(name), now=world.now)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('userName eq "ANN"', [Term('userName eq "ANN"', ("ann",), True)]),
        (
            'groups.value eq "g2" and not (active eq true)',
            [Term('groups.value eq "g2"', ("g1", "g2"), True), Term("active eq true", ("True",), True)],
        ),
        ('emails[type eq "home"]', [Term('emails[type eq "home"]', ("ann@x.example",), False)]),
        ('name.familyName sw "l" or title pr', None),
        ("title eq null", [Term("title eq null", (), True)]),
        (
            f'{ENTERPRISE_URN}:department eq "r&d"',
            [Term(f'{ENTERPRISE_URN}:department eq "r&d"', ("r&d",), True)],
        ),
    ],
)
def test_each_term_shows_what_it_saw(condition: str, expected: list[Term] | None) -> None:
    tree = filters.parse(condition)
    found = list(terms(tree, filters.bind(tree, USER), resource.fold(USER, USER_DOCUMENT)))
    if expected is None:
        assert [(term.seen, term.holds) for term in found] == [(("lee",), True), ((), False)]
    else:
        assert found == expected


def test_a_missing_extension_is_seen_as_nothing() -> None:
    tree = filters.parse(f"{ENTERPRISE_URN}:department pr")
    (term,) = terms(tree, filters.bind(tree, USER), some_facts("a").resource)
    assert (term.seen, term.holds) == ((), False)


def test_an_explanation_names_the_winner_and_why_not_the_others() -> None:
    world = World(capacity={"pro": 0, "std": 3, "view": 5})
    world.join("a", "sales", "eng")
    assert rules.sentences(explained(world, "a")) == (
        "The family cal is decided by the rule “Sales”: pro, then std.",
        (
            "The rule “Contractors” does not decide: its condition is not met, as "
            'groups.value eq "contractors" is false (seen: sales, eng).'
        ),
        "The rule “Eng” does not decide: an earlier rule decided the family.",
        "std is assigned.",
        "The person waits for pro with number 1.",
    )


def test_an_explanation_carries_the_data_behind_the_sentences() -> None:
    world = World()
    world.join("a", "sales")
    (view,) = explained(world, "a").families
    assert [(rule.rule_id, rule.chain, rule.matched) for rule in view.rules] == [
        ("r1", (), False),
        ("r2", ("pro", "std"), True),
        ("r3", ("std",), False),
    ]
    assert view.chain == ("pro", "std")
    assert view.pinned is None
    assert {(remedy.ends, remedy.license_type) for remedy in view.remedies} == {("pro", "view"), ("pro", None)}


def test_pins_defaults_and_parked_tickets_are_told() -> None:
    world = World(policy=a_policy(R1), capacity={"pro": 0, "std": 0, "view": 0})
    world.join("a", pins=frozenset({"pro"}))
    assert rules.sentences(explained(world, "a")) == (
        "A pin puts pro first in the family cal.",
        "The family cal is decided by the default license: pro, then view.",
        (
            'The rule “Contractors” does not decide: its condition is not met, as groups.value eq "contractors" '
            "is false (seen: nothing)."
        ),
        "The person waits for pro with number 1.",
        "The person waits for view with number 1.",
    )
    world.deactivate("a")
    assert rules.sentences(explained(world, "a")) == (
        "The person is not active, so no license is due.",
        "The person keeps a place for pro with number 1.",
        "The person keeps a place for view with number 1.",
    )


def test_an_explicit_no_license_is_told_as_the_default_that_it_is() -> None:
    world = World(policy=a_policy(R3, default=None))
    world.join("a")
    assert rules.sentences(explained(world, "a"))[0] == (
        "The family cal is decided by the default license: no license."
    )


def test_an_excluded_default_is_told() -> None:
    world = World(policy=a_policy(R3))
    world.join("a", excluded=frozenset({"view"}))
    assert rules.sentences(explained(world, "a"))[:2] == (
        "An exclusion withholds view in the family cal.",
        "The family cal is decided by the default license: no license.",
    )


def test_a_seat_that_is_still_suspended_after_a_renewal_is_not_said_to_lack_a_contract() -> None:
    world = World(policy=a_policy(R3, default=None))
    world.join("a", "eng")
    world.join("b", "eng")
    for capacity in (0, 1):
        world.capacity["std"] = capacity
        world.evaluate("a", "b")
    assert [world.has(name) for name in ("a", "b")] == ["std", "std suspended"]
    told = "std is suspended since its contract lapsed, and resumes when there is room for it again."
    assert told in rules.sentences(explained(world, "b"))


def test_an_undecided_family_and_a_kept_place_are_told() -> None:
    policy = rules.from_document({"families": {"cal": {}}}, {})
    facts = Facts("a", True, {})
    decision = rules.decide(policy, facts, World().now, trace=True)
    told = rules.sentences(rules.explain(policy, facts, decision, rules.Standing("a")))
    assert told == ("No rule and no default decides the family cal.",)
    world = World(policy=a_policy(R2, R3), types=dict(World().types), capacity={"pro": 0, "std": 3, "view": 5})
    world.types["pro"] = world.types["pro"].__class__("pro", "Pro", "cal", 30, 7, 600)
    world.join("a", "sales")
    world.join("a", "eng")
    assert "The person keeps a place for pro with number 1." in rules.sentences(explained(world, "a"))


@searching(200)
@given(text=shapes.CONDITIONS, document=shapes.DOCUMENTS)
def test_each_term_is_true_as_the_filter_says(text: str, document: dict[str, Any]) -> None:
    tree, folded = filters.parse(text), shapes.folded(document)
    parts = list(terms(tree, filters.bind(tree, shapes.PEOPLE), folded))
    alone = [filters.bind(filters.parse(part.text), shapes.PEOPLE) for part in parts]
    assert [part.holds for part in parts] == [filters.matches(one, folded) for one in alone]


def test_a_sentence_tells_the_first_terms_of_a_long_condition() -> None:
    long = " or ".join(f'title eq "t{number}"' for number in range(11))
    world = World(policy=a_policy({**R2, "condition": long}))
    world.join("a")
    (sentence,) = [one for one in rules.sentences(explained(world, "a")) if "“Sales”" in one]
    assert 'title eq "t7" is false (seen: nothing); and 3 more.' in sentence
    assert '"t8"' not in sentence
