"""The rule editor's terms and the filters they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER
from scim_portal.web.portal import terms, wording
from scim_portal.web.portal.terms import Term

GROUPS = {"id-1": "Sales", "id-2": "Design", "id-3": "design"}
TEXT_PATHS = st.sampled_from(["department", "title", "userType", "name.familyName", "emails.value", "costCenter"])
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
SINGLE = st.builds(
    Term, TEXT_PATHS, st.sampled_from([op for op in terms.CONDITIONS if not op.endswith(("in", "pr"))]), VALUES
)
PRESENCE = st.builds(Term, TEXT_PATHS, st.sampled_from(["pr", "not pr"]))


@given(st.lists(SINGLE | PRESENCE, min_size=2, max_size=5), st.sampled_from(["and", "or"]))
def test_what_the_editor_writes_it_reads_back_and_the_rules_accept(written: list[Term], join: str) -> None:
    text = terms.to_text(written, join, {})
    assert text is not None
    filters.bind(filters.parse(text), USER)
    read = terms.from_text(text, {})
    assert read is not None
    again = terms.to_text(read[1], read[0], {})
    assert again is not None
    assert filters.parse(again) == filters.parse(text)


@given(st.text(max_size=60), st.sampled_from(sorted(terms.CONDITIONS)), st.text(max_size=60))
def test_nothing_typed_into_a_term_can_become_more_than_one_term(path: str, op: str, value: str) -> None:
    text = terms.to_text([Term(path, op, value), Term("title", "eq", "x")], "and", {})
    if text is not None:
        tree = filters.parse(text)
        assert isinstance(tree, filters.And)
        assert len(tree.items) == 2


def test_a_group_is_typed_by_name_and_written_by_id() -> None:
    assert terms.to_text([Term("groups", "eq", "sales")], "and", GROUPS) == 'groups.value eq "id-1"'


def test_a_group_is_shown_by_name_only_where_the_name_is_clear() -> None:
    read = terms.from_text('groups.value eq "id-1" or groups.value eq "id-2"', GROUPS)
    assert read == ("and", [Term("groups.value", "in", "Sales, id-2")])


def test_a_group_nobody_knows_is_refused_at_its_term() -> None:
    term = Term("groups", "eq", "Nobody")
    assert terms.to_text([term], "and", GROUPS) is None
    assert term.error == "There is no group “Nobody”."


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (Term("", "eq", "x"), "Give an attribute path"),
        (Term("shoeSize", "eq", "x"), "is no attribute of User"),
        (Term("department", "eq", " "), "Give the text to compare with"),
        (Term("department", "regex", "x"), "Choose a condition"),
    ],
)
def test_a_term_that_cannot_be_written_says_why(term: Term, said: str) -> None:
    assert terms.to_text([term], "and", {}) is None
    assert said in (term.error or "")


@pytest.mark.parametrize(
    "text",
    ['(title pr and department pr) or userType eq "x"', 'emails[type eq "work"]', "not a filter", "title eq null"],
)
def test_what_is_more_than_a_flat_list_stays_text(text: str) -> None:
    assert terms.from_text(text, {}) is None


def test_a_condition_is_told_in_words() -> None:
    text = 'department eq "Sales" and (groups.value eq "id-1" or groups.value eq "id-2") and not (title co "Intern")'
    told = "department equals “Sales” and group is Sales or Design and title does not contain “Intern”"
    assert wording.condition(text, GROUPS) == told
