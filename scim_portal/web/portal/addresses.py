"""Lists keep their state in the address: links that set one filter, go to the next page, or back to the first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from scim_portal.services.pages import Page
from scim_portal.web.portal import wording
from scim_portal.web.portal.form_values import as_day, as_end_of_day

PLACE = "cursor"
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that one click sets, or takes away when it is on."""

    label: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Select:
    """A filter with many values, chosen from a list."""

    name: str
    label: str
    options: Options

    @property
    def chosen(self) -> str | None:
        """Give the value that the address has."""
        return argument(self.name)

    @property
    def told(self) -> str | None:
        """Say what is chosen; None where nothing is."""
        if self.chosen is None:
            return None
        return f"{self.label}: {dict(self.options).get(self.chosen, self.chosen)}"


def argument(name: str) -> str | None:
    """Read one parameter of the address; blank is None."""
    return clean(request.args.get(name, ""))


def clean(text: str) -> str | None:
    """Give a text without outer blanks, None for nothing; a NUL, which PostgreSQL takes in no text, is U+FFFD."""
    return text.replace("\0", "\ufffd").strip() or None


def arguments() -> dict[str, str]:
    """Give the parameters that say what a list shows, without the place in it."""
    return {name: value for name, value in request.args.items() if value and name != PLACE}


def with_arguments(endpoint: str | None = None, **changes: str | None) -> str:
    """Give this address, or that of another endpoint, with some parameters changed, back on its first page."""
    values: dict[str, Any] = {**arguments(), **changes}
    parts = {**(request.view_args or {}), **{name: value for name, value in values.items() if value is not None}}
    return url_for(endpoint or str(request.endpoint), **parts)


def chip(label: str, name: str, value: str) -> Chip:
    """Make a chip for one value of a parameter."""
    on = argument(name) == value
    return Chip(label, with_arguments(**{name: None if on else value}), on)


def applied(selects: Iterable[Select], *dates: str) -> list[Chip]:
    """Make a chip for each filter that is on and that no chip of its own shows, so that one click takes it away."""
    found = [Chip(one.told, with_arguments(**{one.name: None}), True) for one in selects if one.told]
    labels = {"from": _("From"), "to": _("To")}
    return found + [
        Chip(f"{labels.get(name, name)} {value}", with_arguments(**{name: None}), True)
        for name in dates
        if (value := argument(name))
    ]


def period() -> tuple[datetime | None, datetime | None]:
    """Read the days `from` and `to`, the last one included, as instants. Raises `Invalid`."""
    return as_day("from", argument("from")), as_end_of_day("to", argument("to"))


def one_of(name: str, options: Iterable[str], default: str) -> str:
    """Read a parameter that has few values; another one counts as the default."""
    value = argument(name)
    return value if value in set(options) else default


def totaled(page: Page, count: Callable[[], tuple[int | None, bool]]) -> Page:
    """Give a page with its total, which is counted only where the page is not all there is."""
    if page.next is None and argument(PLACE) is None:
        return replace(page, total=len(page.items))
    total, is_more = count()
    return replace(page, total=total, is_more=is_more)


def paging(page: Page, noun: str) -> dict[str, Any]:
    """Give the pager of a list: what is shown, and where the other pages are."""
    shown = f"{len(page.items):,}"
    if page.total is None:
        text = f"{shown} {noun}"
    elif page.is_more:
        text = _("%(shown)s of more than %(total)s %(noun)s", shown=shown, total=f"{page.total:,}", noun=noun)
    else:
        text = _("%(shown)s of %(total)s %(noun)s", shown=shown, total=f"{page.total:,}", noun=noun)
    if page.seen_to is not None:
        text += ". " + _("Looked through back to %(day)s", day=wording.day(page.seen_to))
    return {
        "count_text": text,
        "next_url": with_arguments(cursor=page.next) if page.next else None,
        "next_label": _("Look further back") if page.seen_to is not None else _("Next page"),
        "first_url": with_arguments() if argument(PLACE) else None,
    }
