"""Filters as scim2-models reads them: the same texts are filters, and the same people match, but for what is explained.

Terms are compared one by one, so that a difference in one is not hidden by the others, and then whole filters made of
terms that agree. Every difference has a name and a reason here; a reason that is no longer needed fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st
from scim2_models import SCIMException, ScimFilter

from scim_portal.protocol import filters, resource
from scim_portal.protocol.definitions import USER
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filters import And, Compare, Node, Not, Or, ValuePath
from tests.properties import outsider
from tests.properties.filter_texts import filters as drawn_filters
from tests.thoroughness import searching

Verdict = frozenset[int] | str
PEOPLE = outsider.people()
OURS = [resource.fold(USER, one) for one in PEOPLE]
THEIRS = [outsider.PERSON.model_validate(one) for one in PEOPLE]
EXPLAINED = {
    "literal": "A literal that is no mail address, URI or base64 can be equal to no stored value there and is refused; "
    "RFC 7644 §3.4.2.2 has no such rule, and an Okta app may look people up by anything.",
    "binary": "RFC 7644 §3.4.2.2 (Table 3) refuses only the ordering operators for binary values; co, sw and ew compare text.",
    "short": "An attribute of an extension without its URN is found: Entra writes `manager` (RFC 7644 §3.10 wants the URN).",
    "alias": "`email` stands for `emails`, since an Okta app may have its unique field called so; no RFC knows it.",
    "null": "`eq null` on a part of a list asks whether no value has the part, there whether one lacks it "
    "(RFC 7644 §3.4.2.2 says only that `pr` is the opposite of unassigned).",
    "reference": "References are compared with case (RFC 7643 §2.3.7); there `meta.location` is not.",
    "blanks": "Blanks at the ends of a piece count in co, sw and ew: stored values are trimmed, their pieces are not "
    "(RFC 8265 §3.3 leaves inner spaces alone).",
}
UNREADABLE = {
    "line break": "Only the space of RFC 7644 §3.4.2.2, and a tab, part words; a line break in a URL is a mistake or a trick.",
    "named not": "`not [...]` reads as an attribute called `not`, which the ABNF allows; binding then says that there is none.",
    "part": "The ABNF of RFC 7644 §3.4.2.2 lets brackets follow a part, as in `a.b[...]`; binding says it has no values.",
}
SIGNS = {
    name: re.compile(sign)
    for name, sign in (("line break", r"\n"), ("named not", r"not\s*\["), ("part", r"\.[\w$-]+\["))
}


def test_the_same_people_match_or_the_difference_is_explained() -> None:
    used: set[str] = set()

    @searching(1000)
    @given(text=drawn_filters())
    @example(text='emails.value eq "x" or x509Certificates.value co "Q"')
    @example(text="manager pr or email pr or roles.type eq null")
    @example(text='meta.location gt "IT\'S" or roles.type co " "')
    def compare(text: str) -> None:
        text = outsider.filled(text)
        differences = {
            _explained(term, *verdicts) for term in _terms(filters.parse(text)) if _differ(*(verdicts := _both(term)))
        }
        if differences:
            used.update(differences)
        else:
            ours, theirs = _both(filters.parse(text))
            assert ours == theirs, text

    compare()
    assert used == set(EXPLAINED)


def test_the_same_texts_are_filters_or_the_difference_is_explained() -> None:
    used: set[str] = set()

    @searching(1500)
    @given(text=_broken())
    @example(text="title\npr")
    @example(text="not[title pr]")
    @example(text="emails.value[type pr]")
    def compare(text: str) -> None:
        ours, theirs = _readable(text), _readable_there(text)
        if ours != theirs:
            name = next((name for name, sign in SIGNS.items() if sign.search(text)), None)
            assert name, f"{text!r}: {ours} {theirs}"
            assert theirs is (name == "line break")
            used.add(name)

    compare()
    assert used == set(UNREADABLE)


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, (And, Or)):
        for one in node.items:
            yield from _terms(one)
    elif isinstance(node, Not):
        yield from _terms(node.item)
    else:
        yield node


def _both(node: Node) -> tuple[Verdict, Verdict]:
    """Say who matches here and there, by place; a sentence when the filter is refused."""
    text = filters.to_text(node)
    return _ours(text), _theirs(text)


def _ours(text: str) -> Verdict:
    try:
        bound = filters.compiled(text, USER)
    except InvalidFilter as problem:
        return problem.detail
    return frozenset(place for place, one in enumerate(OURS) if filters.matches(bound, one))


def _theirs(text: str) -> Verdict:
    try:
        with outsider.POLICY:
            read = ScimFilter[outsider.PERSON](text)
            return frozenset(place for place, one in enumerate(THEIRS) if read.match(one))
    except SCIMException as problem:
        return str(problem.detail)


def _differ(ours: Verdict, theirs: Verdict) -> bool:
    return ours != theirs and not (isinstance(ours, str) and isinstance(theirs, str))


def _explained(term: Node, ours: Verdict, theirs: Verdict) -> str:
    """Name the reason for a difference; fails when there is none."""
    assert not isinstance(ours, str), f"only we refuse {filters.to_text(term)}: {ours}"
    if isinstance(theirs, str):
        refusals = {"is not valid for attribute": "literal", "cannot be applied to the binary": "binary"}
        return next(name for words, name in refusals.items() if words in theirs)
    found = USER.find(term.path.uri, term.path.name) if not isinstance(term, (And, Or, Not)) else None
    if found is None:
        return "alias"
    inner = term.item if isinstance(term, ValuePath) else term
    literals = [one.value for one in _terms(inner) if isinstance(one, Compare)]
    if found[0] is not None and term.path.uri is None:  # type: ignore[union-attr]
        return "short"
    if None in literals and found[1].multi_valued:
        return "null"
    if found[1].name == "meta" and term.path.sub == "location":  # type: ignore[union-attr]
        return "reference"
    trimmed = all(one == one.strip() for one in literals if isinstance(one, str))
    assert not trimmed, f"{filters.to_text(term)}: {ours} {theirs}"
    return "blanks"


def _readable(text: str) -> bool:
    try:
        filters.parse(text)
    except InvalidFilter:
        return False
    return True


def _readable_there(text: str) -> bool:
    try:
        ScimFilter(text)
    except SCIMException:
        return False
    return True


_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|[\w$.:-]+|\s+|.', re.DOTALL)
_DEBRIS = (
    "(", ")", "[", "]", ".", " ", '"', "and", " and ", " or ", " not ", "not(", "not[", "pr", " pr", "eq", " eq ", '"a"', "5",
    "-1", "01",
    "1.5", "1e3", "true", "null", "urn:", "\t", "\n", ",", "title", "emails", "a.b",
)  # fmt: skip


@st.composite
def _broken(draw: st.DrawFn) -> str:
    """Draw a filter that somebody has dropped: pieces are missing, doubled, or where they do not belong."""
    pieces = _PIECES.findall(draw(drawn_filters()))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(pieces)))
        how = draw(st.sampled_from(("lose", "find", "swap")))
        if how == "lose":
            pieces[place : place + 1] = []
        elif how == "find":
            pieces[place:place] = [draw(st.sampled_from(_DEBRIS))]
        else:
            pieces[place : place + 2] = pieces[place : place + 2][::-1]
    return "".join(pieces)
