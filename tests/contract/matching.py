"""Partial matching of JSON: what an expectation in a conversation means.

An object matches when every expected member matches; members nobody asked about are welcome. A list matches element
by element and in length. An object whose only keys begin with `$` is a matcher; an unknown matcher is an error, so a
typing mistake in a conversation can never pass.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

_NOTHING = object()
_TYPES: dict[str, Callable[[Any], bool]] = {
    "integer": lambda found: type(found) is int,
    "number": lambda found: type(found) in (int, float),
    "string": lambda found: isinstance(found, str),
    "boolean": lambda found: isinstance(found, bool),
    "array": lambda found: isinstance(found, list),
    "object": lambda found: isinstance(found, dict),
}
_MATCHERS: dict[str, Callable[[Any, Any], bool]] = {
    "$type": lambda found, kind: _TYPES[kind](found),
    "$absent": lambda found, wanted: (found is _NOTHING) is wanted,
    "$filled": lambda found, wanted: (found is not _NOTHING and found not in (None, "", [], {})) is wanted,
    "$length": lambda found, length: isinstance(found, list) and len(found) == length,
    "$atLeast": lambda found, least: type(found) is int and found >= least,
    "$not": lambda found, other: found is not _NOTHING and found != other,
    "$startsWith": lambda found, start: isinstance(found, str) and found.startswith(start),
    "$endsWith": lambda found, end: isinstance(found, str) and found.endswith(end),
    "$oneOf": lambda found, choices: found in choices,
    "$contains": lambda found, item: isinstance(found, list) and any(not list(differences(item, x)) for x in found),
    "$lacks": lambda found, item: isinstance(found, list) and all(list(differences(item, x)) for x in found),
}


def differences(expected: Any, found: Any, where: str = "$") -> Iterator[str]:
    """Yield a sentence for every place where `found` is not what was expected; nothing when it matches.

    Raises KeyError for a matcher that does not exist.
    """
    if isinstance(expected, dict) and expected and all(key.startswith("$") for key in expected):
        for name, argument in expected.items():
            if not _MATCHERS[name](found, argument):
                yield f"{where}: wanted {name} {json.dumps(argument)}, found {_shown(found)}"
    elif isinstance(expected, dict) and isinstance(found, dict):
        for key, value in expected.items():
            yield from differences(value, found.get(key, _NOTHING), f"{where}.{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for position, value in enumerate(expected):
            yield from differences(value, found[position], f"{where}[{position}]")
    elif type(expected) is not type(found) or expected != found:
        yield f"{where}: wanted {_shown(expected)}, found {_shown(found)}"


def _shown(value: Any) -> str:
    text = "nothing" if value is _NOTHING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "…"
