"""Sentences keep their template; plain texts are recognized as made from one, in time in proportion to the text."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime

import orjson
import pytest

from scim_portal.protocol.sentences import Sentence, say, template
from scim_portal.web.recognizing import LONGEST, Recognizer

FREE = "The rule “{rule}” gives {type}, and a seat was free."
USE = "{type} has reached {threshold} %: {used:,} of {limit:,} seats are in use."
ENDS = "The token “{name}” expires on {day:%-d %b %Y}."
ROLE = "There is no role {role!r}; choose one of {choices}."


def test_a_sentence_is_its_english_text() -> None:
    said = say("There is no policy version {version}.", version=7)
    assert said == "There is no policy version 7."
    assert (said.template, said.values) == ("There is no policy version {version}.", {"version": 7})
    assert orjson.loads(orjson.dumps({"detail": said})) == {"detail": "There is no policy version 7."}
    assert template("Kept for later.") == "Kept for later."


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copied_sentence_can_still_be_told(copied: object) -> None:
    found = copied(say("To get {type}: {steps}.", type="Pro", steps=say("pin {type}", type="Pro")))  # type: ignore[operator]
    assert (found, found.template) == ("To get Pro: pin Pro.", "To get {type}: {steps}.")
    assert isinstance(found.values["steps"], Sentence)


@pytest.mark.parametrize(
    ("text", "found", "values"),
    [
        ("The rule “Sales” gives Pro, and a seat was free.", FREE, {"rule": "Sales", "type": "Pro"}),
        ("The rule “” gives Pro, and a seat was free.", None, {}),
        ("The rule “A” gives B” gives Pro, and a seat was free.", FREE, {"rule": "A", "type": "B” gives Pro"}),
        ("Pro has reached 90 %: 1,800 of 2,000 seats are in use.", USE,
         {"type": "Pro", "threshold": "90", "used": 1800, "limit": 2000}),
        ("Pro has reached 90 %: 1800 of many seats are in use.", None, {}),
        ("Pro has reached 90 %: 1800 of 2000 seats are in use.", None, {}),
        ("The token “T” expires on 6 Dec 2026.", ENDS, {"name": "T", "day": datetime(2026, 12, 6)}),
        ("The token “T” expires on 31 Feb 2026.", None, {}),
        ("There is no role 'boss'; choose one of owner, auditor.", ROLE, {"role": "boss", "choices": "owner, auditor"}),
        ("Something else entirely.", None, {}),
    ],
)  # fmt: skip
def test_a_text_is_recognized_with_its_values(text: str, found: str | None, values: dict[str, object]) -> None:
    recognized = Recognizer([FREE, USE, ENDS, ROLE]).recognize(text)
    assert (recognized.template if recognized else None) == found
    assert (dict(recognized.values) if recognized else {}) == values
    assert recognized in (None, text)


def test_of_several_templates_the_one_that_says_most_is_taken() -> None:
    both = Recognizer(["{type} now comes from {source}.", "{type} now comes from the rule “{rule}”."])
    found = both.recognize("Pro now comes from the rule “Sales”.")
    assert found is not None
    assert found.values == {"type": "Pro", "rule": "Sales"}


def test_parts_of_sentences_are_recognized_nowhere() -> None:
    parts = Recognizer(["{first} and {last}", "set {path} to {value}", "{seats:,} seats", "no license"])
    for text in ("salt and pepper", "set title to Buyer", "12 seats", "no license"):
        assert parts.recognize(text) is None


def test_long_texts_are_left_alone_and_odd_ones_take_no_time() -> None:
    many = Recognizer(["Between {a}, {b}, {c}, {d} and {e} there is nothing.", FREE])
    assert many.recognize("The rule “" + "x" * LONGEST + "” gives Pro, and a seat was free.") is None
    assert many.recognize("Between " + ", " * 900 + " there is nothing.") is None


def test_a_date_in_a_sentence_is_that_of_its_zone() -> None:
    said = say("The token “{name}” expires on {day:%-d %b %Y}.", name="T", day=datetime(2026, 12, 6, tzinfo=UTC))
    assert said == "The token “T” expires on 6 Dec 2026."
