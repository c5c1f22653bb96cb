"""Rows as bytes: JSON Lines, and CSV by RFC 4180 in UTF-8 with CRLF, byte-true or safe for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from unicodedata import normalize

import orjson

_DANGEROUS = frozenset("=+-@|%\t\r\n'")
_BOM = b"\xef\xbb\xbf"


def jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Write one JSON object a line."""
    for row in rows:
        yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def csv_lines(rows: Iterable[dict[str, Any]], columns: Sequence[str], *, excel: bool) -> Iterator[bytes]:
    """Write a header and one record a row; `excel` adds the byte order mark and makes formulas harmless, reversibly."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def record(cells: Iterable[str]) -> bytes:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text.encode()

    yield (_BOM if excel else b"") + record(columns)
    for row in rows:
        cells = (_cell(row.get(column)) for column in columns)
        yield record(harmless(cell) for cell in cells) if excel else record(cells)


def harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet might take for a formula; taking one leading apostrophe off undoes it.

    Looks at the first character that is not blank, full-width forms included, and at tabs and line ends before it.
    """
    if not cell:
        return cell
    visible = normalize("NFKC", cell).lstrip()
    first = {cell[0], visible[:1]}
    return f"'{cell}" if first & _DANGEROUS else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
