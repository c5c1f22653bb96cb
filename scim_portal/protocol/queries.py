"""What a client asks of a list: one `Query`, read from URL parameters (RFC 7644 §3.4.2) or a SearchRequest (§3.4.3).

Not here: what filter and order mean (`filters`, `sorting`), and whether a cursor is a good one (`cursors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim_portal.protocol.errors import InvalidSyntax, InvalidValue
from scim_portal.protocol.projection import check_count
from scim_portal.protocol.tolerance import Tolerance

SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LARGEST_PAGE = 200
DEFAULT_PAGE = 100
_MOST_DIGITS = 9
_ORDERS = {"ascending": False, "descending": True}


@dataclass(frozen=True, slots=True)
class Query:
    """A list as it was asked for.

    `count` is None when nothing was said; `cursor` is None for paging by index and empty for the first page by cursor.
    """

    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int = 1
    count: int | None = None
    cursor: str | None = None
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_count(self.attributes, self.excluded)  # also where no resource is found that could be projected

    @property
    def page_size(self) -> int:
        """How many resources an index page may hold: what was asked for, up to the largest page."""
        return DEFAULT_PAGE if self.count is None else min(LARGEST_PAGE, self.count)


def from_parameters(parameters: Mapping[str, str]) -> Query:
    """Read the parameters of a URL; unknown ones are ignored. Raises InvalidValue."""
    return Query(
        filter=parameters.get("filter"),
        sort_by=parameters.get("sortBy", "").strip() or None,
        descending=_descending(parameters.get("sortOrder", "")),
        start_index=_start(_parsed("startIndex", parameters.get("startIndex", ""))),
        count=_count(_parsed("count", parameters.get("count", ""))),
        cursor=parameters.get("cursor"),
        attributes=names(parameters.get("attributes", "")),
        excluded=names(parameters.get("excludedAttributes", "")),
    )


def from_message(payload: dict[str, Any], tolerance: Tolerance) -> Query:
    """Read a SearchRequest; keys in any case, null is absent, unknown keys are ignored.

    Raises InvalidSyntax for a wrong `schemas`, InvalidValue for a value of the wrong type.
    """
    message = {name.lower(): value for name, value in payload.items() if value is not None}
    if not tolerance.loose_schemas:
        _check_schemas(message.get("schemas"))
    return Query(
        filter=_text(message, "filter"),
        sort_by=(_text(message, "sortBy") or "").strip() or None,
        descending=_descending(_text(message, "sortOrder") or ""),
        start_index=_start(_number(message, "startIndex")),
        count=_count(_number(message, "count")),
        cursor=_text(message, "cursor"),
        attributes=_listed(message, "attributes"),
        excluded=_listed(message, "excludedAttributes"),
    )


def names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of attribute names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _start(number: int | None) -> int:
    return 1 if number is None else max(1, number)


def _count(number: int | None) -> int | None:
    return None if number is None else max(0, number)


def _descending(text: str) -> bool:
    order = text.strip().lower() or "ascending"
    if order not in _ORDERS:
        raise InvalidValue("sortOrder must be 'ascending' or 'descending'.", attribute="sortOrder", value=text)
    return _ORDERS[order]


def _parsed(name: str, text: str) -> int | None:
    text = text.strip()
    digits = text.removeprefix("-")
    if not text:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise InvalidValue(f"{name} must be a whole number, not {text[:40]!r}.", attribute=name, value=text)
    return int(text)


def _number(message: dict[str, Any], name: str) -> int | None:
    value = message.get(name.lower())
    if value is not None and (type(value) is not int or abs(value) >= 10**_MOST_DIGITS):
        raise InvalidValue(f"{name} must be a whole number.", attribute=name, value=value)
    return value


def _text(message: dict[str, Any], name: str) -> str | None:
    value = message.get(name.lower())
    if value is not None and not isinstance(value, str):
        raise InvalidValue(f"{name} must be a text.", attribute=name, value=value)
    return value


def _listed(message: dict[str, Any], name: str) -> tuple[str, ...]:
    value = message.get(name.lower(), [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise InvalidValue(f"{name} must be a list of attribute names.", attribute=name, value=value)
    return tuple(one.strip() for one in value if one.strip())


def _check_schemas(schemas: Any) -> None:
    named = schemas if isinstance(schemas, list) else []
    if SEARCH_SCHEMA.lower() not in (one.lower() for one in named if isinstance(one, str)):
        raise InvalidSyntax(f"'schemas' must contain '{SEARCH_SCHEMA}'.", attribute="schemas", value=schemas)
