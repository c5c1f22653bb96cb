"""Conversions of whole bodies: requests before they are read, answers after they are finished."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import conversions, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, USER, USER_URN
from scim_portal.protocol.tolerance import OKTA

Body = dict[str, Any]
WORK = 'emails[type eq "work"].value'


def requests(*rules: Body) -> conversions.Conversion:
    return conversions.from_document({"user": {"requests": list(rules)}}, USER)


def answers(*rules: Body) -> conversions.Conversion:
    return conversions.from_document({"user": {"answers": list(rules)}}, USER)


def feed(body: Body, *rules: Body) -> Body:
    before = repr(body)
    made = conversions.incoming(requests(*rules), body)
    assert repr(body) == before  # what was sent stays as it was
    return made


@pytest.mark.parametrize(
    ("rule", "sent", "kept"),
    [
        ({"source": "nickName", "target": "displayName"}, {"nickName": "Ann"}, {"displayName": "Ann"}),
        ({"source": "login", "target": "displayName"}, {"LOGIN": "ann"}, {"displayName": "ann"}),
        ({"source": "a.b", "target": "title"}, {"A": {"B": "Boss"}}, {"title": "Boss"}),
        ({"source": "urn:x:y:z", "target": "title"}, {"URN:x:Y": {"Z": "Boss"}}, {"title": "Boss"}),
        ({"source": f"{USER_URN}:nickName", "target": "title"}, {"nickname": "A"}, {"title": "A"}),
        ({"constant": "Staff", "target": "userType"}, {}, {"userType": "Staff"}),
        ({"constant": False, "target": "active"}, {"active": True}, {"active": False}),
        (
            {"source": "userName", "target": "userName", "transforms": ["trim", "lower"]},
            {"username": " ANN "},
            {"username": "ann"},
        ),
        ({"source": "title", "target": "title", "transforms": ["upper"]}, {"title": "boss"}, {"title": "BOSS"}),
        (
            {"source": "displayName", "target": "name.givenName", "split": {"separator": " ", "part": 1}},
            {"displayName": "Ann  B. Archer"},
            {"name": {"givenName": "Ann"}},
        ),
        (
            {"source": "displayName", "target": "name.familyName", "split": {"separator": " ", "part": -1}},
            {"displayName": "Ann B. Archer", "name": {"FamilyName": "X", "givenName": "Y"}},
            {"name": {"FamilyName": "Archer", "givenName": "Y"}},
        ),
        (
            {
                "source": "displayName",
                "target": "title",
                "split": {"separator": ",", "part": 2},
                "transforms": ["trim"],
            },
            {"displayName": "Archer, Ann"},
            {"title": "Ann"},
        ),
        (
            {"first_of": ["nickName", "displayName"], "target": "title"},
            {"nickName": "", "displayName": "A"},
            {"title": "A"},
        ),
        ({"source": "mail", "target": WORK}, {"mail": "a@x"}, {"emails": [{"type": "work", "value": "a@x"}]}),
        (
            {"source": "mail", "target": WORK},
            {"mail": "a@x", "emails": [7, {"type": "home"}, {"TYPE": "Work", "Value": "b"}]},
            {"emails": [7, {"type": "home"}, {"TYPE": "Work", "Value": "a@x"}]},
        ),
        (
            {"source": "mail", "target": WORK},
            {"mail": "a@x", "emails": {"type": "work"}},
            {"emails": [{"type": "work", "value": "a@x"}]},
        ),
        (
            {"source": "emails.value", "target": "title"},
            {"emails": [{"value": "a"}, {"value": "b", "primary": True}]},
            {"title": "b"},
        ),
        (
            {"source": WORK, "target": "title"},
            {"emails": [{"type": "home", "value": "a"}, {"type": "WORK", "value": "b"}]},
            {"title": "b"},
        ),
        (
            {"source": "dept", "target": f"{ENTERPRISE_URN}:department"},
            {"dept": "Sales"},
            {ENTERPRISE_URN: {"department": "Sales"}},
        ),
        (
            {"source": "boss", "target": f"{ENTERPRISE_URN}:manager.value"},
            {"boss": "7", ENTERPRISE_URN: {"costCenter": "1"}},
            {ENTERPRISE_URN: {"costCenter": "1", "manager": {"value": "7"}}},
        ),
        (
            {"source": f"{ENTERPRISE_URN}:department", "target": "title", "drop_source": True},
            {ENTERPRISE_URN: {"department": "Sales", "division": "D"}},
            {"title": "Sales", ENTERPRISE_URN: {"division": "D"}},
        ),
        ({"source": "login", "target": "title", "drop_source": True}, {"Login": "x"}, {"title": "x", "Login": None}),
        (
            {"source": WORK, "target": "title", "drop_source": True},
            {"emails": [{"type": "work", "value": "b"}, {"type": "home"}]},
            {"title": "b", "emails": [{"type": "work"}, {"type": "home"}]},
        ),
        (
            {"source": "name.givenName", "target": "title", "drop_source": True},
            {"name": {"givenName": "A"}},
            {"title": "A", "name": {}},
        ),
    ],
)
def test_a_rule_feeds_its_target(rule: Body, sent: Body, kept: Body) -> None:
    made = feed(sent, rule)
    expected = {name: one for name, one in (sent | kept).items() if one is not None}
    assert made == expected


@pytest.mark.parametrize(
    ("rule", "sent"),
    [
        ({"source": "nickName", "target": "displayName"}, {"displayName": "kept"}),
        ({"source": "nickName", "target": "displayName"}, {"nickName": None, "displayName": "kept"}),
        ({"source": "title", "target": "title", "transforms": ["lower"]}, {"title": 7}),
        ({"source": "title", "target": "title", "transforms": ["trim"]}, {"title": "  "}),
        (
            {"source": "displayName", "target": "title", "split": {"separator": " ", "part": 3}},
            {"displayName": "Ann Archer"},
        ),
        (
            {"source": "displayName", "target": "title", "split": {"separator": " ", "part": -3}},
            {"displayName": "Ann Archer"},
        ),
        ({"source": "x", "target": "name.givenName"}, {"x": "a", "name": "Ann Archer"}),
        ({"source": "x", "target": f"{ENTERPRISE_URN}:department"}, {"x": "a", ENTERPRISE_URN: "odd"}),
        ({"source": "name.givenName", "target": "title"}, {"name": "Ann Archer"}),
        ({"source": "name.givenName", "target": "title", "drop_source": True}, {"name": "Ann Archer"}),
        ({"source": f"{ENTERPRISE_URN}:department", "target": "title", "drop_source": True}, {ENTERPRISE_URN: 5}),
        ({"source": "login", "target": "title", "drop_source": True}, {}),
        ({"source": WORK, "target": "title"}, {"emails": ["a@x"]}),
    ],
)
def test_what_is_absent_or_of_the_wrong_kind_is_left_alone(rule: Body, sent: Body) -> None:
    assert feed(sent, rule) == sent


def test_values_are_read_as_they_were_sent_and_the_last_rule_wins() -> None:
    swap = ({"source": "title", "target": "nickName"}, {"source": "nickName", "target": "title"})
    assert feed({"title": "a", "nickName": "b"}, *swap) == {"title": "b", "nickName": "a"}
    fallback = ({"constant": "Guest", "target": "userType"}, {"source": "kind", "target": "userType"})
    assert feed({}, *fallback) == {"userType": "Guest"}
    assert feed({"kind": "Staff"}, *fallback)["userType"] == "Staff"
    moved = ({"source": "title", "target": "nickName", "drop_source": True}, {"source": "nickName", "target": "title"})
    assert feed({"title": "a", "nickName": "b"}, *moved) == {"title": "b", "nickName": "a"}


def test_a_whole_element_that_is_no_object_is_no_object_afterwards() -> None:
    assert feed({"x": "a"}, {"source": "x", "target": "emails"}) == {"x": "a", "emails": "a"}


def test_a_converted_body_is_read_as_any_other() -> None:
    rules = ({"source": "login", "target": "userName", "transforms": ["lower"]}, {"source": "mail", "target": WORK})
    loaded = resource.load(USER, feed({"login": "ANN@X", "mail": "ann@x"}, *rules), tolerance=OKTA)
    assert (loaded["userName"], loaded["emails"]) == ("ann@x", [{"value": "ann@x", "type": "work"}])


def test_an_answer_shows_what_the_rules_say_and_names_the_schemas_it_carries() -> None:
    stored = {"schemas": [USER_URN], "id": "1", "userName": "ann@x", "userType": "Staff"}
    rule = {"source": "userType", "target": f"{ENTERPRISE_URN}:division", "drop_source": True}
    made = conversions.outgoing(answers(rule, {"source": "userName", "target": "displayName"}), stored)
    assert made == {
        "schemas": [USER_URN, ENTERPRISE_URN],
        "id": "1",
        "userName": "ann@x",
        "displayName": "ann@x",
        ENTERPRISE_URN: {"division": "Staff"},
    }
    assert stored["userType"] == "Staff"
    assert conversions.outgoing(answers(rule), {"userType": "x"}) == {ENTERPRISE_URN: {"division": "x"}}
    assert conversions.outgoing(answers(rule), made) == made


def test_without_rules_nothing_is_touched() -> None:
    empty = conversions.from_document({}, GROUP)
    body: Body = {"displayName": "Sales"}
    assert conversions.incoming(empty, body) is body
    assert conversions.outgoing(empty, body) is body


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "value", "givenName", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["userName", "EMAILS", "name", "title", ENTERPRISE_URN, "login", "displayName"])


@given(st.dictionaries(NAMES, ODD, max_size=6))
def test_odd_bodies_raise_nothing_and_come_out_the_same_each_time(body: Body) -> None:
    rules = [
        {"source": "login", "target": WORK, "transforms": ["lower"]},
        {
            "first_of": ["emails.value", "name.givenName"],
            "target": f"{ENTERPRISE_URN}:manager.value",
            "drop_source": True,
        },
        {"source": "displayName", "target": "name.familyName", "split": {"separator": " ", "part": -1}},
        {"source": WORK, "target": "title", "drop_source": True},
        {"source": f"{ENTERPRISE_URN}:department", "target": "name"},
    ]
    made = feed(body, *rules)
    assert made == feed(body, *rules)
    assert conversions.outgoing(answers(*rules), body) == made | conversions.outgoing(answers(*rules), body)
