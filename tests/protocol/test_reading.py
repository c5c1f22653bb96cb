"""The strict JSON reader refuses what other readers let through."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import reading, resource
from scim_portal.protocol.errors import InvalidSyntax, InvalidValue


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"[]",
        b'"x"',
        b"null",
        b"{",
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        '{"a":"b"}'.encode("utf-16"),
        b'{"a":"raw\x01"}',
        b'{"a":1} x',
        b'{"a":' * 21 + b"1" + b"}" * 21,
        b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
def test_what_is_not_a_plain_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSyntax) as caught:
        reading.loads(body)
    assert caught.value.detail.endswith(".")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"userName":"a","userName":"b"}', "userName"),
        (b'{"userName":"a","USERNAME":"b"}', "USERNAME"),
        (b'{"name":{"givenName":"a","givenname":"b"}}', "givenname"),
        (b'{"emails":[{"value":"a","x":1,"Value":"b"}]}', "Value"),
    ],
)
def test_a_name_given_twice_is_refused_by_name(body: bytes, name: str) -> None:
    with pytest.raises(InvalidSyntax, match=f"'{name}' appears twice"):
        reading.loads(body)


@pytest.mark.parametrize("escape", ["\\u0000", "\\u001f", "\\b", "\\f", "\\u0008"])
def test_a_control_character_is_refused_with_the_attribute(escape: str) -> None:
    with pytest.raises(InvalidValue, match=r"emails\[0\].value") as caught:
        reading.loads(f'{{"emails":[{{"value":"a{escape}"}}]}}'.encode())
    assert caught.value.attribute == "emails[0].value"


def test_a_control_character_in_a_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"U\+0000"):
        reading.loads(b'{"a":[1,{"b\\u0000":1}]}')


def test_tabs_and_line_breaks_are_kept() -> None:
    assert reading.loads(b'{"a":"x\\t\\n\\r\\u0009y \\\\b"}') == {"a": "x\t\n\r\ty \\b"}


def test_a_byte_order_mark_is_tolerated() -> None:
    assert reading.loads(b'\xef\xbb\xbf{"a":1}') == {"a": 1}


def test_twenty_levels_are_read() -> None:
    assert reading.loads(b'{"a":' * 20 + b"1" + b"}" * 20)
    with pytest.raises(InvalidSyntax, match="deeper than 20"):
        reading.loads(b'{"a":[' * 11 + b"]}" * 11)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(InvalidSyntax, InvalidValue):
        assert isinstance(reading.loads(body), dict)


@given(st.dictionaries(st.sampled_from("abcdef"), st.none() | st.booleans() | st.integers(-(2**53), 2**53), max_size=5))
def test_what_was_written_is_read_back(document: dict[str, object]) -> None:
    assert reading.loads(resource.dumps(document)) == document
