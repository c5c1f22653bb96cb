"""A list as it was asked for, in a URL or in a SearchRequest."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import queries
from scim_portal.protocol.errors import InvalidSyntax, InvalidValue
from scim_portal.protocol.queries import SEARCH_SCHEMA, Query
from scim_portal.protocol.tolerance import GENERIC, STRICT


def test_nothing_asked_is_the_first_page_by_index() -> None:
    assert queries.from_parameters({}) == Query() == queries.from_message({"schemas": [SEARCH_SCHEMA]}, STRICT)
    assert Query().page_size == 100


def test_url_and_message_ask_for_the_same() -> None:
    parameters = {
        "filter": "title pr",
        "sortBy": " name.givenName ",
        "sortOrder": "Descending",
        "startIndex": "3",
        "count": "7",
        "cursor": "",
        "attributes": "userName, title,",
        "excludedAttributes": "emails",
        "unknown": "x",
    }
    message = {
        "schemas": [SEARCH_SCHEMA.upper()],
        "FILTER": "title pr",
        "sortBy": "name.givenName",
        "sortOrder": "descending",
        "startIndex": 3,
        "count": 7,
        "cursor": "",
        "attributes": ["userName", " title", " "],
        "excludedAttributes": ["emails"],
        "unknown": {"a": 1},
    }
    wanted = Query("title pr", "name.givenName", True, 3, 7, "", ("userName", "title"), ("emails",))
    assert queries.from_parameters(parameters) == queries.from_message(message, STRICT) == wanted


def test_small_numbers_become_the_smallest_and_large_pages_the_largest() -> None:
    found = queries.from_parameters({"startIndex": "-4", "count": "-1"})
    assert (found.start_index, found.count, found.page_size) == (1, 0, 0)
    assert queries.from_message({"startIndex": 0, "count": 5000}, GENERIC).page_size == 200


@pytest.mark.parametrize("text", ["x", "1.5", "--1", "9999999999", "\u0661"])
def test_a_number_in_a_url_must_be_one(text: str) -> None:
    with pytest.raises(InvalidValue, match="whole number"):
        queries.from_parameters({"count": text})


@pytest.mark.parametrize(
    "message",
    [
        {"count": "5"},
        {"count": True},
        {"startIndex": 1.0},
        {"count": 10**9},
        {"filter": 5},
        {"sortBy": ["a"]},
        {"cursor": 1},
        {"sortOrder": "up"},
        {"attributes": "userName"},
        {"excludedAttributes": [1]},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        queries.from_message(message, GENERIC)
    assert refused.value.attribute == next(iter(message))


def test_null_is_absent_and_schemas_are_checked_in_strict_mode_only() -> None:
    assert queries.from_message({"filter": None, "attributes": None, "count": None}, GENERIC) == Query()
    for schemas in (None, "x", [5], ["urn:x"]):
        with pytest.raises(InvalidSyntax):
            queries.from_message({"schemas": schemas}, STRICT)


def test_more_than_a_hundred_names_are_refused_whether_or_not_there_is_anything_to_name() -> None:
    assert len(queries.from_parameters({"attributes": ",".join(["title"] * 100)}).attributes) == 100
    with pytest.raises(InvalidValue, match="At most 100"):
        queries.from_parameters({"attributes": "title", "excludedAttributes": ",".join(["title"] * 100)})
    with pytest.raises(InvalidValue, match="At most 100"):
        queries.from_message({"attributes": ["title"] * 101}, GENERIC)
