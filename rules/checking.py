"""Reads untrusted JSON one field at a time and notes every problem with the JSON pointer of its place.

Knows nothing of licenses or rules: what a policy document may say is decided in `policy`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from scim_portal.protocol.sentences import say


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse a document; `path` is a JSON pointer (RFC 6901) such as `/rules/2/condition`."""

    path: str
    message: str


class PolicyError(ValueError):
    """A policy document was refused; `problems` holds every reason found, in document order."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.path or '/'}: {problem.message}" for problem in problems))
        self.problems = problems


def pointer(path: str, key: str | int) -> str:
    """Extend a JSON pointer by one member name or index."""
    return f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"


class Node:
    """One JSON object under inspection; a wrong field is noted, and the reader goes on with the default."""

    def __init__(self, value: object, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.fields: dict[str, Any] = {}
        if isinstance(value, dict):
            self.fields = value
        else:
            self.note("must be an object")

    def note(self, message: str, *keys: str | int) -> None:
        """Record a problem with the field that `keys` lead to; no keys mean the whole object."""
        self.problems.append(Problem(reduce(pointer, keys, self.path), message))

    def only(self, *known: str) -> None:
        """Refuse members whose names are not listed, so that a misspelled option is not lost in silence."""
        for key in self.fields:
            if key not in known:
                self.note("is not known here", key)

    def text(self, key: str, default: str | None = None, *, limit: int = 200) -> str:
        """Read a non-empty string; required when there is no default."""
        value = self.fields.get(key, default)
        if value is None:
            self.note("is required", key)
        elif not isinstance(value, str) or not value.strip():
            self.note("must be a text that is not empty", key)
        elif len(value) > limit:
            self.note(say("must not be longer than {limit} characters", limit=limit), key)
        else:
            return value
        return ""

    def text_or_none(self, key: str) -> str | None:
        """Read a string that may be null or missing."""
        return None if self.fields.get(key) is None else self.text(key)

    def choice(self, key: str, options: Collection[str], default: str) -> str:
        """Read one of the named options."""
        value = self.fields.get(key, default)
        if not isinstance(value, str) or value not in options:
            self.note(say("must be one of {choices}", choices=", ".join(options)), key)
            return default
        return value

    def whole(self, key: str, default: int, highest: int) -> int:
        """Read a whole number from 0 to `highest`."""
        value = self.fields.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= highest:
            self.note(say("must be a whole number from 0 to {highest}", highest=highest), key)
            return default
        return value

    def instant(self, key: str) -> datetime | None:
        """Read an RFC 3339 instant with its offset, as UTC; null or missing is None."""
        value = self.fields.get(key)
        try:
            moment = None if value is None else datetime.fromisoformat(value)
            if moment is None or moment.tzinfo is not None:
                return moment and moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        self.note("must be a date and time with its offset, such as 2026-01-31T09:00:00Z", key)
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of strings; missing is empty."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.note("must be a list of texts", key)
            return ()
        return tuple(value)

    def inner(self, key: str) -> Node:
        """Read an object; missing is empty."""
        return Node(self.fields.get(key, {}), pointer(self.path, key), self.problems)

    def each(self, key: str) -> Iterator[Node]:
        """Read a list of objects; missing is empty."""
        value = self.fields.get(key, [])
        if not isinstance(value, list):
            self.note("must be a list", key)
            return
        path = pointer(self.path, key)
        for index, item in enumerate(value):
            yield Node(item, pointer(path, index), self.problems)
