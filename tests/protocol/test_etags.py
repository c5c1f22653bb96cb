"""Entity tags and preconditions."""

from __future__ import annotations

import pytest

from scim_portal.protocol.errors import PreconditionFailed
from scim_portal.protocol.etags import precondition, tag


def test_a_version_becomes_a_weak_tag() -> None:
    assert tag(3) == 'W/"3"'


@pytest.mark.parametrize("header", [None, "*", 'W/"3"', 'w/"3"', '"3"', 'W/"1", W/"3"', ' "1" ,, "3",'])
def test_a_request_for_the_current_version_goes_on(header: str | None) -> None:
    assert precondition(header, None, 3) == "proceed"


@pytest.mark.parametrize(
    ("header", "current"),
    [
        ('W/"2"', 3), ("garbage", 3), ("3", 3), ("*", None), ('W/"33"', 3), ('w/"3"x', 3), ('x, "3"', 3), ('"3', 3),
        ('"1" "3"', 3), ('"1", "2', 1), ('"3" ' + "\t ," * 5000 + "x", 3),
    ],
)  # fmt: skip
def test_a_request_for_another_version_is_refused(header: str, current: int | None) -> None:
    with pytest.raises(PreconditionFailed):
        precondition(header, None, current)


def test_a_reader_with_the_current_version_gets_nothing_new() -> None:
    assert precondition(None, 'W/"3"', 3, reading=True) == "not-modified"
    assert precondition(None, 'W/"2"', 3, reading=True) == "proceed"


def test_a_writer_that_rules_the_version_out_is_refused() -> None:
    with pytest.raises(PreconditionFailed):
        precondition(None, "*", 3)
    assert precondition(None, "*", None) == "proceed"
