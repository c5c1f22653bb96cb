"""What is left of a body in the log: everything but its secrets."""

from __future__ import annotations

import string
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.services import redaction

BLACK = redaction.BLACK
SECRET = st.text(string.ascii_letters + string.digits + "-_.~+/!#$%", min_size=6, max_size=30).map(
    lambda text: f"Zq{text}"
)
NAMES = st.sampled_from(["userName", "title", "emails", "value", "urn:x:y:User", "Operations", "path", "op"])
SECRET_NAMES = st.sampled_from(
    ["password", "PassWord", "new_password", "clientSecret", "api-key", "apiKey", "access_token", "Authorization",
     "urn:ietf:params:scim:schemas:core:2.0:User:password", "credentials", "x.passwd", "private key"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def hidings(secret: str, name: str) -> list[Any]:
    """Every way in which clients are known to carry a secret."""
    return [
        {name: secret}, {name: [secret]}, {name: {"value": secret}}, {name: [{"deep": [secret]}]},
        {"op": "replace", "path": name, "value": secret}, {"op": "add", "Path": f"{name}.value", "Value": {"x": secret}},
        {"name": name, "value": secret}, {"type": name, "display": secret}, f'{name} eq "{secret}"',
        f"Bearer {secret}", f"bearer  {secret}", f"Basic {secret}", f"scimp_{secret}", f"see scimk_{secret} there",
        f'{{"{name}": "{secret}"}}', f"{name}={secret}", {f"scimp_{secret}": 1}, f"{name}: Bearer {secret}",
        f'{name}[type eq "a]b" and value eq "{secret}"].x' ,
    ]  # fmt: skip


@given(JSON, SECRET, SECRET_NAMES, st.data())
def test_a_planted_secret_never_appears(around: Any, secret: str, name: str, data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from(hidings(secret, name)))
    for body in ({"first": around, "x": hidden}, {"list": [around, hidden]}, hidden, {"in": {"in": {"in": hidden}}}):
        written = redaction.body(orjson.dumps(body)) or ""
        assert secret not in written
        assert BLACK in written
    if isinstance(hidden, str):
        assert secret not in redaction.words(f"filter={hidden}&count=1")


@given(JSON)
def test_what_is_no_secret_stays(body: Any) -> None:
    assert redaction.value(body) == body


@pytest.mark.parametrize(
    "sentence",
    [
        "The token expired on 2026-11-21 at 10:00 UTC. Regenerate it in the portal under Provisioning.",
        "No token was sent. Put it into the Authorization header as: Bearer <token>.",
        "The token is not known here. Check that it was copied whole, or issue a new one in the portal.",
        "This token may not do that: it lacks the scope scim:user:delete.",
    ],
)
def test_sentences_of_ours_stay_readable(sentence: str) -> None:
    assert redaction.sentence(sentence) == sentence


def test_a_secret_quoted_in_a_sentence_goes() -> None:
    assert redaction.sentence('bad: password eq "hunter2 x" near 3') == f"bad: password eq {BLACK} near 3"
    assert redaction.sentence("scimp_abc.def was sent") == f"{BLACK} was sent"


def test_ordinary_bodies_stay_as_they_are() -> None:
    body = {"userName": "ann@x", "emails": [{"type": "work", "value": "ann@x"}], "active": True, "password": None}
    assert redaction.body(orjson.dumps(body)) == orjson.dumps(body).decode()
    assert redaction.body(b"\xef\xbb\xbf{}") == "{}"


@pytest.mark.parametrize("raw", [b"", b"  \n"])
def test_no_body_is_nothing(raw: bytes) -> None:
    assert redaction.body(raw) is None


def test_what_is_not_json_is_not_kept() -> None:
    assert redaction.body(b'{"password": "hunter2",}') == "(24 bytes that are not JSON; not kept)"


def test_what_is_nested_too_deeply_is_left_out() -> None:
    written = redaction.body(b'{"a":' * 900 + b'{"password":"hunter2"}' + b"}" * 900)
    assert written is not None
    assert "…" in written
    assert "hunter2" not in written


def test_long_bodies_are_cut_with_a_note_after_blacking_out() -> None:
    written = redaction.body(orjson.dumps({"title": "ä" * 40_000, "password": "hunter2"}))
    assert written is not None
    assert written.endswith(" … (cut; 80,035 bytes in all)")
    assert len(written.encode()) < redaction.LONGEST + 50
