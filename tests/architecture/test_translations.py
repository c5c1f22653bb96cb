"""Every text of the sources is translated into every language, and nothing else is; found by reading the sources."""

from __future__ import annotations

import ast
import re
import string
from functools import cache

import pytest
from babel.messages.catalog import Catalog

from scim_portal.translations import LANGUAGES, catalogs
from tests.architecture.sources import files

NAMED = re.compile(r"%\((\w+)\)")
stored = cache(catalogs.stored)
extracted = cache(catalogs.extracted)


def texts(message_part: object) -> tuple[str, ...]:
    return tuple(message_part) if isinstance(message_part, (list, tuple)) else (str(message_part),)


def ids(catalog: Catalog) -> set[str]:
    return {texts(message.id)[0] for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    in_braces = set() if NAMED.search(text) else {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return set(NAMED.findall(text)) | in_braces


def test_every_language_but_english_has_a_catalog() -> None:
    found = {path.parent.parent.name for path in catalogs.HERE.glob("*/LC_MESSAGES/messages.po")}
    assert found == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_the_catalog_has_the_texts_of_the_sources_and_no_others(language: str) -> None:
    known, wanted = ids(stored(language)), ids(extracted())
    assert not wanted - known, "run make words, then translate"
    assert not known - wanted, "run make words"
    assert not stored(language).obsolete


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    assert [message.id for message in catalogs.untranslated(stored(language))] == []


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language: str) -> None:
    for message in stored(language):
        for translated in texts(message.string) if message.id else ():
            wanted = placeholders(texts(message.id)[-1])
            assert placeholders(translated) == wanted, message.id


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_spaces_at_the_ends_are_kept(language: str) -> None:
    for message in stored(language):
        for id, translated in zip(texts(message.id), texts(message.string), strict=True) if message.id else ():
            assert (id[0] == " ", id[-1] == " ") == (translated[0] == " ", translated[-1] == " "), id


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_the_compiled_catalog_is_that_of_the_texts(language: str) -> None:
    assert catalogs.path(language).with_suffix(".mo").read_bytes() == catalogs.compiled(stored(language)), (
        "run make words"
    )


def test_no_text_is_hidden_in_an_f_string() -> None:
    """What is written inside the braces of an f-string is not found when the catalogs are gathered."""
    hidden = re.compile(r"""\{_l?\(|(?<!\w)(?:_l?|say|template)\(f["']""")
    for path in files(".py", below=("scim_portal", "rules")):
        assert not hidden.search(path.read_text()), path


def test_no_refusal_that_an_admin_can_meet_is_an_f_string() -> None:
    """It would reach every page in English: such a sentence is made by `say`."""
    refusals = {"Invalid", "Conflict", "NotFound", "StaleVersion"}
    for path in files(".py", below=("scim_portal/services", "scim_portal/web/portal")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in refusals:
                assert not (node.args and isinstance(node.args[0], ast.JoinedStr)), f"{path}:{node.lineno}"
