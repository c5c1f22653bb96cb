"""What a body may look like once it is written down: secrets blacked out, and no longer than anybody reads.

Pure. Rather too much is blacked out than too little: what is not JSON cannot be understood, so nothing is kept of it.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

BLACK = "•••"
LONGEST = 64 * 1024
DEEPEST = 30
_SECRET = re.compile(r"passw|passphrase|pwd|secret|token|authorization|credential|apikey|privatekey", re.IGNORECASE)
_NOISE = re.compile(r"[^0-9A-Za-z]")
_NAMING = frozenset({"path", "name", "key", "attribute", "field", "type", "id"})
_WORDS = r"passw|passphrase|pwd|secret|token|authorization|credential|api[\W_]?key|private[\W_]?key"
# Lengths are bounded, so that a text made of nothing but such words is read in linear time.
_SAID = re.compile(
    rf"""((?:{_WORDS})[\w.:\-\]]{{0,64}}[\\"']{{0,8}}\s{{0,8}}(?:\b(?:eq|ne|co|sw|ew|gt|ge|lt|le)\b|[=:])[\s\\]{{0,16}})
         (?:(?:bearer|basic)\s{{1,8}})?(?:"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s&,;}}\]]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_CHOSEN = re.compile(rf"""((?:{_WORDS})[\w.:\-]{{0,64}}\s{{0,8}}\[)(?:"(?:\\.|[^"\\])*"?|[^\]"])+""", re.IGNORECASE)
_OURS = re.compile(r"scim[pk]_\S+", re.IGNORECASE)
_SCHEMES = re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE)


def body(raw: bytes) -> str | None:
    """Write a body down as compact JSON without its secrets, cut to 64 kB with a note; None for no body at all."""
    if not raw.strip():
        return None
    try:
        document = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return f"({len(raw):,} bytes that are not JSON; not kept)"
    return cut(orjson.dumps(value(document)).decode())


def words(text: str) -> str:
    """Black out what looks like a secret in a text that somebody sent: a value, a filter, a query string."""
    return _SCHEMES.sub(rf"\1 {BLACK}", sentence(text))


def sentence(text: str) -> str:
    """Black out what a sentence of ours may quote of a secret."""
    return _OURS.sub(BLACK, _SAID.sub(rf"\1{BLACK}", _CHOSEN.sub(rf"\1{BLACK}", text)))


def value(given: Any, depth: int = 0) -> Any:
    """Black out the secrets in a JSON value, names of members included; what is nested too deeply is left out."""
    if depth > DEEPEST:
        return "…"
    if isinstance(given, dict):
        named = _names_a_secret(given)
        return {words(name): _member(name, one, named, depth) for name, one in given.items()}
    if isinstance(given, list):
        return [value(one, depth + 1) for one in given]
    return words(given) if isinstance(given, str) else given


def cut(text: str) -> str:
    """Cut a text to 64 kB of UTF-8, and say so."""
    encoded = text.encode()
    if len(encoded) <= LONGEST:
        return text
    return f"{encoded[:LONGEST].decode(errors='ignore')} … (cut; {len(encoded):,} bytes in all)"


def _member(name: str, given: Any, named: bool, depth: int) -> Any:
    hidden = _is_secret(name) or (named and name.lower() not in _NAMING and name.lower() != "op")
    if hidden and given is not None:
        return BLACK
    return value(given, depth + 1)


def _names_a_secret(given: dict[str, Any]) -> bool:
    """Tell whether an object says by one member what the others hold, as `{"path": "password", "value": "x"}` does."""
    labels = (one for name, one in given.items() if name.lower() in _NAMING)
    return any(isinstance(one, str) and _is_secret(one) for one in labels)


def _is_secret(name: str) -> bool:
    return _SECRET.search(_NOISE.sub("", name)) is not None
