"""Lists keep their state in the address: links that set one filter, go to the next page, or back to the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from scim_portal.services.people import Page


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that one click sets, or takes away when it is on."""

    label: str
    url: str
    on: bool


def argument(name: str) -> str | None:
    """Read one parameter of the address; blank is None."""
    return request.args.get(name, "").strip() or None


def with_arguments(**changes: str | None) -> str:
    """Give this address with some parameters changed, back on its first page."""
    kept = {name: value for name, value in request.args.items() if value and name != "cursor"}
    values: dict[str, Any] = {**kept, **changes}
    return url_for(
        str(request.endpoint), **(request.view_args or {}), **{k: v for k, v in values.items() if v is not None}
    )


def chip(label: str, name: str, value: str) -> Chip:
    """Make a chip for one value of a parameter."""
    on = argument(name) == value
    return Chip(label, with_arguments(**{name: None if on else value}), on)


def paging(page: Page, noun: str) -> dict[str, Any]:
    """Give the pager of a list: what is shown, and where the other pages are."""
    shown = len(page.items)
    text = f"{shown:,} {noun}" if page.total is None else f"{shown:,} of {page.total:,} {noun}"
    return {
        "count_text": text,
        "next_url": with_arguments(cursor=page.next) if page.next else None,
        "first_url": with_arguments() if argument("cursor") else None,
    }
