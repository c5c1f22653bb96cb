"""The chart of a license type's use, as pages show it: a period from the address, its points, and the same told in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from scim_portal.context import Ctx
from scim_portal.services import usage
from scim_portal.services.catalog import Summary
from scim_portal.services.usage import History, Point
from scim_portal.web import languages
from scim_portal.web.portal import dates, zones

PERIODS = {"24h": lazy_gettext("24 hours"), "30d": lazy_gettext("30 days"), "12m": lazy_gettext("12 months")}
USUAL = "30d"
MOMENTS = 48
HALF_HOUR, DAY, WEEK = timedelta(minutes=30), timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Tab:
    """A period to choose."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn from `start` until `end`, and told; `sampling` says at which moments the points are."""

    key: str
    name: str
    period: str
    tabs: list[Tab]
    points: list[Point]
    start: datetime
    end: datetime
    zone: str
    summary: list[str]
    sampling: str


def of(ctx: Ctx, item: Summary, endpoint: str, **values: str) -> Chart:
    """Make the chart of a type for the period that the address asks for; tabs lead to `endpoint` with `values`."""
    period = request.args.get("period", USUAL)
    period = period if period in PERIODS else USUAL
    wanted = moments(period, ctx.now)
    if is_young := ctx.now - item.type.created_at < (ctx.now - wanted[0]) / 5:
        wanted = _since(item.type.created_at, ctx.now)
    found = usage.history(ctx, item, wanted)
    tabs = [
        Tab(str(label), url_for(endpoint, **values, period=key, _anchor="use"), key == period)
        for key, label in PERIODS.items()
    ]
    return Chart(
        item.type.key, item.type.name, period, tabs, found.points, wanted[0], ctx.now, str(zones.local(ctx.now).tzinfo),
        _summary(found, str(PERIODS[period])), _sampling(found, None if is_young else period),
    )  # fmt: skip


def _since(made: datetime, now: datetime) -> list[datetime]:
    """Divide the life of a type that is so young that the whole period would show a mere edge."""
    return [made + (now - made) * part / MOMENTS for part in range(MOMENTS)]


def moments(period: str, now: datetime) -> list[datetime]:
    """List the moments of a period, oldest first: half hours, half days or weeks of the reader's zone."""
    if period == "24h":
        last = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
        return [last - HALF_HOUR * back for back in range(48, -1, -1)]
    today = zones.local(now).date()
    if period == "12m":
        return [dates.midnight(today - WEEK * back) for back in range(52, -1, -1)]
    halves = (
        dates.midnight(today - DAY * back) + timedelta(hours=hours) for back in range(30, -1, -1) for hours in (0, 12)
    )
    return [one.astimezone(UTC) for one in halves if one <= now]


def _sampling(found: History, period: str | None) -> str:
    if found.is_complete:
        return _("One line for every change.")
    if period is None:
        return _("Exact at each moment shown, from the day the license type was made.")
    each = {"24h": _("every half hour"), "30d": _("every half day"), "12m": _("every week")}[period]
    return _("Exact at each moment shown: %(each)s, and whenever the limit changed.", each=each)


def _summary(found: History, period: str) -> list[str]:
    """Tell what the chart shows, for whoever does not see it."""
    first, now, peak = found.points[0], found.points[-1], found.peak
    told = [_use(period, first, now)]
    if peak.used > now.used:
        told.append(
            _("The highest use shown was %(used)s on %(when)s.", used=_number(peak.used), when=dates.on_axis(peak.at))
        )
    if now.held:
        told.append(ngettext("One of them is held.", "%(n)s of them are held.", now.held, n=_number(now.held)))
    if now.waiting:
        told.append(ngettext("One person waits.", "%(n)s people wait.", now.waiting, n=_number(now.waiting)))
    return [*told, _limit(found.points)]


def _use(period: str, first: Point, now: Point) -> str:
    before, used = _number(first.used), _number(now.used)
    if first.used == now.used:
        return _("In the last %(period)s use began and ended at %(used)s.", period=period, used=used)
    return _("In the last %(period)s use went from %(before)s to %(used)s.", period=period, before=before, used=used)


def _limit(points: list[Point]) -> str:
    now = points[-1].limit
    changed = next((after.at for before, after in _pairs_backwards(points) if before.limit != after.limit), None)
    told = _("There is no limit") if now is None else _("The limit is %(limit)s", limit=_number(now))
    return f"{told}." if changed is None else _("%(told)s since %(when)s.", told=told, when=dates.on_axis(changed))


def _pairs_backwards(points: list[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points[-2::-1], points[:0:-1], strict=True))


def _number(value: int) -> str:
    return languages.number(value)
