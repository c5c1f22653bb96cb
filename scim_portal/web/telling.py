"""Telling in the language of whoever looks what services say in English: sentences just made, and stored ones.

A `Sentence` brings its template. A plain text, such as a line of the ledger, is looked up as it is, and otherwise recognized
as made from one of the templates.
"""

from __future__ import annotations

import string
from datetime import date
from functools import lru_cache
from typing import Any

from babel import dates, numbers
from flask_babel import get_locale, get_translations
from markupsafe import Markup

from scim_portal.protocol.sentences import Sentence
from scim_portal.web.recognizing import Recognizer


def told(text: Any) -> Any:
    """Tell a sentence in the language of this request; what is no sentence of ours, or was told already, stays as it is."""
    locale = get_locale()
    if locale is None or locale.language == "en" or not text or not isinstance(text, str) or isinstance(text, Markup):
        return text
    return _told(text, str(locale))


def _told(text: str, language: str) -> str:
    translations = get_translations()
    sentence = text if isinstance(text, Sentence) else None
    if sentence is None:
        found: str = translations.ugettext(text)
        if found != text or (sentence := _recognizer(translations).recognize(text)) is None:
            return found
    return _Writer(language).vformat(translations.ugettext(sentence.template), (), sentence.values)


@lru_cache(maxsize=8)
def _recognizer(translations: Any) -> Recognizer:
    known = getattr(translations, "_catalog", {})
    return Recognizer(id for id in known if isinstance(id, str))


class _Writer(string.Formatter):
    """Fills a translated template: sentences within are told too, numbers and dates written as the language does."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value."""
        if isinstance(value, Sentence):
            return _told(value, self.language)
        if isinstance(value, date) and "%d" in format_spec.replace("-", ""):
            return dates.format_skeleton("yMMMd", value, locale=self.language)
        if format_spec == "," and isinstance(value, int):
            return numbers.format_decimal(value, locale=self.language)
        return super().format_field(value, format_spec)
