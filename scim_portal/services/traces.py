"""What gives a person away in a text, and the pseudonym that takes its place.

Pure. Whole words only: somebody called Al is not in “also”. What an organization says about many, such as a department or a
title, gives nobody away by itself. Which rows hold such texts is known where those rows are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from scim_portal.protocol.definitions import ENTERPRISE_URN

GONE = "(erased)"
SHORTEST = 3
_SINGLE = ("userName", "externalId", "displayName", "nickName", "profileUrl")
_LISTED = ("emails", "phoneNumbers", "ims", "photos", "addresses")
_OF_ONE = ("value", "display", "formatted", "streetAddress")
_NOTHING = "(?!)"
_PARTS = ("givenName", "familyName", "middleName")


@dataclass(frozen=True, slots=True)
class Traces:
    """How to find one person in texts, and what to write there instead."""

    pseudonym: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, content: dict[str, Any], pseudonym: str, *, names: Iterable[str] = ()) -> Traces:
        """Gather what a SCIM user says of a person; `names` are other user names the person had."""
        plain = (*_identifiers(content), *names)
        # Parts of a name are words of a language, too: “Will” goes, “will” stays.
        parts = (content.get("name", {}).get(part) for part in _PARTS)
        return cls(pseudonym, re.compile(rf"(?<!\w)(?:(?i:{_any(plain)})|{_any(parts)})(?!\w)"))

    def covered(self, text: str) -> str:
        """Write the pseudonym wherever a text gives the person away."""
        return self.pattern.sub(self.pseudonym, text)

    def covered_in(self, value: Any) -> Any:
        """Do the same in every text of a JSON value."""
        if isinstance(value, dict):
            return {name: self.covered_in(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.covered_in(one) for one in value]
        return self.covered(value) if isinstance(value, str) else value

    def shows(self, text: str) -> bool:
        """Tell whether a text gives the person away."""
        return self.pattern.search(text) is not None


def _identifiers(content: dict[str, Any]) -> Iterator[Any]:
    yield from (content.get(name) for name in _SINGLE)
    yield content.get("name", {}).get("formatted")
    for name in _LISTED:
        yield from (one.get(part) for one in content.get(name, ()) for part in _OF_ONE)
    yield content.get(ENTERPRISE_URN, {}).get("employeeNumber")


def _any(words: Iterable[Any]) -> str:
    """Match any of some words, as they are or as JSON writes them, the longest first; what is too short says nothing."""
    texts = {word.strip() for word in words if isinstance(word, str) and len(word.strip()) >= SHORTEST}
    texts |= {orjson.dumps(text).decode()[1:-1] for text in texts}
    return "|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text))) or _NOTHING
