"""Filters of one shape share a statement, and what no place can take has no shape."""

from __future__ import annotations

import pytest

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER
from scim_portal.services import filter_slots, listing
from tests.portals import PortalUnderTest


def shape(text: str) -> filter_slots.Shape | None:
    return filter_slots.shape(filters.compiled(text, USER))


def test_two_texts_have_one_shape_and_two_terms_have_two() -> None:
    one, other = shape('userName eq "Ann"'), shape('userName eq "Bob"')
    assert one is not None
    assert other is not None
    assert one.key == other.key
    assert (one.bound, one.values, other.values) == (other.bound, {"text_0": "ann"}, {"text_0": "bob"})
    keys = {
        found.key
        for text in (
            'userName eq "a"', 'userName ne "a"', 'not (userName eq "a")', 'externalId eq "a"', 'emails.value eq "a"',
            'emails[value eq "a"]', 'emails[type eq "a"]', 'emails[type eq "work" and value eq "a"]', "title pr",
            'userName eq "a" or title eq "a"', 'userName eq "a" and title eq "a"', "active eq true", "active eq false",
        )
        if (found := shape(text))
    }  # fmt: skip
    assert len(keys) == 13


@pytest.mark.parametrize(
    "text",
    [
        'userName sw "a"',
        'userName gt "a"',
        'meta.created eq "2026-01-01T00:00:00Z"',
        f'externalId eq "{"x" * 201}"',
        r'externalId eq "\u0000"',
        'userName eq "a" or title co "b"',
        'not (title co "b")',
        'emails[value ew "b"]',
    ],
)
def test_what_no_place_can_take_has_no_shape(text: str) -> None:
    assert shape(text) is None


def test_a_statement_is_made_once_for_all_texts_and_finds_each(portal: PortalUnderTest) -> None:
    for name in ("ann", "bob"):
        portal.provision(f"{name}@x.example", externalId=name)
    found, statements = [], []
    for name in ("ann", "bob", "zoe"):
        answer = portal.scim("GET", f'/Users?filter=externalId eq "{name}" and emails.value eq "{name}@X.example"').json
        found.append([one["externalId"] for one in answer["Resources"]])
        statements.append(len(listing._prepared))
    assert found == [["ann"], ["bob"], []]
    assert len(set(statements)) == 1
