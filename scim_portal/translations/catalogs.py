"""From sources to catalogs: which texts there are, which are translated, and the compiled form that pages read.

Texts of pages are found by `_()`, those of services by `say()` or as the literal that an error is made with.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scim_portal.config import ROOT
from scim_portal.translations import LANGUAGES

HERE = Path(__file__).parent
TRANSLATED = tuple(one for one in LANGUAGES if one != "en")
Keywords = Mapping[str, tuple[int | tuple[int, str], ...] | None]

PAGES: Keywords = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
SAID: Keywords = {"say": None, "template": None}
ERRORS = ("Invalid", "Conflict", "NotFound", "Unauthorized", "StaleVersion", "TooMany", "Unavailable")
REFUSED: Keywords = SAID | dict.fromkeys(ERRORS)
# Of the protocol only what an admin can meet in a form; the rest is told to identity providers, in English.
PROTOCOL: Keywords = SAID | dict.fromkeys(("InvalidFilter", "InvalidPath", "InvalidSyntax", "InvalidValue"))
SOURCES: tuple[tuple[str, str, Keywords], ...] = (
    ("templates/**/*.html", "jinja2", PAGES),
    ("scim_portal/web/**/*.py", "python", PAGES | REFUSED),
    ("scim_portal/services/*.py", "python", REFUSED),
    ("scim_portal/protocol/filter_*.py", "python", PROTOCOL),
    ("scim_portal/protocol/conversion_*.py", "python", PROTOCOL),
    ("scim_portal/protocol/schema_documents.py", "python", PROTOCOL),
    ("scim_portal/protocol/reading.py", "python", PROTOCOL),
    ("rules/*.py", "python", SAID | {"note": None}),
)
ENGLISH_DOORS = (ROOT / "scim_portal/web/scim", ROOT / "scim_portal/web/api", ROOT / "templates/api")


def path(language: str) -> Path:
    """Give the place of a language's catalog; the compiled one is beside it, ending in .mo."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Gather every text that there is to translate."""
    found = Catalog(charset="utf-8")
    for pattern, method, keywords in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if not any(file.is_relative_to(door) for door in ENGLISH_DOORS):
                place = file.relative_to(ROOT).as_posix()
                for message, context in _texts(method, file, keywords):
                    found.add(message, locations=[(place, None)], context=context)  # type: ignore[list-item]
    return found


def _texts(method: str, file: Path, keywords: Keywords) -> list[tuple[str | tuple[str, ...], str | None]]:
    # Babel complains of every f-string among the arguments, also where it is but the name of a field.
    with contextlib.redirect_stderr(io.StringIO()):
        return [(found[1], found[3]) for found in extract_from_file(method, file, keywords=keywords, comment_tags=())]


def stored(language: str) -> Catalog:
    """Read a language's catalog."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Bring a catalog in line with the sources, and its compiled form with it; gives the catalog."""
    catalog = stored(language)
    catalog.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with path(language).open("wb") as file:
        write_po(file, catalog, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    path(language).with_suffix(".mo").write_bytes(compiled(catalog))
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """Write a catalog in the form that gettext reads."""
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def untranslated(catalog: Catalog) -> Iterator[Message]:
    """List what has no translation, or none that somebody has looked at."""
    for message in catalog:
        texts = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(texts)):
            yield message
