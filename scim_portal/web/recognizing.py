"""Recognizing from which template an English text was made, for texts that were stored, or crossed a cookie, as plain text.

Takes time in proportion to the text: the fixed parts of a template are looked for one after the other, each from where the
last one ended. Of several templates that fit, the one with the longest fixed parts is taken.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from scim_portal.protocol.sentences import Sentence

LONGEST = 2_000
LEAST_WEIGHT = 10


class Recognizer:
    """Knows the templates of whole sentences; parts of sentences would be found in anything."""

    def __init__(self, templates: Iterable[str]) -> None:
        parsed = [_Template(one) for one in templates if "{" in one and not one[0].islower()]
        whole = [one for one in parsed if one.fields and one.weight >= LEAST_WEIGHT]
        self._templates = sorted(whole, key=lambda one: (-one.weight, one.text))

    def recognize(self, text: str) -> Sentence | None:
        """Give a text back as the sentence it was; None when no template fits."""
        if len(text) > LONGEST:
            return None
        for one in self._templates:
            values = one.values(text)
            if values is not None and (found := Sentence(one.text, values)) == text:
                return found
        return None


class _Template:
    def __init__(self, text: str) -> None:
        self.text = text
        self.literals: list[str] = []
        self.fields: list[tuple[str, str, str | None]] = []
        pending = ""
        for literal, name, spec, conversion in string.Formatter().parse(text):
            pending += literal
            if name is not None:
                self.literals.append(pending)
                self.fields.append((name, spec or "", conversion))
                pending = ""
        self.literals.append(pending)
        self.weight = sum(map(len, self.literals))

    def values(self, text: str) -> dict[str, Any] | None:
        first, last = self.literals[0], self.literals[-1]
        if not text.startswith(first) or not text.endswith(last):
            return None
        end, place = len(text) - len(last), len(first)
        found: dict[str, Any] = {}
        for field, literal in zip(self.fields, [*self.literals[1:-1], None], strict=True):
            upto = end if literal is None else text.find(literal, place + 1, end)
            if upto <= place:
                return None
            try:
                found[field[0]] = _value(text[place:upto], *field[1:])
            except ValueError:
                return None
            place = upto + len(literal or "")
        return found


def _value(text: str, spec: str, conversion: str | None) -> Any:
    """Read a value as it was before it was written. Raises `ValueError`."""
    if spec == ",":
        return int(text.replace(",", ""))
    if spec.startswith("%"):
        return datetime.strptime(text, spec.replace("%-d", "%d"))  # noqa: DTZ007 - a day, read only to be written again
    if conversion == "r" and len(text) > 1 and text[0] == text[-1] in "'\"":
        return text[1:-1]
    return text
