"""Filters are read as RFC 7644 §3.4.2.2 writes them, and refused with a sentence."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filters import And, Compare, Node, Not, Or, Path, Present, ValuePath, parse, to_text

USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"
NAME, TITLE = Path(None, "userName"), Path(None, "title")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ('userName eq "bjensen"', Compare(NAME, "eq", "bjensen")),
        ('userName EQ "a\\"\\\\\\u00e9\\ud83d\\ude00"', Compare(NAME, "eq", 'a"\\é😀')),
        ('name.familyName co "O\'Malley"', Compare(Path(None, "name", "familyName"), "co", "O'Malley")),
        (f'{USER_URN}:userName sw "J"', Compare(Path(USER_URN, "userName"), "sw", "J")),
        (f'{USER_URN}:name.givenName ew "J"', Compare(Path(USER_URN, "name", "givenName"), "ew", "J")),
        ("title pr", Present(TITLE)),
        ("title PR", Present(TITLE)),
        ("  title   pr  ", Present(TITLE)),
        ("(title pr)", Present(TITLE)),
        ("active eq true", Compare(Path(None, "active"), "eq", True)),
        ("active eq False", Compare(Path(None, "active"), "eq", False)),
        ("title eq null", Compare(TITLE, "eq", None)),
        ("x.y ge -12", Compare(Path(None, "x", "y"), "ge", -12)),
        ("x lt 1.5e3", Compare(Path(None, "x"), "lt", 1500.0)),
        ('members.$ref eq "a"', Compare(Path(None, "members", "$ref"), "eq", "a")),
        ("not (title pr)", Not(Present(TITLE))),
        ("NOT(title pr)", Not(Present(TITLE))),
        ("not pr", Present(Path(None, "not"))),
        ("title pr and title pr or title pr", Or((And((Present(TITLE), Present(TITLE))), Present(TITLE)))),
        ("title pr And (title pr OR title pr)", And((Present(TITLE), Or((Present(TITLE), Present(TITLE)))))),
        (
            'emails[type eq "work" and value co "@x"]',
            ValuePath(
                Path(None, "emails"),
                And((Compare(Path(None, "type"), "eq", "work"), Compare(Path(None, "value"), "co", "@x"))),
            ),
        ),
    ],
)
def test_a_filter_is_read(text: str, node: Node) -> None:
    assert parse(text) == node
    assert parse(to_text(node)) == node


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('emails[type eq "work"].value eq "a@b"', 'emails[type eq "work" and value eq "a@b"]'),
        ('emails[type eq "x" and primary eq true].value pr', 'emails[type eq "x" and primary eq true and value pr]'),
        ('emails[type eq "x" or primary eq true].value pr', 'emails[(type eq "x" or primary eq true) and value pr]'),
        ("(a pr or (b pr and c pr)) and d pr", "(a pr or b pr and c pr) and d pr"),
        ("a pr and (b pr and c pr)", "a pr and (b pr and c pr)"),
        ("a pr or (b pr or c pr)", "a pr or (b pr or c pr)"),
    ],
)
def test_a_filter_has_one_canonical_text(text: str, canonical: str) -> None:
    assert to_text(parse(text)) == canonical
    assert to_text(parse(canonical)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "userName",
        "userName eq",
        'eq "x"',
        'userName is "x"',
        'userName eq "x',
        "userName eq 'x'",
        "userName eq x",
        'userName eq "\\x"',
        'userName eq "\\ud800"',
        'userName eq "a\x00b"',
        'userName eq "x" and',
        'userName eq "x" title pr',
        'userName eq "x")',
        '(userName eq "x"',
        "not title pr",
        "()",
        "emails[]",
        'emails[type eq "x"',
        'emails[type eq "x"].',
        'emails[type eq "x"].a.b pr',
        'emails[type eq "x"].urn:x:y pr',
        'emails[type eq "x"].value',
        "a.b.c pr",
        "1a pr",
        '"a" pr',
        "a eq 01",
        "a eq .5",
        "a eq 1e999",
        "a eq 1234567890123456789012345678901",
        "a pr; drop",
        "a eq {}",
        "é pr",
    ],
)
def test_a_malformed_filter_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidFilter, match=r"The filter cannot be read: .*\."):
        parse(text)


def test_a_refusal_says_where() -> None:
    with pytest.raises(InvalidFilter, match="position 8"):
        parse("title  xx 1")
    with pytest.raises(InvalidFilter, match="position 14"):
        parse('userName eq  #"x"')


def test_words_without_quotes_are_read_only_when_allowed() -> None:
    assert parse("externalId eq jyoung", bare_words=True) == Compare(Path(None, "externalId"), "eq", "jyoung")
    assert parse("id eq 8adf8e6e-67b2", bare_words=True) == Compare(Path(None, "id"), "eq", "8adf8e6e-67b2")
    with pytest.raises(InvalidFilter):
        parse("externalId eq jyoung")


@pytest.mark.parametrize(
    ("accepted", "refused"),
    [
        ("(" * 20 + "a pr" + ")" * 20, "(" * 21 + "a pr" + ")" * 21),
        ("not (" * 20 + "a pr" + ")" * 20, "not (" * 21 + "a pr" + ")" * 21),
        (" or ".join(["a pr"] * 50), " or ".join(["a pr"] * 51)),
        (f'a eq "{"x" * 4089}"', f'a eq "{"x" * 4090}"'),
    ],
)
def test_a_filter_has_limits(accepted: str, refused: str) -> None:
    assert parse(accepted)
    with pytest.raises(InvalidFilter):
        parse(refused)


@pytest.mark.parametrize("text", ["(" * 10**6, "a[" * 10**6, "a pr and " * 10**6, '"' * 10**6, "not (" * 800])
def test_a_huge_filter_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(InvalidFilter):
        parse(text)
    assert time.perf_counter() - started < 0.5


@given(st.text(max_size=60) | st.text(alphabet='ab.[]()" \\eqprandotu:123-', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except InvalidFilter:
        return
    assert parse(to_text(node)) == node


names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_\-]{0,5}", fullmatch=True)
paths = st.builds(Path, st.none() | st.just("urn:acme:1.0:User"), names.map(lambda name: f"a{name}"), st.none() | names)
literals = (
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.booleans()
    | st.none()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
)
operators = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
leaves = st.builds(Compare, paths, operators, literals) | st.builds(Present, paths)


def grown(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    boxed = st.builds(ValuePath, paths, children)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, children) | boxed


@given(st.recursive(leaves, grown, max_leaves=8))
def test_a_tree_written_and_read_is_the_same_tree(node: Node) -> None:
    assert parse(to_text(node)) == node
