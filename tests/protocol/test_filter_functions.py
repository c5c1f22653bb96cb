"""A filter made a function says what `matches` says, of proper resources and of any other JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import filters
from scim_portal.protocol.errors import InvalidFilter
from tests.rules import shapes
from tests.thoroughness import searching

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 3), st.sampled_from((0.5, 1.0, 1.5)), st.sampled_from(shapes.TEXTS),
    st.sampled_from(shapes.MOMENTS),
)  # fmt: skip
_NAMES = (
    "value",
    "type",
    "primary",
    "display",
    "givenName",
    "created",
    "colors",
    "no",
    "level",
    "score",
    "tags",
    "rooms",
)
_ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=3)),
    max_leaves=5,
)
_TOP = (
    "title",
    "userType",
    "active",
    "emails",
    "groups",
    "meta",
    "name",
    "userName",
    shapes.ACME,
    shapes.ENTERPRISE_URN,
)
JUNK = st.dictionaries(st.sampled_from(_TOP), _ANYTHING)


def bound_of(text: str) -> filters.Bound:
    return filters.compiled(text, shapes.PEOPLE)


@searching(300)
@given(text=shapes.CONDITIONS, document=shapes.DOCUMENTS)
def test_a_function_says_of_a_person_what_the_filter_says(text: str, document: dict[str, Any]) -> None:
    folded = shapes.folded(document)
    assert filters.function(bound_of(text))(folded) is filters.matches(bound_of(text), folded)


@searching(300)
@given(text=shapes.CONDITIONS, resource=JUNK)
def test_it_says_the_same_of_anything_else_that_may_be_stored(text: str, resource: dict[str, Any]) -> None:
    assert filters.function(bound_of(text))(resource) is filters.matches(bound_of(text), resource)


def test_numbers_and_truth_values_are_never_taken_for_each_other() -> None:
    is_on, is_one = (filters.function(bound_of(text)) for text in ("active eq true", f"{shapes.ACME}:level eq 1"))
    assert [is_on({"active": one}) for one in (True, 1, "true", None)] == [True, False, False, False]
    assert [is_one({shapes.ACME: {"level": one}}) for one in (1, 1.0, True, "1")] == [True, True, False, False]


@pytest.mark.parametrize("text", ['title eq "a" and', "active gt true"])
def test_what_cannot_be_bound_never_becomes_a_function(text: str) -> None:
    with pytest.raises(InvalidFilter):
        bound_of(text)
