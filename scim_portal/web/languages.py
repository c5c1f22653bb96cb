"""Which language a page speaks: that of whoever looks at it, as far as there is a translation.

Texts of pages go through `_()`; programs (SCIM, the admin API, the command line, logs) are always answered in English.
"""

from __future__ import annotations

from flask import Flask, request
from flask_babel import Babel

LANGUAGES = {"en": "English", "de": "Deutsch"}


def install(app: Flask) -> None:
    """Give templates `_()` and `ngettext()`, and find translations below `scim_portal/translations`."""
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_DEFAULT_TIMEZONE="UTC")
    Babel(app, locale_selector=chosen)


def chosen() -> str:
    """Choose among the languages there are by what the browser prefers."""
    return request.accept_languages.best_match(LANGUAGES) or "en"
