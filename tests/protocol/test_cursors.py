"""A cursor is good for its query, unchanged, for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scim_portal.protocol import cursors
from scim_portal.protocol.cursors import Key, Place
from scim_portal.protocol.errors import ExpiredCursor, InvalidCursor

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUERY = ["portal", "User", 'title eq "x"', None]


@pytest.mark.parametrize("key", ["ann", "Straße 😀", "", None, True, 4.5])
@pytest.mark.parametrize("backward", [True, False])
def test_a_place_comes_back_from_url_safe_text(key: Key, backward: bool) -> None:
    place = Place(key, "0199", 25, backward)
    text = cursors.write("secret", QUERY, place, NOW)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    assert cursors.read("secret", QUERY, text, NOW + timedelta(seconds=3600)) == place


def test_an_old_cursor_has_expired() -> None:
    text = cursors.write("secret", QUERY, Place(None, "1", 10), NOW)
    with pytest.raises(ExpiredCursor):
        cursors.read("secret", QUERY, text, NOW + timedelta(seconds=3601))


def test_a_cursor_of_another_query_portal_or_server_is_invalid() -> None:
    text = cursors.write("secret", QUERY, Place(None, "1", 10), NOW)
    for secret, query in (("secret", ["other", *QUERY[1:]]), ("secret", [*QUERY[:3], "title"]), ("other", QUERY)):
        with pytest.raises(InvalidCursor):
            cursors.read(secret, query, text, NOW)


@pytest.mark.parametrize(
    "change", [lambda one: one[:-1], lambda one: "x" + one, lambda _: "x", lambda _: "ä", lambda one: one * 99]
)
def test_a_changed_cursor_is_invalid(change: object) -> None:
    text = cursors.write("secret", QUERY, Place("k" * 20, "1", 10), NOW)
    with pytest.raises(InvalidCursor):
        cursors.read("secret", QUERY, change(text), NOW)  # type: ignore[operator]
