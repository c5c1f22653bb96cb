"""A filter means the same in the database and in Python (architecture, law 4): every generated filter finds the same users.

How long it searches is said in `tests.thoroughness`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import assume, given

from scim_portal.db import db
from scim_portal.protocol import filters
from scim_portal.protocol.definitions import GROUP, USER
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.services import directory
from tests.properties import filter_texts
from tests.properties.stored_people import Stored, store
from tests.thoroughness import searching


@pytest.fixture(scope="module")
def stored(app: Flask) -> Iterator[Stored]:
    with app.app_context():
        yield store(app)
        db.session.rollback()


@searching(250)
@given(text=filter_texts.filters())
def test_the_database_finds_exactly_the_users_that_match(stored: Stored, text: str) -> None:
    try:
        bound = filters.compiled(stored.filled(text), USER)
    except InvalidFilter:
        assume(False)
    db.session.rollback()
    found = directory.users(stored.ctx, bound, start_index=1, count=200)
    expected = {id for id, one in stored.users.items() if filters.matches(bound, one)}
    assert {row.id for row in found.rows} == expected
    assert found.total == len(expected)


@searching(50)
@given(text=filter_texts.group_filters())
def test_the_database_finds_exactly_the_groups_that_match(stored: Stored, text: str) -> None:
    bound = filters.compiled(stored.filled(text), GROUP)
    db.session.rollback()
    found = directory.groups(stored.ctx, bound, start_index=1, count=200)
    assert {row.id for row in found.rows} == {id for id, one in stored.groups.items() if filters.matches(bound, one)}


def test_what_the_server_said_about_a_user_finds_that_user(stored: Stored) -> None:
    for id, one in list(stored.users.items())[:10]:
        text = f'id eq "{id}" and meta.created eq "{one["meta"]["created"]}" and meta.version eq "{one["meta"]["version"]}"'
        found = directory.users(
            stored.ctx, filters.compiled(text.replace('W/"1"', 'W/\\"1\\"'), USER), start_index=1, count=5
        )
        assert [row.id for row in found.rows] == [id]


def test_a_filter_with_nul_is_refused_by_the_compiler(stored: Stored) -> None:
    for text in (r'userName eq "a\u0000"', r'emails.value co "\u0000"', r'groups.display sw "\u0000"'):
        with pytest.raises(InvalidFilter):
            directory.users(stored.ctx, filters.compiled(text, USER), start_index=1, count=5)
