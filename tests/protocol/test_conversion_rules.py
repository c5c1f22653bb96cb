"""What a conversion's document may say, and how it is refused: with the place."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import conversions
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, LICENSE_URN, USER, USER_URN
from scim_portal.protocol.errors import InvalidValue

GOOD = {"source": "nickName", "target": "title"}


def refused(document: Any, kind: Any = USER) -> tuple[str, str]:
    with pytest.raises(InvalidValue) as caught:
        conversions.from_document(document, kind)
    assert caught.value.detail.startswith(f"{caught.value.attribute}: ")
    return str(caught.value.attribute), caught.value.detail.partition(": ")[2]


@pytest.mark.parametrize(
    ("rule", "part", "words"),
    [
        ({"source": "x"}, ".target", "must be an attribute's path, not null"),
        ({"source": "x", "target": ""}, ".target", "not empty"),
        ({"source": "x", "target": 5}, ".target", "not a number"),
        ({"source": "x", "target": "titel"}, ".target", "'titel' is no attribute of User"),
        ({"source": "x", "target": "name.given"}, ".target", "has no part 'given'"),
        ({"source": "x", "target": f"{ENTERPRISE_URN}:dept"}, ".target", "is no attribute of User"),
        ({"source": "x", "target": "urn:a:b:c"}, ".target", "is no attribute of User"),
        ({"source": "x", "target": ENTERPRISE_URN}, ".target", "names a whole schema"),
        ({"source": "x", "target": USER_URN}, ".target", "names a whole schema"),
        ({"source": "x", "target": "title["}, ".target", "cannot be read"),
        ({"source": "x", "target": f"{ENTERPRISE_URN}:manager.displayName"}, ".target", "kept by the server"),
        ({"source": "x", "target": f"{LICENSE_URN}:licenses"}, ".target", "kept by the server"),
        ({"source": "x", "target": "emails.value"}, ".target", 'emails[type eq "work"].value'),
        ({"source": "x", "target": 'emails[type eq "work"]'}, ".target", "part after the brackets"),
        ({"source": "x", "target": 'emails[type ne "work"].value'}, ".target", "may only compare with eq"),
        ({"source": "x", "target": 'title[type eq "work"].value'}, ".target", "no part 'value'"),
        *(
            ({"source": "x", "target": name}, ".target", "cannot be converted")
            for name in ("id", "META", "schemas", "groups", "password", "meta.created", f"{USER_URN}:Password")
        ),
        *(
            ({"source": name, "target": "title"}, ".source", "cannot be converted")
            for name in ("Password", "id", "userPassword")
        ),
        ({"source": 'login[type eq "x"].value', "target": "title"}, ".source", "brackets could choose"),
        ({"source": "name.given", "target": "title"}, ".source", "has no part"),
        ({"first_of": [], "target": "title"}, ".first_of", "1 to 10 paths"),
        ({"first_of": ["a"] * 11, "target": "title"}, ".first_of", "1 to 10 paths"),
        ({"first_of": "a", "target": "title"}, ".first_of", "1 to 10 paths"),
        ({"first_of": ["a", "id"], "target": "title"}, ".first_of[1]", "cannot be converted"),
        ({"target": "title"}, "", "exactly one of"),
        ({"target": "title", "source": "a", "constant": "b"}, "", "exactly one of"),
        (GOOD | {"sauce": 1}, "", "has 'sauce', which is none of"),
        ("rule", "", "must be an object, not a string"),
        ({"constant": "yes", "target": "active"}, ".constant", "must be true or false, not a string"),
        ({"constant": 5, "target": "title"}, ".constant", "must be a string"),
        ({"constant": "a" * 9999, "target": "title"}, ".constant", "characters long"),
        (
            {"constant": True, "target": WORK} if (WORK := 'emails[type eq "work"].value') else {},
            ".constant",
            "must be a string",
        ),
        ({"constant": None, "target": "title"}, ".constant", "a text, a number, true or false"),
        ({"constant": ["a"], "target": "title"}, ".constant", "a text, a number, true or false"),
        ({"constant": "Ann", "target": "name"}, ".constant", "one of its parts"),
        ({"constant": "a\x00b", "target": "title"}, ".constant", "control character"),
        ({"constant": "a", "target": "title", "transforms": ["trim"]}, ".transforms", "beside a constant"),
        ({"constant": "a", "target": "title", "split": {"separator": " ", "part": 1}}, ".split", "beside a constant"),
        ({"constant": "a", "target": "title", "drop_source": True}, ".drop_source", "beside a constant"),
        (GOOD | {"transforms": "trim"}, ".transforms", "must be a list of trim, lower, upper"),
        (GOOD | {"transforms": ["trim", "title"]}, ".transforms[1]", "must be one of"),
        (GOOD | {"transforms": [1]}, ".transforms", "must be a list"),
        (GOOD | {"drop_source": "yes"}, ".drop_source", "true or false"),
        ({"source": "TITLE", "target": "title", "drop_source": True}, ".drop_source", "the target itself"),
        (GOOD | {"split": 5}, ".split", "must be an object"),
        (GOOD | {"split": {"part": 1}}, ".split.separator", "1 to 10 characters"),
        (GOOD | {"split": {"separator": "", "part": 1}}, ".split.separator", "1 to 10 characters"),
        (GOOD | {"split": {"separator": "\x00", "part": 1}}, ".split.separator", "control character"),
        (GOOD | {"split": {"separator": " ", "part": 0}}, ".split.part", "counted from the end"),
        (GOOD | {"split": {"separator": " ", "part": True}}, ".split.part", "counted from the end"),
        (GOOD | {"split": {"separator": " ", "part": 21}}, ".split.part", "counted from the end"),
        (GOOD | {"split": {"separator": " ", "part": 1, "of": 2}}, ".split", "has 'of'"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(rule: Any, part: str, words: str) -> None:
    place, sentence = refused({"user": {"requests": [GOOD, rule]}})
    assert place == f"user.requests[1]{part}"
    assert words in sentence


@pytest.mark.parametrize(
    ("document", "place", "words"),
    [
        ([], "The document", "must be an object, not a list"),
        ({"users": {}}, "The document", "none of user and group"),
        ({"user": []}, "user", "must be an object"),
        ({"user": {"request": []}}, "user", "none of requests and answers"),
        ({"user": {"answers": {}}}, "user.answers", "must be a list of rules"),
        ({"user": {"answers": [GOOD] * 51}}, "user.answers", "has 51 rules; at most 50"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place(document: Any, place: str, words: str) -> None:
    found, sentence = refused(document)
    assert (found, words in sentence) == (place, True)


def test_groups_have_their_own_rules_but_never_for_members() -> None:
    document = {"group": {"requests": [{"source": "name", "target": "displayName"}]}, "user": {"requests": [GOOD]}}
    assert len(conversions.from_document(document, GROUP).requests) == 1
    for target in ("members", f"{GROUP_URN}:members", 'members[type eq "User"].value'):
        place, sentence = refused({"group": {"requests": [{"source": "x", "target": target}]}}, GROUP)
        assert (place, sentence) == ("group.requests[0].target", "'members' cannot be converted.")


def test_constants_of_every_kind_are_taken() -> None:
    rules = [
        {"constant": "Staff", "target": "userType"},
        {"constant": True, "target": "active"},
        {"constant": "+1 555", "target": 'phoneNumbers[type eq "work"].value'},
        {"constant": "12", "target": f"{ENTERPRISE_URN}:costCenter"},
    ]
    made = conversions.from_document({"user": {"requests": rules}}, USER)
    assert [one.constant for one in made.requests] == ["Staff", True, "+1 555", "12"]
