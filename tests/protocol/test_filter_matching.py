"""What each operator means, over folded resources."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER, USER_URN
from scim_portal.protocol.filters import And, Not, Or, bind, compiled, equality_values, matches, parse, reads
from tests.protocol.test_filter_binding import MINE, TYPE

ANN: dict[str, Any] = {
    "schemas": [USER_URN, ENTERPRISE_URN],
    "id": "A1",
    "userName": "Ann@Example.com",
    "displayName": "Ann Ångström",
    "title": "",
    "active": True,
    "name": {"givenName": "Ann"},
    "emails": [
        {"value": "ann@example.com", "type": "work", "primary": True},
        {"value": "Ann@home.example", "type": "home", "primary": False},
    ],
    "groups": [{"value": "G1", "display": "Sales"}, {"value": "G2"}],
    "meta": {"created": "2024-05-01T10:00:00+02:00"},
    ENTERPRISE_URN: {"department": "Sales", "manager": {"value": "M1"}},
    MINE.id: {"level": 3, "score": 2.5, "tags": ["Red", "blue"]},
}
FOLDED = resource.fold(TYPE, ANN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "ANN@example.COM"', True),
        ('userName eq "bob"', False),
        ('userName ne "bob"', True),
        ('userName ne "ann@example.com"', False),
        ('id eq "A1"', True),
        ('id eq "a1"', False),
        ('displayName co "ÅNG"', True),
        ('displayName sw "ann "', True),
        ('displayName sw "ann x"', False),
        ('displayName ew "STRÖM"', True),
        ('displayName co ""', True),
        ('nickName co ""', False),
        ('title co ""', True),
        ('title eq ""', True),
        ("title pr", False),
        ("title eq null", True),
        ("displayName pr", True),
        ("nickName pr", False),
        ("nickName eq null", True),
        ('nickName eq "x"', False),
        ('nickName ne "x"', True),
        ('not (nickName eq "x")', True),
        ("name pr", True),
        ("name.familyName pr", False),
        ("phoneNumbers pr", False),
        ("emails pr", True),
        ("active eq true", True),
        ("active ne true", False),
        ('active eq "true"', True),
        ('emails eq "ann@HOME.example"', True),
        ('emails.type eq "other"', False),
        ('emails.type ne "work"', False),
        ('emails.type ne "other"', True),
        ('emails[type eq "work" and value co "home"]', False),
        ('emails[type eq "home" and value co "home"]', True),
        ('emails[type ne "work"]', True),
        ('emails[primary eq true].value eq "ann@example.com"', True),
        ('phoneNumbers[type ne "work"]', False),
        ('groups.value eq "G2"', True),
        ('groups.value eq "g2"', False),
        ('groups.display eq "sales"', True),
        ('meta.created eq "2024-05-01T08:00:00Z"', True),
        ('meta.created gt "2024-05-01T07:59:59Z"', True),
        ('meta.created lt "2024-05-01T08:00:00.000001Z"', True),
        ('meta.created le "2024-05-01T07:00:00Z"', False),
        ('manager eq "M1"', True),
        (f'{ENTERPRISE_URN}:department ge "Sale"', True),
        (f'{ENTERPRISE_URN}:division ge "A"', False),
        (f"{MINE.id}:level ge 3", True),
        (f"{MINE.id}:level gt 3.5", False),
        (f"{MINE.id}:score eq 2.5", True),
        (f'{MINE.id}:tags eq "RED"', True),
        (f"{MINE.id}:hired pr", False),
        ('schemas eq "urn:ietf:params:scim:schemas:core:2.0:user"', True),
        ('userName sw "ann" and (active eq false or title eq null)', True),
        ('userName sw "ann" and active eq false', False),
        ("nickName pr or title pr", False),
    ],
)
def test_a_filter_means_what_the_rfc_says(text: str, expected: bool) -> None:
    assert matches(compiled(text, TYPE), FOLDED) is expected


@pytest.mark.parametrize("stored", [1, True, None, [], {}, [1], [None], {"value": 3}, "x", [["y"]], [{"value": []}]])
def test_stored_values_of_another_type_never_raise(stored: object) -> None:
    odd = dict.fromkeys(("userName", "emails", "active", "name", "meta", ENTERPRISE_URN, MINE.id), stored)
    for text in ('userName gt "a"', "active eq true", 'emails co "x"', "name.givenName pr", f"{MINE.id}:level gt 5"):
        assert matches(compiled(text, TYPE), odd) in (True, False)
    for text in ('emails[type eq "work"]', 'meta.created lt "2024-05-01T08:00:00Z"', 'manager eq "x"'):
        assert matches(compiled(text, TYPE), odd) is False


def test_one_is_not_true() -> None:
    assert not matches(compiled(f"{MINE.id}:level eq 1", TYPE), {MINE.id: {"level": True}})


def test_a_filter_tells_what_it_reads() -> None:
    text = f'groups.value eq "G1" or not (emails[type eq "work"].value pr) and {ENTERPRISE_URN}:department sw "x"'
    assert reads(compiled(text, USER)) == {
        "groups.value",
        "emails.type",
        "emails.value",
        f"{ENTERPRISE_URN}:department",
    }


def test_a_filter_tells_which_groups_it_asks_for() -> None:
    text = 'groups eq "G1" or groups[value eq "G2"] or not (groups.value ne "G3") or groups.value sw "G4"'
    text += " or active eq true"
    assert equality_values(compiled(text, USER), "groups.value") == {"G1", "G2", "G3"}
    assert equality_values(compiled(text, USER), "active") == frozenset()


TERMS = st.sampled_from(
    ['userName eq "ann@example.com"', "title pr", 'emails.type ne "work"', "active eq false", 'groups eq "G1"']
).map(parse)


@given(TERMS, TERMS)
def test_connectives_follow_logic(one: Any, other: Any) -> None:
    def holds(node: Any) -> bool:
        return matches(bind(node, USER), FOLDED)

    assert holds(And((one, other))) == (holds(one) and holds(other))
    assert holds(Or((one, other))) == (holds(one) or holds(other))
    assert holds(Not(one)) == (not holds(one))
    assert holds(Not(And((one, other)))) == holds(Or((Not(one), Not(other))))
