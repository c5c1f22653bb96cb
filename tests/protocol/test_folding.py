"""Folding makes equal what people take for equal, and is done once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol.folding import exact_text, fold_instant, fold_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Test.User@Okta.local", "test.user@okta.LOCAL"),
        ("Straße", "STRASSE"),
        ("ÅSA", "a\u030asa"),
        ("ｆｕｌｌ", "full"),
        (" trailing ", "Trailing"),
        ("ﬁn", "FIN"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_spellings_that_people_take_for_one_fold_alike(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


def test_cyrillic_and_latin_letters_stay_apart() -> None:
    assert fold_text("аdmin") != fold_text("admin")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)
    assert exact_text(exact_text(text)) == exact_text(text)


@given(st.text(alphabet="αωηΑΩ\u0345\u0301\u0308\u0313ʼnǰΐŉẞİ", max_size=8))
def test_folding_settles_letters_with_many_marks(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


def test_exact_text_keeps_case_and_joins_marks() -> None:
    assert exact_text("A\u030a") == "Å"
    assert exact_text("Abc") == "Abc"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000000Z"),
        ("2011-05-13t04:42:34z", "2011-05-13T04:42:34.000000Z"),
        ("2011-05-13T04:42:34.1+02:00", "2011-05-13T02:42:34.100000Z"),
        ("2011-05-13T04:42:34.123456789-05:30", "2011-05-13T10:12:34.123456Z"),
        ("2011-05-13T04:42:34", "2011-05-13T04:42:34.000000Z"),
    ],
)
def test_instants_are_written_in_one_form(text: str, folded: str) -> None:
    assert fold_instant(text) == folded
    assert fold_instant(folded) == folded


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2011-05-13",
        "2011-13-01T00:00:00Z",
        "2011-02-30T00:00:00Z",
        "2011-05-13T25:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2011-05-13T04:42:34+15:00",
        "2011-05-13T04:42:34+01:60",
        "2011-05-13 04:42:34Z",
        "٢٠١١-05-13T04:42:34Z",
    ],
)
def test_what_is_no_instant_is_told(text: str) -> None:
    assert fold_instant(text) is None


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_order_of_folded_text_is_order_in_time(one: datetime, other: datetime) -> None:
    first, second = fold_instant(one.isoformat()), fold_instant(other.isoformat())
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)
