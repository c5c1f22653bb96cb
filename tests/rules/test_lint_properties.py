"""What lint says is true of everybody: compared with people drawn at random."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import rules
from rules import Facts, Flaw, Policy
from rules.satisfiability import solve
from rules.steps import applied
from rules.values import Answer
from scim_portal.protocol import filters
from tests.rules.shapes import CONDITIONS, DOCUMENTS, PEOPLE, PERSONS, POLICIES, folded
from tests.rules.world import START

LOOK = settings(max_examples=400, derandomize=True, deadline=None)


@LOOK
@given(CONDITIONS, st.lists(DOCUMENTS, min_size=4, max_size=8))
def test_what_cannot_be_is_never_met_and_what_can_be_has_somebody(
    condition: str, people: list[dict[str, object]]
) -> None:
    bound = filters.compiled(condition, PEOPLE)
    for wanted in (True, False):
        found = solve((bound, wanted))
        if found.answer is Answer.YES:
            assert filters.matches(bound, found.value) is wanted
        if found.answer is Answer.NO:
            assert not any(filters.matches(bound, folded(one)) is wanted for one in people)


@LOOK
@given(POLICIES, st.lists(PERSONS, min_size=3, max_size=6))
def test_findings_hold_for_everybody_and_witnesses_show_them(policy: Policy, people: list[Facts]) -> None:
    by_id = {rule.id: rule for rule in policy.rules}
    for found in rules.lint(policy, START):
        condition = by_id[found.rule_id].condition
        deciding = {rules.decide(policy, one, START).families["cal"].source for one in people}
        if found.kind is Flaw.DEAD:
            assert not any(condition.holds(one.resource) for one in people)
        if found.kind in (Flaw.ALWAYS_TRUE, Flaw.DEFAULT_NEVER_USED):
            assert all(condition.holds(one.resource) for one in people)
        if found.kind is Flaw.SHADOWED:
            assert found.rule_id not in {source.rule_id for source in deciding if source is not None}
        if found.witness is not None:
            assert condition.holds(found.witness)
            assert found.other_rule_id is None or by_id[found.other_rule_id].condition.holds(found.witness)
            winner = rules.decide(policy, Facts("w", True, found.witness), START).families["cal"].source
            assert winner is not None
            assert found.kind is not Flaw.SHADOWED or winner.rule_id != found.rule_id


@LOOK
@given(POLICIES, PERSONS, st.sampled_from(({}, {"pins": {"std"}}, {"excluded": {"pro"}}, {"pins": {"view"}})))
def test_every_remedy_does_what_it_says(policy: Policy, person: Facts, overrides: dict[str, set[str]]) -> None:
    person = Facts("u", True, person.resource, **{name: frozenset(keys) for name, keys in overrides.items()})
    before = rules.decide(policy, person, START).families["cal"].chain
    for remedy in rules.remedies(policy, person, START, "cal"):
        after = rules.decide(policy, applied(person, remedy.steps), START).families["cal"].chain
        assert (after[0] if after else None) == remedy.license_type
        assert remedy.ends is None or (remedy.ends == before[0] and remedy.ends not in after)
        assert remedy.ends or not before or policy.types[after[0]].rank > policy.types[before[0]].rank
