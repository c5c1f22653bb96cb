"""A list as a CSV file: all rows that the filters of its address let through, sent while they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, stream_with_context

from scim_portal.context import Ctx
from scim_portal.services import list_exports
from scim_portal.web.portal import addresses, door

Rows = Callable[[Ctx], Iterator[dict[str, Any]]]


def answer(name: str, columns: tuple[str, ...], rows: Rows) -> Response:
    """Answer with a file; that it was taken is written down first."""
    filters = addresses.arguments()
    door.change(lambda ctx: list_exports.note(ctx, name, filters))
    pieces = list_exports.csv(rows(door.context()), columns)
    response = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
