"""Contract lines laid out on a timeline: where each bar begins and ends, in per cent, for the server to draw as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scim_portal.services import contract_outlook
from scim_portal.services.capacity_history import Term
from scim_portal.web.portal import contract_words, dates

YEAR = timedelta(days=365)
LONGEST = 6 * YEAR
MARGIN = timedelta(days=45)
MOST_MARKS = 6
ROW, TOP = 26, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A line's bar: `x` and `width` in per cent, `y` in pixels; `state` is past, present or future."""

    x: float
    width: float
    y: int
    state: str
    label: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing; `gaps` are times without capacity, `marks` the dates below."""

    height: int
    today: float
    bars: list[Bar]
    gaps: list[tuple[float, float]]
    marks: list[tuple[float, str]]


def of(lines: Sequence[Term], now: datetime) -> Timeline:
    """Lay lines out around today."""
    start, end = _window(lines, now)

    def place(moment: datetime | None, otherwise: datetime) -> float:
        inside = min(max(moment or otherwise, start), end)
        return round(100 * (inside - start) / (end - start), 2)

    bars = []
    for number, line in enumerate(lines):
        left, right = place(line.starts_at, start), place(line.ends_at, end)
        bars.append(
            Bar(left, max(0.4, right - left), TOP + number * ROW, _state(line, now), contract_words.amount(line.quantity),
                line.ends_at is None or line.ends_at > end)
        )  # fmt: skip
    found = [(place(since, start), place(until, end)) for since, until in _gaps(lines, now, end)]
    gaps = [(left, round(right - left, 2)) for left, right in found if right > left]
    return Timeline(TOP + len(lines) * ROW + 26, place(now, now), bars, gaps, _marks(start, end))


def _window(lines: Sequence[Term], now: datetime) -> tuple[datetime, datetime]:
    turns = [turn for line in lines for turn in (line.starts_at, line.ends_at) if turn]
    start, end = max(min([*turns, now]), now - LONGEST / 2), min(max([*turns, now + YEAR]), now + LONGEST)
    return start - MARGIN, end + MARGIN


def _gaps(lines: Sequence[Term], now: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Take the gaps between lines, and what follows when the last one ends."""
    found = contract_outlook.gaps(lines)
    ends = [line.ends_at for line in lines if line.ends_at]
    if lines and len(ends) == len(lines) and max(ends) < end:
        found.append((max(ends), end))
    return found


def _state(line: Term, now: datetime) -> str:
    if line.ends_at is not None and line.ends_at <= now:
        return "past"
    return "present" if line.counts(now) else "future"


def _marks(start: datetime, end: datetime) -> list[tuple[float, str]]:
    """Choose the first days of some months, evenly, no more than fit on a phone."""
    months = [(start.year * 12 + start.month + number) for number in range(1, int((end - start).days / 28) + 2)]
    step = next(one for one in (1, 2, 3, 6, 12, 24, 36) if len(months) / one <= MOST_MARKS or one == 36)
    days = [datetime(month // 12, month % 12 + 1, 1, tzinfo=start.tzinfo) for month in months if month % step == 0]
    length = end - start
    return [(place, dates.in_month(day)) for day in days if 3 < (place := round(100 * (day - start) / length, 2)) < 95]
