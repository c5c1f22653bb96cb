"""The net difference an allocation makes, as one `Change` per seat and ticket event: what the ledger records.

Describes what happened on the board; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rules.board import Board, Member
from rules.decide import Source
from rules.reasons import Event, Reason, sentence
from rules.standing import Seat, SeatState, Ticket


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one seat or ticket: what it was and what it is now, and why.

    A ticket that was opened and met at once leaves no change. `related_user_id` is the person a broken hold gave
    way to.
    """

    user_id: str
    license_type: str
    event: Event
    before: Seat | Ticket | None
    after: Seat | Ticket | None
    reason_code: Reason
    reason_text: str
    source: Source
    related_user_id: str | None = None


_SEAT_EVENTS: Final = {
    (SeatState.ASSIGNED, SeatState.RELEASING): Event.SEAT_SETTLING,
    (SeatState.HELD, SeatState.RELEASING): Event.SEAT_SETTLING,
    (SeatState.RELEASING, SeatState.ASSIGNED): Event.SEAT_KEPT,
    (SeatState.ASSIGNED, SeatState.HELD): Event.SEAT_HELD,
    (SeatState.RELEASING, SeatState.HELD): Event.SEAT_HELD,
    (SeatState.HELD, SeatState.ASSIGNED): Event.SEAT_RESTORED,
    (SeatState.ASSIGNED, SeatState.SUSPENDED): Event.SEAT_SUSPENDED,
    (SeatState.RELEASING, SeatState.SUSPENDED): Event.SEAT_SUSPENDED,
    (SeatState.HELD, SeatState.SUSPENDED): Event.SEAT_SUSPENDED,
    (SeatState.SUSPENDED, SeatState.ASSIGNED): Event.SEAT_RESUMED,
}
_ORDER: Final = (
    {Event.SEAT_RELEASED, Event.SEAT_HOLD_BROKEN},
    {
        Event.SEAT_SETTLING,
        Event.SEAT_HELD,
        Event.SEAT_SUSPENDED,
        Event.SEAT_SOURCE_CHANGED,
    },
    {Event.SEAT_KEPT, Event.SEAT_RESTORED, Event.SEAT_RESUMED, Event.SEAT_GRANTED},
    {Event.TICKET_CLOSED, Event.TICKET_PARKED},
    {Event.TICKET_RESUMED, Event.TICKET_CHANGED, Event.TICKET_OPENED},
)
_RANKS: Final = {event: rank for rank, events in enumerate(_ORDER) for event in events}


def of(board: Board) -> tuple[Change, ...]:
    """List all changes: seats that end, that change, that are given in the order of giving, then tickets.

    Applied in this order, the use of a type never passes its limit on the way.
    """
    found = [
        (_RANKS[change.event], member.turns.get(change.license_type, 0), change)
        for member in board.members.values()
        for change in (*_seat_changes(member), *_ticket_changes(member))
    ]
    found.sort(key=lambda item: item[:2])
    return tuple(change for _, _, change in found)


def _seat_changes(member: Member) -> Iterator[Change]:
    before = {seat.license_type: seat for seat in member.before.seats}
    for key in sorted(before.keys() | member.seats.keys()):
        old, new = before.get(key), member.seats.get(key)
        if old is not None and key in member.ended:
            reason, related = member.ended[key]
            event = Event.SEAT_HOLD_BROKEN if reason is Reason.HOLD_GAVE_WAY else Event.SEAT_RELEASED
            yield _change(event, old, None, reason, related)
            old = None
        if new is not None and new != old:
            yield _change(_seat_event(old, new), old, new, member.why_seat[key])


def _seat_event(old: Seat | None, new: Seat) -> Event:
    return Event.SEAT_GRANTED if old is None else _SEAT_EVENTS.get((old.state, new.state), Event.SEAT_SOURCE_CHANGED)


def _ticket_changes(member: Member) -> Iterator[Change]:
    before = {ticket.license_type: ticket for ticket in member.before.tickets}
    for key in sorted(before.keys() | member.tickets.keys()):
        old, new = before.get(key), member.tickets.get(key)
        if old is not None and (new is None or new.number != old.number):
            reason = member.why_ticket[key] if new is None else Reason.PARKING_OVER
            yield _change(Event.TICKET_CLOSED, old, None, reason)
            old = None
        if new is not None and new != old:
            yield _change(_ticket_event(old, new), old, new, member.why_ticket[key])


def _ticket_event(old: Ticket | None, new: Ticket) -> Event:
    if old is None:
        return Event.TICKET_OPENED
    if new.parked_until is not None:
        return Event.TICKET_PARKED
    return Event.TICKET_CHANGED if old.parked_until is None else Event.TICKET_RESUMED


def _change(
    event: Event,
    old: Seat | Ticket | None,
    new: Seat | Ticket | None,
    reason: Reason,
    related: str | None = None,
) -> Change:
    seen = new or old
    assert seen is not None
    text = sentence(reason, seen.license_type, seen.source)
    return Change(
        seen.user_id,
        seen.license_type,
        event,
        old,
        new,
        reason,
        text,
        seen.source,
        related,
    )
