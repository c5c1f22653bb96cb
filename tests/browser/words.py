"""The words of a page in one language, found by their English as the sources have it.

A text that no page says is a mistake of the test, in English as in any other language: it fails at once instead of waiting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from scim_portal.translations import catalogs

IN_EACH_LANGUAGE = pytest.mark.parametrize(
    ("language", "database"), [("en", "sqlite"), ("de", "postgresql")], indirect=["database"], scope="session"
)  # each language and each database once: what a page says does not hang on where it is stored


@dataclass(frozen=True)
class Words:
    """What pages say in a language."""

    language: str = "en"

    def one(self, text: str, context: str | None = None, **values: Any) -> str:
        """Give a text as `_()` does on a page."""
        message = _found(text, context)
        said = text if self.language == "en" else message.string
        return _filled(str(said), values)

    def counted(self, one: str, many: str, number: int, **values: Any) -> str:
        """Give a text as `ngettext()` does; English and German have the same two forms."""
        message = _found(one, None)
        assert message.pluralizable, f"“{one}” has no plural"
        forms = (one, many) if self.language == "en" else message.string
        return _filled(forms[number != 1], {"num": number} | values)

    def told(self, template: str, **values: Any) -> str:
        """Give a sentence of a service, such as a reason, as a page tells it."""
        return self.one(template).format(**values)


def _filled(text: str, values: dict[str, Any]) -> str:
    return text % values if values or "%%" in text else text


def _found(text: str, context: str | None) -> Message:
    message = _catalog().get(text, context)
    assert message is not None, f"no page says “{text}”"
    assert all(message.string), f"“{text}” is not translated"
    return message


@cache
def _catalog() -> Catalog:
    return catalogs.stored("de")  # it has every text there is, with its English
