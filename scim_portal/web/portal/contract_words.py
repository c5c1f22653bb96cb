"""What contracts will do, as sentences for admins. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from scim_portal.services.catalog import Summary
from scim_portal.services.contract_outlook import Event, Kind
from scim_portal.web.languages import money, number
from scim_portal.web.portal import dates

SIGNS = {
    Kind.LAPSE: ("player-pause", "bad"), Kind.RETURN: ("player-play", "good"), Kind.SHRINK: ("arrow-down", "warn"),
    Kind.GROW: ("arrow-up", "good"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One event as a line: when, what, how loudly."""

    at: datetime
    icon: str
    tone: str
    text: str


def sentences(events: list[Event], now: datetime, name: str) -> list[Sentence]:
    """Tell events of a type, each in one sentence or two."""
    return [Sentence(event.at, *SIGNS[event.kind], told(event, now, name)) for event in events]


def present(item: Summary, now: datetime) -> list[Sentence]:
    """Tell what is not as it should be now: seats without a contract, seats without room, seats above the limit."""
    suspended = item.type.suspended
    found = []
    if suspended:
        why = _("No contract is in force.") if item.limit == 0 else _("There is not room for everybody who had a seat.")
        rest = ngettext(
            "%(n)s seat is suspended, and comes back when there are seats again.",
            "%(n)s seats are suspended, and come back in the order they were first assigned when there are seats again.",
            suspended, n=number(suspended),
        )  # fmt: skip
        found.append(Sentence(now, *SIGNS[Kind.LAPSE], f"{why} {rest}"))
    if item.over:
        over = ngettext(
            "%(n)s seat is over the limit. Nobody loses a seat; nobody gets one until use is below it.",
            "%(n)s seats are over the limit. Nobody loses a seat; nobody gets one until use is below it.",
            item.over, n=number(item.over),
        )  # fmt: skip
        found.append(Sentence(now, "alert-triangle", "warn", over))
    return found


def told(event: Event, now: datetime, name: str) -> str:
    """Tell one event."""
    return {Kind.LAPSE: _lapse, Kind.RETURN: _return, Kind.SHRINK: _shrink, Kind.GROW: _grow}[event.kind](
        event, _when(event.at, now), name
    )


def costs(item: Summary) -> list[tuple[str, str]]:
    """Tell what used and unused seats cost; nothing where no cost is given."""
    cost, currency = item.type.unit_cost, item.type.currency or ""
    if cost is None:
        return []
    found = [(_("Used seats cost"), money(cost * item.type.used, currency))]
    if item.capacity is not None:
        unused = max(0, item.capacity - item.type.used)
        found.append((_("Unused seats cost"), money(cost * unused, currency)))
    return found


def amount(limit: int | None) -> str:
    """Write so many seats, or that there is no limit."""
    return _("no limit") if limit is None else number(limit)


def _when(at: datetime, now: datetime) -> str:
    return _("At once") if at <= now else _("On %(day)s", day=dates.on_day(at))


def _lapse(event: Event, when: str, name: str) -> str:
    if not event.suspended:
        told = _("%(when)s %(name)s lapses. Nobody has a seat today that would be suspended.", when=when, name=name)
    else:
        told = ngettext(
            "%(when)s %(name)s lapses: %(n)s seat will be suspended, and comes back when there is a contract again.",
            "%(when)s %(name)s lapses: %(n)s seats will be suspended, and come back in the order they were first assigned"
            " when there is a contract again.",
            event.suspended, when=when, name=name, n=number(event.suspended),
        )  # fmt: skip
    if event.ended:
        told += " " + ngettext(
            "%(n)s seat that is held or being released ends for good.",
            "%(n)s seats that are held or being released end for good.", event.ended, n=number(event.ended),
        )  # fmt: skip
    return told


def _return(event: Event, when: str, name: str) -> str:
    told = _("%(when)s %(name)s is in force again, with %(limit)s.", when=when, name=name, limit=_seats(event.limit))
    if not event.suspended:
        return told
    if event.back == event.suspended:
        return f"{told} " + _("All suspended seats can be used again.")
    rest = _(
        "The first %(back)s of %(all)s suspended seats come back, in the order they were first assigned; the others stay"
        " suspended.", back=number(event.back), all=number(event.suspended),
    )  # fmt: skip
    return f"{told} {rest}"


def _shrink(event: Event, when: str, name: str) -> str:
    told = _(
        "%(when)s the limit of %(name)s goes from %(before)s to %(limit)s.",
        when=when, name=name, before=amount(event.before), limit=amount(event.limit),
    )  # fmt: skip
    if not event.over:
        return f"{told} " + _("That is enough for the seats of today.")
    rest = ngettext(
        "%(n)s seat of today will be over. Nobody loses a seat; nobody gets one until use is below the limit.",
        "%(n)s seats of today will be over. Nobody loses a seat; nobody gets one until use is below the limit.",
        event.over, n=number(event.over),
    )  # fmt: skip
    return f"{told} {rest}"


def _grow(event: Event, when: str, name: str) -> str:
    return _(
        "%(when)s the limit of %(name)s goes from %(before)s to %(limit)s. Whoever waits is served then.",
        when=when, name=name, before=amount(event.before), limit=amount(event.limit),
    )  # fmt: skip


def _seats(limit: int | None) -> str:
    if limit is None:
        return _("no limit")
    return ngettext("%(n)s seat", "%(n)s seats", limit, n=number(limit))
