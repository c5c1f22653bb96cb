"""Sentences that know how they were made: to everybody an English text, to a translator a template and its values.

So whoever finds a fault words it once, in English, and knows of no language and no catalog; SCIM, the admin API and logs get
the text as it is, and a page can say the same in the language of whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """An English text made from a template, written as for `str.format`; values may be sentences themselves."""

    template: str
    values: Mapping[str, Any]

    def __new__(cls, template: str, values: Mapping[str, Any]) -> Sentence:
        """Fill the template."""
        made = super().__new__(cls, template.format_map(values))
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, Mapping[str, Any]]]:
        """Copy with template and values."""
        return Sentence, (self.template, self.values)


def say(template: str, /, **values: Any) -> Sentence:
    """Make a sentence. The template stands here as a literal, since the catalogs are gathered from the sources."""
    return Sentence(template, values)


def template(text: str) -> str:
    """Mark a text for the catalogs where it is only kept, to be said by `Sentence` later."""
    return text
