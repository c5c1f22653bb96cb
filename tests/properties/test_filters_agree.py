"""A filter means the same in the database and in Python (architecture, law 4): every generated filter finds the same users.

`FILTER_EXAMPLES=10000` searches longer, and differently each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scim_portal.db import db
from scim_portal.protocol import filters
from scim_portal.protocol.definitions import GROUP, USER
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.services import directory
from tests.properties import filter_texts
from tests.properties.stored_people import Stored, store

EXAMPLES = int(os.environ.get("FILTER_EXAMPLES", "250"))
THOROUGH = settings(
    max_examples=EXAMPLES,
    derandomize="FILTER_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
GROUP_NAMES = ("displayName", "id", "externalId", "members", "members.value", "members.type", "meta.resourceType")


@pytest.fixture(scope="module")
def stored(app: Flask) -> Iterator[Stored]:
    with app.app_context():
        yield store(app)
        db.session.rollback()


@THOROUGH
@given(data=st.data())
def test_the_database_finds_exactly_the_users_that_match(stored: Stored, data: st.DataObject) -> None:
    text = data.draw(filter_texts.filters(stored.known, stored.moments))
    try:
        bound = filters.compiled(text, USER)
    except InvalidFilter:
        assume(False)
    found = directory.users(stored.ctx, bound, start_index=1, count=200)
    expected = {id for id, one in stored.users.items() if filters.matches(bound, one)}
    assert {row.id for row in found.rows} == expected, text
    assert found.total == len(expected)


@settings(THOROUGH, max_examples=max(40, EXAMPLES // 5))
@given(data=st.data())
def test_the_database_finds_exactly_the_groups_that_match(stored: Stored, data: st.DataObject) -> None:
    values = filter_texts._values((*stored.known, *stored.users))
    term = filter_texts._comparison(GROUP_NAMES, filter_texts.TEXT_OPERATORS, values)
    inside = st.builds("members[{}]".format, filter_texts._comparison(("value", "type"), ("eq", "ne", "sw"), values))
    text = data.draw(filter_texts._combined(st.one_of(term, inside, st.sampled_from(("members pr", "externalId pr")))))
    bound = filters.compiled(text, GROUP)
    found = directory.groups(stored.ctx, bound, start_index=1, count=200)
    assert {row.id for row in found.rows} == {id for id, one in stored.groups.items() if filters.matches(bound, one)}, text


def test_what_the_server_said_about_a_user_finds_that_user(stored: Stored) -> None:
    for id, one in list(stored.users.items())[:10]:
        text = f'id eq "{id}" and meta.created eq "{one["meta"]["created"]}" and meta.version eq "{one["meta"]["version"]}"'
        found = directory.users(stored.ctx, filters.compiled(text.replace('W/"1"', 'W/\\"1\\"'), USER), start_index=1, count=5)
        assert [row.id for row in found.rows] == [id]


def test_a_filter_with_nul_is_refused_by_the_compiler(stored: Stored) -> None:
    for text in (r'userName eq "a\u0000"', r'emails.value co "\u0000"', r'groups.display sw "\u0000"'):
        with pytest.raises(InvalidFilter):
            directory.users(stored.ctx, filters.compiled(text, USER), start_index=1, count=5)
