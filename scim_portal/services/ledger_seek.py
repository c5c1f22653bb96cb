"""Which ledger entry of a type was the last one at some moments in the past: found by number, without reading the ledger.

Entries of a type are numbered without gaps and have an index by number, so all moments are looked for at once by halving,
or rather by cutting into as many parts as one statement may ask for: four statements serve a million entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import SeatEntry

PROBES = 1000
_ENTRY = SeatEntry.__table__.c
_AT = select(_ENTRY.number, _ENTRY.at).where(
    _ENTRY.portal_id == bindparam("portal"),
    _ENTRY.license_type == bindparam("type"),
    _ENTRY.number.in_(bindparam("numbers", expanding=True)),
)


def last_numbers(ctx: Ctx, key: str, newest: int, moments: Sequence[datetime]) -> list[int]:
    """Give for each moment the number of the type's last entry up to then, 0 before the first; `newest` is the last of all.

    Where clocks of several servers disagree, entries can be out of order by that much; then one of them is taken.
    """
    spans = [(0, newest + 1)] * len(moments)  # the entry at the lower end is not later, the one at the upper end is
    while wide := sorted({span for span in spans if span[1] - span[0] > 1}):
        parts = max(2, PROBES // len(wide))
        numbers = sorted({number for span in wide for number in _cuts(span, parts)})
        rows = db.session.execute(_AT, {"portal": ctx.portal.id, "type": key, "numbers": numbers})
        seen: dict[int, datetime] = {row.number: row.at for row in rows}
        spans = [_narrowed(span, moment, seen, parts) for span, moment in zip(spans, moments, strict=True)]
    return [low for low, _ in spans]


def _cuts(span: tuple[int, int], parts: int) -> list[int]:
    """Choose up to `parts` - 1 numbers strictly inside a span, evenly spread."""
    low, high = span
    parts = min(parts, high - low)
    return [low + (high - low) * part // parts for part in range(1, parts)]


def _narrowed(span: tuple[int, int], moment: datetime, seen: dict[int, datetime], parts: int) -> tuple[int, int]:
    low, high = span
    for number in _cuts(span, parts) if high - low > 1 else ():
        if number not in seen or seen[number] > moment:
            return low, number
        low = number
    return low, high
