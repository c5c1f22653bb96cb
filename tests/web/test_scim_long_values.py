"""Long values of what is indexed: PostgreSQL's index entries end at about 2,700 bytes, so longer ones are refused in words."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.portals import PortalUnderTest, a_group, a_user

# Letters outside the basic plane take four bytes each, and chosen at random they cannot be compressed.
DRAW = random.Random(7)


def rare(length: int) -> str:
    return "".join(chr(DRAW.randrange(0x20000, 0x2A000)) for _ in range(length))


def expanding(length: int) -> str:
    """Letters that folding writes out as up to eighteen others."""
    return "".join(DRAW.choice("\ufdfa\ufdfb\u3389\u337f㌀㌖㍿") + rare(1) for _ in range(length // 2))


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/Users", lambda: a_user("ann@x.example", externalId=rare(1000)), "externalId"),
        ("/Users", lambda: a_user(expanding(256)), "userName"),
        ("/Groups", lambda: a_group(rare(1000)), "displayName"),
        ("/Groups", lambda: a_group("Sales") | {"externalId": rare(1000)}, "externalId"),
    ],
)
def test_what_no_index_could_hold_is_refused_by_name(portal: PortalUnderTest, path: str, body: Any, named: str) -> None:
    answer = portal.scim("POST", path, body())
    assert (answer.status_code, answer.json["scimType"]) == (400, "invalidValue"), answer.text
    assert named in answer.json["detail"]


def test_long_values_in_plain_letters_are_stored_and_found(portal: PortalUnderTest) -> None:
    long = "x" * 1000
    mail = rare(1000)
    portal.scim("POST", "/Users", a_user("ann@x.example", externalId=long, emails=[{"value": mail, "type": "work"}]))
    for query in (f'externalId eq "{long}"', f'emails.value eq "{mail}"', f'emails[value eq "{mail}"]'):
        assert portal.scim("GET", "/Users", query_string={"filter": query}).json["totalResults"] == 1
    almost = mail[:-1] + "x"
    assert (
        portal.scim("GET", "/Users", query_string={"filter": f'emails.value eq "{almost}"'}).json["totalResults"] == 0
    )
