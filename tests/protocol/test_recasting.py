"""Data that came in before its description: brought into canonical names, and folded as far as it fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER, USER_URN
from scim_portal.protocol.recasting import recast
from scim_portal.protocol.resource import fold
from scim_portal.protocol.schema_documents import read
from tests.declared import ATTRIBUTES, URN

ACME = replace(USER, extensions=(*USER.extensions, read(URN, "Acme", "", ATTRIBUTES)))


def test_names_are_spelled_as_declared_and_nothing_is_lost() -> None:
    before: dict[str, Any] = {
        "schemas": [USER_URN, URN.upper(), "urn:odd"],
        "userName": "Ann",
        URN.upper(): {"BADGE": "B", "Odd": {"BADGE": 1}, "DESKS": [{"Floor": 1, "x": 2}, "D"], "tags": [{"value": 1}]},
        "urn:odd": {"BADGE": 1},
    }
    assert recast(ACME, before) == {
        "schemas": [USER_URN, URN, "urn:odd"],
        "userName": "Ann",
        URN: {"badge": "B", "Odd": {"BADGE": 1}, "desks": [{"floor": 1, "x": 2}, "D"], "tags": [{"value": 1}]},
        "urn:odd": {"BADGE": 1},
    }


@pytest.mark.parametrize("turned", [False, True])
def test_the_canonical_spelling_wins_where_both_stand(turned: bool) -> None:
    pairs = [(URN.upper(), {"badge": "old", "level": 1}), (URN, {"Badge": "older", "badge": "new"})]
    found = recast(ACME, {"userName": "Ann", **dict(reversed(pairs) if turned else pairs)})
    assert found[URN] == {"badge": "new", "level": 1}


def test_what_nobody_declared_for_the_type_stays_as_it_is() -> None:
    before = {"schemas": [USER_URN, URN], "userName": "Ann", URN: "no object"}
    assert recast(ACME, before) == before
    assert recast(USER, before) == before


@pytest.mark.parametrize(
    ("stored", "folded"),
    [
        ({"badge": " B-7 "}, {"badge": "b-7"}),
        ({"badge": 7, "level": "7", "since": "soon", "remote": "true"}, {}),
        ({"level": True, "remote": 1}, {}),
        ({"level": 7.5, "scores": [1, "2", 2.5, True]}, {"scores": [1, 2.5]}),
        ({"code": "Xy", "since": "2026-01-31T10:00:00+02:00"}, {"code": "Xy", "since": "2026-01-31T08:00:00.000000Z"}),
        ({"tags": "Red"}, {}),
        ({"tags": ["Red", 5, None, ["x"]]}, {"tags": ["red"]}),
        (
            {"desks": [{"floor": "1", "odd": 2}, "D", {"value": "D", "floor": 2}]},
            {"desks": [{"value": "d", "floor": 2}]},
        ),
        ({"desks": {"value": "D"}, "odd": 1}, {}),
        ("no object", {}),
    ],
)
def test_what_does_not_fit_is_left_out_of_the_fold(stored: Any, folded: dict[str, Any]) -> None:
    assert fold(ACME, {URN: stored}) == {URN: folded}
    assert fold(USER, {URN: stored}) == {}


PATHS = [f"{URN}:{name}" for name in ("badge", "level", "since", "remote", "tags", "scores", "desks", "desks.floor")]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "floor", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([one["name"] for one in ATTRIBUTES]), JSON))
def test_whatever_is_stored_folds_and_is_searched_without_a_failure(stored: dict[str, Any]) -> None:
    folded = fold(ACME, {URN: stored})
    assert fold(ACME, folded) == folded
    for path in PATHS:
        assert filters.matches(filters.compiled(f"{path} pr or not ({path} pr)", ACME), folded)
