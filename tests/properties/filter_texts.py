"""Hypothesis strategies for filters, written as a client would write them, and the words they share with the people."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from tests.portals import CORE_USER, ENTERPRISE

WORDS = (
    "Ann", "ann", "ANNA", "Straße", "STRASSE", "İstanbul", "istanbul", "ﬁsh", "fish", "Ⅷ", "viii", "ὀδυσσεύς", "ΟΔΥΣΣΕΎΣ",
    "Å", "Å", "A\u030a", "e\u0301", "é", "日本", "😀", "😀x", "a😀", "\uffee", "100%", "100%_x", "_", "%", "a\\b",
    'a"b', "it's",
    "a b", "a  b", "a\tb", "a\nb", "work", "Work", "home", "true", "null", "0", "10", "9", "-1", "ſ", "K", "ß", "{}",
    "[]", "$.x",
    "zz", "direct", "indirect", "User", "group", "lower", "upper",
)  # fmt: skip
LOOSE = (
    "userName", "USERNAME", "displayName", "nickName", "title", "userType", "locale", "preferredLanguage", "name.familyName",
    "name.givenName", "name.formatted", "name.middleName", "emails", "email", "emails.value", "emails.type", "emails.display",
    "phoneNumbers.value", "phoneNumbers.type", "addresses.locality", "addresses.country", "roles.value", "roles", "ims.type",
    "entitlements.value", f"{ENTERPRISE}:department", "department", "costCenter", f"{ENTERPRISE}:employeeNumber",
    "groups.display", "groups.type", f"{CORE_USER}:title", "meta.resourceType", "manager.displayName", "groups.$ref",
    "meta.location",
)  # fmt: skip
EXACT = (
    "externalId",
    "id",
    "profileUrl",
    "photos.value",
    "manager.value",
    "groups.value",
    "groups",
    "x509Certificates.value",
    "schemas",
)
BOOLEAN = ("active", "emails.primary", "roles.primary")
MOMENTS = ("meta.created", "meta.lastModified")
WHOLE = ("name", "emails", "roles", "addresses", "groups", "meta", "manager", "phoneNumbers", "photos")
ELEMENTS = {
    "emails": ("value", "type", "display"), "roles": ("value", "type", "display"), "addresses": ("locality", "country",
    "type"),
    "groups": ("display", "type", "value"), "phoneNumbers": ("value", "type"),
}  # fmt: skip
GROUP_NAMES = (
    "displayName", "id", "externalId", "members", "members.value", "members.type", "members.display", "members.$ref",
    "meta.resourceType",
)  # fmt: skip
IDS = tuple(f"@id{number}" for number in range(6))
AT = tuple(f"@at{number}" for number in range(5))
TEXT_OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "Co")
ORDER_OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le")


@st.composite
def filters(draw: st.DrawFn) -> str:
    """Draw a filter over users; `@id…` and `@at…` in it stand for ids and instants, known only once people are stored."""
    return draw(_USERS)


@st.composite
def group_filters(draw: st.DrawFn) -> str:
    """Draw a filter over groups, with the same stand-ins."""
    return draw(_GROUPS)


def _of_users() -> st.SearchStrategy[str]:
    values = _texts()
    leaf = st.one_of(
        _comparison(LOOSE, TEXT_OPERATORS, values),
        _comparison(tuple(name for name in EXACT if "x509" not in name), TEXT_OPERATORS, values),
        _comparison(("x509Certificates.value",), ("eq", "ne", "co", "sw"), values),
        _comparison(MOMENTS, ORDER_OPERATORS, st.sampled_from(AT).map(json.dumps)),
        _comparison(BOOLEAN, ("eq", "ne"), st.sampled_from(("true", "false", '"True"', '"false"'))),
        st.builds("{} pr".format, st.sampled_from((*LOOSE, *EXACT, *BOOLEAN, *MOMENTS, *WHOLE))),
        _comparison((*LOOSE, *EXACT, *BOOLEAN, *WHOLE), ("eq", "ne"), st.just("null")),
        _value_path(values),
    )
    return _combined(leaf)


def _of_groups() -> st.SearchStrategy[str]:
    inside = st.builds(
        "members[{}]".format, _combined(_comparison(("value", "type", "display"), ("eq", "ne", "sw", "co"), _texts()))
    )
    present = st.builds("{} pr".format, st.sampled_from(GROUP_NAMES))
    return _combined(st.one_of(_comparison(GROUP_NAMES, TEXT_OPERATORS, _texts()), inside, present))


def _texts() -> st.SearchStrategy[str]:
    """Draw a text as JSON: a word that occurs, a piece of one, another spelling, an id, nothing."""
    words = st.sampled_from(WORDS + IDS)
    pieces = st.builds(lambda word, start, end: word[start:end], words, st.integers(0, 3), st.integers(1, 40))
    spelled = st.one_of(words, words, words.map(str.upper), words.map(str.lower), pieces, st.just(""), st.just(" "))
    return st.builds(lambda value, plain: json.dumps(value, ensure_ascii=plain), spelled, st.booleans())


def _comparison(
    names: tuple[str, ...], operators: tuple[str, ...], values: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.builds("{} {} {}".format, st.sampled_from(names), st.sampled_from(operators), values)


def _value_path(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of([_inside(name, subs, values) for name, subs in ELEMENTS.items()])


def _inside(name: str, subs: tuple[str, ...], values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    terms = [_comparison(subs, TEXT_OPERATORS, values), st.builds("{} pr".format, st.sampled_from(subs))]
    if name in ("emails", "roles"):
        terms.append(_comparison(("primary",), ("eq", "ne"), st.sampled_from(("true", "false"))))
    inner = _combined(st.one_of(terms))
    bracketed = st.builds("{}[{}]".format, st.just(name), inner)
    last = _comparison(subs, TEXT_OPERATORS, values)
    return st.one_of(bracketed, st.builds("{}.{}".format, bracketed, last))


def _combined(leaf: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds("not ({})".format, inner),
            st.builds("({}) and ({})".format, inner, inner),
            st.builds("({}) or ({})".format, inner, inner),
            st.builds("{} and {} or {}".format, leaf, leaf, leaf),
        ),
        max_leaves=5,
    )


_USERS, _GROUPS = _of_users(), _of_groups()
