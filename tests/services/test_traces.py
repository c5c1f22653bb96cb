"""What gives a person away in a text, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.services.traces import Traces
from tests.portals import ENTERPRISE

ZELDA = {
    "userName": "Zelda@Quux.example",
    "externalId": "00uZELDA",
    "name": {"givenName": "Zelda", "familyName": "Will", "formatted": "Zelda Will"},
    "emails": [{"value": "zw@home.example", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+49 (30) 99", "type": "mobile"}],
    "title": "Seller",
    ENTERPRISE: {"employeeNumber": "E-4711", "department": "Sales"},
}


def covered(text: str, content: dict[str, Any] = ZELDA) -> str:
    return Traces.of(content, "NN").covered(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("The user name 'zelda@quux.EXAMPLE' is taken.", "The user name 'NN' is taken."),
        ("Call Zelda Will at +49 (30) 99, or zw@home.example.", "Call NN at NN, or NN."),
        ("00uzelda has the number e-4711", "NN has the number NN"),
        ("A seat will go to Zelda", "A seat will go to NN"),
    ],
)
def test_what_names_a_person_is_covered_in_any_case(text: str, left: str) -> None:
    assert covered(text) == left


@pytest.mark.parametrize("text", ["Sellers in Sales", "They will zeldate", "work mobile primary", ""])
def test_what_is_said_of_many_or_is_part_of_a_word_stays(text: str) -> None:
    assert covered(text) == text


def test_a_value_as_json_writes_it_is_found_too() -> None:
    content = {"userName": 'z"w', "displayName": "Zoë\\Z"}
    assert Traces.of(content, "NN").shows(r'{"displayName":"Zoë\\Z"}')
    assert Traces.of(content, "NN").shows(r'{"userName":"z\"w"}')


def test_texts_too_short_to_name_anybody_are_not_looked_for() -> None:
    traces = Traces.of({"userName": "al", "externalId": " 7 "}, "NN")
    assert traces.covered("al took 7 of al") == "al took 7 of al"


def test_former_names_are_covered_wherever_they_are_in_a_json_value() -> None:
    traces = Traces.of({"userName": "new-name"}, "NN", names=["old-name"])
    value = {"a": ["Old-name", 1, None, True], "old-name": {"b": "new-name!"}}
    assert traces.covered_in(value) == {"a": ["NN", 1, None, True], "old-name": {"b": "NN!"}}
