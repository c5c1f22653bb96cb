"""Binding finds every mistake of a filter, so that evaluating it cannot fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, USER, USER_URN, Attribute, Schema
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filters import (
    BoundAnd,
    BoundCompare,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundValuePath,
    bind,
    compiled,
    parse,
)

MINE = Schema(
    "urn:acme:1.0:User",
    "Acme",
    attributes=(
        Attribute("level", type="integer"),
        Attribute("score", type="decimal"),
        Attribute("hired", type="dateTime"),
        Attribute("tags", multi_valued=True),
        Attribute("key", type="binary", case_exact=True),
    ),
)
TYPE = replace(USER, extensions=(*USER.extensions, MINE))


def compare(text: str) -> BoundCompare:
    bound = compiled(text, TYPE)
    assert isinstance(bound, BoundCompare)
    return bound


@pytest.mark.parametrize(
    ("text", "target", "multi", "op", "value"),
    [
        ('USERNAME EQ "BJensen"', "userName", None, "eq", "bjensen"),
        ('externalId eq "AbC"', "externalId", None, "eq", "AbC"),
        (f'{USER_URN}:title ne "VP"', "title", None, "ne", "vp"),
        ('emails eq "A@B"', "emails.value", 0, "eq", "a@b"),
        ('emails.TYPE eq "Work"', "emails.type", 0, "eq", "work"),
        ('groups eq "G1"', "groups.value", 0, "eq", "G1"),
        ('manager eq "M1"', f"{ENTERPRISE_URN}:manager.value", None, "eq", "M1"),
        (f'{ENTERPRISE_URN.upper()}:department co "R&D"', f"{ENTERPRISE_URN}:department", None, "co", "r&d"),
        ("active eq true", "active", None, "eq", True),
        ('active eq "False"', "active", None, "eq", False),
        (
            'meta.lastModified gt "2020-01-01T01:00:00+01:00"',
            "meta.lastModified",
            None,
            "gt",
            "2020-01-01T00:00:00.000000Z",
        ),
        (f"{MINE.id}:level ge 3", f"{MINE.id}:level", None, "ge", 3),
        (f"{MINE.id}:score lt 2.5", f"{MINE.id}:score", None, "lt", 2.5),
        (f'{MINE.id}:tags eq "X"', f"{MINE.id}:tags", 0, "eq", "x"),
        (f'{MINE.id}:key eq "Xy=="', f"{MINE.id}:key", None, "eq", "Xy=="),
        ('schemas eq "URN:X"', "schemas", 0, "eq", "urn:x"),
        ('displayName eq " Ann "', "displayName", None, "eq", "ann"),
        ('displayName sw " Ann "', "displayName", None, "sw", "ann "),
        ('displayName ew " Ann "', "displayName", None, "ew", " ann"),
        ('displayName co " Ann "', "displayName", None, "co", " ann "),
    ],
)
def test_names_become_canonical_and_literals_fold(
    text: str, target: str, multi: int | None, op: str, value: object
) -> None:
    bound = compare(text)
    assert (str(bound.target), bound.target.multi, bound.op, bound.value) == (target, multi, op, value)


def test_null_is_a_question_of_presence() -> None:
    assert isinstance(compiled("title ne null", USER), BoundPresent)
    absent = compiled("title eq null", USER)
    assert isinstance(absent, BoundNot)
    assert isinstance(absent.item, BoundPresent)


def test_a_value_path_binds_its_item_to_the_element() -> None:
    bound = compiled('emails[type eq "Work" and not (value pr or primary eq "True")]', USER)
    assert isinstance(bound, BoundValuePath)
    assert (bound.target.names, bound.target.multi) == (("emails",), 0)
    assert isinstance(bound.item, BoundAnd)
    first, second = bound.item.items
    assert isinstance(first, BoundCompare)
    assert first.target.names == ("type",)
    assert first.value == "work"
    assert first.target.multi is None
    assert first.target.schema_uri is None
    assert isinstance(second, BoundNot)
    assert isinstance(second.item, BoundOr)


def test_connectives_are_kept() -> None:
    bound = compiled("title pr and (active eq true or not (nickName pr))", USER)
    assert isinstance(bound, BoundAnd)
    assert isinstance(bound.items[1], BoundOr)


def test_a_group_is_found_by_its_members() -> None:
    bound = compiled('id eq "G" and members eq "U"', GROUP)
    assert isinstance(bound, BoundAnd)
    assert [str(one.target) for one in bound.items if isinstance(one, BoundCompare)] == ["id", "members.value"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shoeSize eq 1", "shoeSize"),
        ('name.nick eq "x"', "no part 'nick'"),
        ('userName.x eq "x"', "no part 'x'"),
        ('urn:unknown:User:title eq "x"', "urn:unknown:User:title"),
        ("active co true", "'co' compares text"),
        ("active gt true", "no order"),
        ("active eq 1", "of type boolean"),
        ('active eq "yes"', "of type boolean"),
        ("userName eq 1", "of type string"),
        ("userName eq true", "of type string"),
        ("userName gt null", "null"),
        ('name eq "x"', "has parts"),
        ('addresses eq "x"', "has parts"),
        ('meta.created eq "yesterday"', "of type dateTime"),
        ('meta.created co "2020"', "'co' compares text"),
        ("meta.created gt 5", "of type dateTime"),
        (f'{MINE.id}:level eq "3"', "of type integer"),
        (f"{MINE.id}:level eq true", "of type integer"),
        (f'{MINE.id}:key gt "a"', "no order"),
        ('password eq "x"', "cannot be searched"),
        ("password pr", "cannot be searched"),
        ('emails[foo eq "x"]', "'foo'"),
        ('emails[urn:x:type eq "x"]', "urn:x:type"),
        ('emails[type.x eq "x"]', "type.x"),
        ('emails[emails[type eq "x"]]', "inside other brackets"),
        ('userName[value eq "x"]', "no values"),
        ('name[givenName eq "x"]', "no values"),
        ('foo[value eq "x"]', "'foo'"),
    ],
)
def test_a_wrong_term_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(InvalidFilter) as caught:
        bind(parse(text), TYPE)
    assert words in caught.value.detail
