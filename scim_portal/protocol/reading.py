"""Read a request body strictly: JSON as SCIM means it, and nothing that a database or another parser would choke on.

Python's own reader accepts NaN, lone surrogates and repeated names; this one refuses them. Not here: what the
document means.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import orjson

from scim_portal.protocol.errors import InvalidSyntax, InvalidValue
from scim_portal.protocol.sentences import say

MAX_DEPTH = 20
_LONGEST_NAME = 100
_BOM = b"\xef\xbb\xbf"
_CONTROLS = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r")
_CONTROL_SET = frozenset(_CONTROLS)


def loads(body: bytes) -> dict[str, Any]:
    """Read one JSON object in UTF-8, with or without a byte order mark.

    Raises InvalidSyntax for what is not JSON, not an object, nested deeper than 20 levels, or names an attribute twice
    (in any case, RFC 7643 §2.1); InvalidValue for control characters.
    """
    body = body.removeprefix(_BOM)
    if not body.strip():
        raise InvalidSyntax("The request has no body; a JSON object was expected.")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise InvalidSyntax(say("The body is not valid JSON in UTF-8: {problem}.", problem=problem)) from None
    if not isinstance(document, dict):
        raise InvalidSyntax("The body must be a JSON object.")
    # Control characters reach a parsed string only through an escape, so most bodies need no search for them.
    _walk(document, "", 1, b"\\u00" in body or b"\\b" in body or b"\\f" in body)
    json.loads(body, object_pairs_hook=_refuse_repeats)
    return document


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> None:
    names = [name.lower() for name, _ in pairs]
    if len(set(names)) != len(names):
        counts = Counter(names)
        again = next(name for name, _ in reversed(pairs) if counts[name.lower()] > 1)
        raise InvalidSyntax(
            say("The attribute '{again}' appears twice in the same object.", again=again), attribute=again
        )


def _walk(value: Any, path: str, depth: int, search: bool) -> None:
    if depth > MAX_DEPTH:
        raise InvalidSyntax(
            say("The body is nested deeper than {max_depth} levels at '{path}'.", max_depth=MAX_DEPTH, path=path),
            attribute=path,
        )
    if isinstance(value, dict):
        for name, one in value.items():
            if search:
                _refuse_controls(name, path or "the body", "A name in")
            if search or isinstance(one, (dict, list)):
                name = name[:_LONGEST_NAME]  # the path is written anew for everything below
                _walk(one, f"{path}.{name}" if path else name, depth + 1, search)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if search or isinstance(one, (dict, list)):
                _walk(one, f"{path}[{index}]", depth + 1, search)
    elif isinstance(value, str):
        _refuse_controls(value, path, "The value of")


def _refuse_controls(text: str, path: str, what: str) -> None:
    found = _CONTROL_SET.intersection(text)
    if found:
        code = f"U+{ord(min(found)):04X}"
        raise InvalidValue(f"{what} '{path}' contains the control character {code}.", attribute=path)
