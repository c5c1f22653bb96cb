"""Which language a page speaks: the one its admin chose, or else the browser's, as far as there is a translation.

Texts of pages go through `_()`; programs (SCIM, the admin API, the command line, logs) are always answered in English.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel import dates, numbers
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, get_locale

from scim_portal.translations import LANGUAGES
from scim_portal.web import telling, tenancy

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
OF_PROGRAMS = ("/scim/", "/api/")


def install(app: Flask) -> None:
    """Give templates `_()`, `ngettext()` and the filters `told`, `number` and `money`; translations are beside `LANGUAGES`."""
    app.config.update(BABEL_DEFAULT_LOCALE="en", BABEL_DEFAULT_TIMEZONE="UTC")
    Babel(app, locale_selector=chosen)
    app.context_processor(lambda: {"language": current(), "languages": LANGUAGES})
    app.add_template_filter(telling.told, "told")
    app.add_template_filter(number, "number")
    app.add_template_filter(money, "money")


def chosen() -> str:
    """Choose among the languages there are: the admin's own, that of the switch on the sign-in sheet, the browser's."""
    if not has_request_context() or request.path.startswith(OF_PROGRAMS):
        return "en"
    wanted = g.get("language") or request.cookies.get(COOKIE)
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def current() -> str:
    """Give the language of this request."""
    return str(get_locale() or "en")


def remember(response: Response, language: str) -> Response:
    """Keep in the browser which language was switched to; an unknown one is forgotten."""
    secure = tenancy.settings().secure_cookies
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, COOKIE_SECONDS, secure=secure, httponly=True, samesite="Lax", path="/")
    else:
        response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True)
    return response


def day(when: date) -> str:
    """Write a date as the language does, with its month in letters, such as 6 Dec 2026."""
    return dated(when, "d MMM y", "yMMMd")


def dated(when: date, english: str, skeleton: str) -> str:
    """Write a date or an instant: in English by a pattern, otherwise as the language puts the parts of a skeleton."""
    locale = get_locale() or "en"
    if str(locale) == "en":
        return dates.format_datetime(when, english, locale=locale)
    return dates.format_skeleton(skeleton, when, locale=locale)


def number(value: float | Decimal) -> str:
    """Write a number as the language does, such as 1,234 or 1.234."""
    return numbers.format_decimal(value, locale=get_locale() or "en")


def money(amount: Decimal, currency: str | None) -> str:
    """Write an amount with its cents, and its currency after it if there is one, such as 1,234.50 EUR."""
    written = numbers.format_decimal(amount, format="#,##0.00", locale=get_locale() or "en")
    return f"{written} {currency or ''}".strip()
