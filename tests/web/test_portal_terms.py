"""The rule editor's terms and the filters they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER
from scim_portal.web.portal import builder, terms, wording
from scim_portal.web.portal.builder import Block, Builder
from scim_portal.web.portal.terms import Term
from tests.portals import ENTERPRISE

GROUPS = {"id-1": "Sales", "id-2": "Design", "id-3": "design"}
TEXT_PATHS = st.sampled_from(["department", "title", "userType", "name.familyName", "emails.value", "costCenter"])
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
SINGLE = st.builds(
    Term, TEXT_PATHS, st.sampled_from([op for op in terms.CONDITIONS if not op.endswith(("in", "pr"))]), VALUES
)
PRESENCE = st.builds(Term, TEXT_PATHS, st.sampled_from(["pr", "not pr"]))


LEAVES = st.sampled_from([
    'title eq "x"', 'title ne "x"', "title pr", 'groups.value eq "id-1"', 'groups eq "id-2"', "active eq true", 'title co " x"',
    f'{ENTERPRISE}:department sw "a"', 'emails[type eq "work"]', 'title gt "m"', 'meta.created gt "2026-01-01T00:00:00Z"',
]).map(filters.parse)  # fmt: skip


def trees() -> st.SearchStrategy[filters.Node]:
    def deeper(inner: st.SearchStrategy[filters.Node]) -> st.SearchStrategy[filters.Node]:
        some = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(filters.And, some) | st.builds(filters.Or, some) | st.builds(filters.Not, inner)

    return st.recursive(LEAVES, deeper, max_leaves=6)


BLOCKS = st.builds(Block, st.lists(SINGLE | PRESENCE, min_size=1, max_size=3), st.sampled_from(["and", "or"]))
BUILDERS = st.builds(Builder, st.lists(BLOCKS, min_size=1, max_size=4), st.sampled_from(["and", "or"]))


@settings(max_examples=40)
@given(BUILDERS)
def test_what_the_builder_writes_the_rules_accept_and_it_reads_back(written: Builder) -> None:
    text = builder.to_text(written, {})
    assert text is not None
    filters.bind(filters.parse(text), USER)
    read = builder.from_text(text, {})
    assert read is not None
    again = builder.to_text(read, {})
    assert again is not None
    assert filters.parse(again) == filters.parse(text)


@settings(max_examples=60)
@given(trees())
def test_what_the_builder_shows_of_any_filter_means_the_same(tree: filters.Node) -> None:
    text = filters.to_text(tree)
    read = builder.from_text(text, GROUPS)
    if read is not None:
        again = builder.to_text(read, GROUPS)
        assert again is not None
        assert builder._meaning(filters.parse(again), USER) == builder._meaning(tree, USER)


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
    read = builder.from_text('groups.value eq "id-1" or groups.value eq "id-2"', GROUPS)
    assert read is not None
    assert read.terms == [Term("groups.value", "in", "Sales, id-2")]


def test_a_name_that_two_groups_bear_is_refused_at_its_term() -> None:
    term = Term("groups", "eq", "design")
    assert terms.to_text([term], "and", GROUPS) is None
    assert "There are 2 groups “design”." in (term.error or "")


def test_groups_of_terms_are_two_levels_deep_in_any_mixture() -> None:
    text = 'department eq "Sales" and (title co "Lead" or (locale eq "de" or locale eq "at")) and not (userType pr)'
    read = builder.from_text(text, {})
    assert read is not None
    assert [(block.join, [term.op for term in block.terms]) for block in read.blocks] == [
        ("or", ["eq"]), ("or", ["co", "in"]), ("or", ["not pr"]),
    ]  # fmt: skip
    assert builder.to_text(read, {}) == text


def test_a_name_that_says_enough_stands_without_its_urn() -> None:
    read = builder.from_text(f'{ENTERPRISE}:department eq "x"', {})
    assert read is not None
    assert read.terms == [Term("department", "eq", "x")]


def test_the_terms_that_were_sent_are_read_in_their_blocks() -> None:
    sent = {"join": "and", "join.1": "and", "path.0": "title", "op.0": "pr", "value.0": "", "block.0": "0"}
    for number, path in ((1, "locale"), (2, "department")):
        sent |= {f"path.{number}": path, f"op.{number}": "eq", f"value.{number}": "x", f"block.{number}": "1"}
    read = builder.posted(sent)
    assert read is not None
    assert builder.to_text(read, {}) == 'title pr and (locale eq "x" and department eq "x")'
    read.remove(1)
    read.add_block()
    assert [len(block.terms) for block in read.blocks] == [1, 1, 1]


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
    [
        'title pr or (department pr and (userType eq "x" or locale pr))', 'emails[type eq "work"]', "not a filter",
        "title eq null", "not (title pr or department pr)", r'title eq "two\nlines"',
        'groups.value eq "nobody knows"', "shoeSize pr",
    ],
)  # fmt: skip
def test_what_the_builder_cannot_say_stays_text(text: str) -> None:
    assert builder.from_text(text, {}) is None


def test_a_condition_is_told_in_words() -> None:
    text = 'department eq "Sales" and (groups.value eq "id-1" or groups.value eq "id-2") and not (title co "Intern")'
    told = "department equals “Sales” and group is Sales or Design and title does not contain “Intern”"
    assert wording.condition(text, GROUPS) == told
