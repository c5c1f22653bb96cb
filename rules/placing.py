"""What one person's new wishes do to their own seats and tickets, before any free seat is handed out.

Expiry, settle times, holds, lapses, and the opening and parking of tickets (L4, L6.4, L8, L11). Handing out seats
belongs in `drain`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from rules.board import Board, Member
from rules.decide import NORMAL_CLASS, RETURNING_CLASS, Entry, Source, Wish
from rules.reasons import Reason
from rules.standing import Person, Seat, SeatState, Ticket


def place(board: Board, person: Person) -> None:
    """Bring one person's seats and tickets in line with their wishes, as far as that needs no room."""
    member = board.admit(person.standing)
    member.chains = {family: wish.chain for family, wish in person.wishes.items()}
    if person.cause != "withdraw":
        _expire(board, member)
    for family in dict.fromkeys(room.pool.family for room in board.rooms.values()):
        if person.active and person.cause == "withdraw":
            _withdraw(board, member, person.wishes.get(family, Wish(family)))
        elif person.active:
            _place_active(board, member, person.wishes.get(family, Wish(family)))
        elif person.cause == "erase":
            _clear(board, member, family)
        else:
            _rest(board, member, family, extend=person.cause == "deactivate")


def _expire(board: Board, member: Member) -> None:
    for seat in tuple(member.seats.values()):
        if seat.is_due(board.now):
            reason = Reason.HOLD_OVER if seat.state is SeatState.HELD else Reason.SETTLED
            board.end(member, seat.license_type, reason)
    for ticket in tuple(member.tickets.values()):
        if ticket.is_due(board.now):
            board.close(member, ticket.license_type, Reason.PARKING_OVER)


def _rest(board: Board, member: Member, family: str, *, extend: bool) -> None:
    """Hold the seats and park the tickets of an inactive person (L8)."""
    for seat in board.seats(member, family):
        pool = board.rooms[seat.license_type].pool
        if seat.state is SeatState.SUSPENDED:
            board.end(member, seat.license_type, Reason.DEACTIVATED)
        elif pool.capacity == 0:
            board.end(member, seat.license_type, Reason.LAPSED)
        elif seat.state is not SeatState.HELD:
            _let_go(board, member, seat, SeatState.HELD, pool.hold, Reason.DEACTIVATED)
    for ticket in board.tickets(member, family):
        if extend or ticket.parked_until is None:
            until = board.now + board.rooms[ticket.license_type].pool.hold
            _park(
                board,
                member,
                ticket,
                max(until, ticket.parked_until or until),
                Reason.DEACTIVATED,
            )


def _clear(board: Board, member: Member, family: str) -> None:
    """Leave nothing to a person who cannot come back."""
    for seat in board.seats(member, family):
        board.end(member, seat.license_type, Reason.ERASED)
    for ticket in board.tickets(member, family):
        board.close(member, ticket.license_type, Reason.ERASED)


def _place_active(board: Board, member: Member, wish: Wish) -> None:
    entries = {entry.license_type: entry for entry in wish.entries}
    for seat in board.seats(member, wish.family):
        if seat.license_type in entries:
            _want(board, member, seat, entries[seat.license_type].source)
        else:
            _unwant(board, member, seat)
    for seat in board.seats(member, wish.family):
        if seat.uses_capacity and board.rooms[seat.license_type].pool.capacity == 0:
            _lapse(board, member, seat)
    better = _better(board, member, wish)
    _end_surpassed(board, member, wish, better)
    _queue(board, member, wish, better)


def _withdraw(board: Board, member: Member, wish: Wish) -> None:
    """Take back claims of yesterday, tickets and suspended seats, and nothing else: no seat comes free by it (L10.2)."""
    for seat in board.seats(member, wish.family):
        if seat.state is SeatState.SUSPENDED and seat.license_type not in wish.chain:
            _unwant(board, member, seat)
    better = _better(board, member, wish)
    _end_surpassed(board, member, wish, better)
    for ticket in board.tickets(member, wish.family):
        if ticket.parked_until is None and ticket.license_type in better:
            index = better[ticket.license_type]
            _refresh(board, member, ticket, index, wish.entries[index])
    _unqueue(board, member, wish, better)


def _end_surpassed(board: Board, member: Member, wish: Wish, better: dict[str, int]) -> None:
    """End a suspended seat that would be no better than the one the person has."""
    for seat in board.seats(member, wish.family):
        if seat.state is SeatState.SUSPENDED and seat.license_type not in better:
            board.end(member, seat.license_type, Reason.SWAPPED)


def _want(board: Board, member: Member, seat: Seat, source: Source) -> None:
    """Keep a seat whose type is wished: back from settling or hold if need be, with its present source."""
    source = seat.source if seat.source.same_as(source) else source
    if seat.state in (SeatState.RELEASING, SeatState.HELD):
        back = replace(seat, state=SeatState.ASSIGNED, since=board.now, due_at=None, source=source)
        board.keep(
            member,
            back,
            Reason.REACTIVATED if seat.state is SeatState.HELD else Reason.WISH_RETURNED,
        )
    elif seat.source is not source:
        board.keep(member, replace(seat, source=source), Reason.WISH_MOVED)


def _unwant(board: Board, member: Member, seat: Seat) -> None:
    """Start the settle time of a seat whose wish is gone; a suspended one gives nothing and ends at once."""
    if seat.state is SeatState.SUSPENDED:
        board.end(member, seat.license_type, Reason.WISH_ENDED)
    elif seat.state is not SeatState.RELEASING:
        settle = board.rooms[seat.license_type].pool.settle
        _let_go(board, member, seat, SeatState.RELEASING, settle, Reason.WISH_ENDED)


def _let_go(
    board: Board,
    member: Member,
    seat: Seat,
    state: SeatState,
    time: timedelta,
    reason: Reason,
) -> None:
    if time:
        board.keep(
            member,
            replace(seat, state=state, since=board.now, due_at=board.now + time),
            reason,
        )
    else:
        board.end(member, seat.license_type, reason)


def _lapse(board: Board, member: Member, seat: Seat) -> None:
    if seat.state is SeatState.ASSIGNED:
        board.keep(
            member,
            replace(seat, state=SeatState.SUSPENDED, since=board.now),
            Reason.LAPSED,
        )
    else:
        board.end(member, seat.license_type, Reason.LAPSED)


def _better(board: Board, member: Member, wish: Wish) -> dict[str, int]:
    """Index the entries that would be better than the best seat the person holds."""
    held = {seat.license_type for seat in board.seats(member, wish.family) if seat.uses_capacity}
    chain = wish.chain
    best = next((index for index, key in enumerate(chain) if key in held), len(chain))
    return {key: index for index, key in enumerate(chain[:best])}


def _queue(board: Board, member: Member, wish: Wish, better: dict[str, int]) -> None:
    """Have a ticket for every better entry, and none for any other (L4.1, L6.4).

    A suspended seat stands for its entry. While a seat settles, no ticket is opened from the first entry on that is
    not richer than it: the rest of the chain is evaluated afterwards (L4.3).
    """
    is_open = True
    for key, index in better.items():
        is_open = is_open and is_richer(board, member, key)
        ticket = member.tickets.get(key)
        if ticket is not None:
            _refresh(board, member, ticket, index, wish.entries[index])
        elif is_open and key not in member.seats:
            _open(board, member, index, wish.entries[index])
    _unqueue(board, member, wish, better)


def _unqueue(board: Board, member: Member, wish: Wish, better: dict[str, int]) -> None:
    """Close or park every ticket that is for nothing better."""
    for ticket in board.tickets(member, wish.family):
        if ticket.license_type in wish.chain and ticket.license_type not in better:
            board.close(member, ticket.license_type, Reason.GOT_SEAT)
        elif ticket.license_type not in better:
            until = board.now + board.rooms[ticket.license_type].pool.settle
            until = wish.parks_until or min(until, ticket.parked_until or until)
            _park(board, member, ticket, until, Reason.WISH_ENDED)


def is_richer(board: Board, member: Member, key: str) -> bool:
    """Tell whether a type outranks every seat of its family that is settling, so that it may be granted now."""
    seats = board.seats(member, board.family(key))
    return all(board.rank(one.license_type) < board.rank(key) for one in seats if one.state is SeatState.RELEASING)


def _open(board: Board, member: Member, index: int, entry: Entry) -> None:
    key, priority, source = entry.license_type, entry.queue_priority, entry.source
    ticket = Ticket(member.user_id, key, entry.klass, priority, 0, index, board.now, source)
    board.open(member, ticket, Reason.NO_ROOM)


def _refresh(board: Board, member: Member, ticket: Ticket, index: int, entry: Entry) -> None:
    """Carry a ticket on under the present wish; number, a returning person's class and a given priority stay."""
    klass = entry.klass
    if not entry.is_pin:
        klass = RETURNING_CLASS if ticket.klass == RETURNING_CLASS else NORMAL_CLASS
    source = ticket.source if ticket.source.same_as(entry.source) else entry.source
    reason = Reason.WISH_MOVED if ticket.parked_until is None else Reason.WISH_RETURNED
    carried = replace(
        ticket,
        klass=klass,
        queue_priority=ticket.priority_under(entry.queue_priority),
        entry=index,
        source=source,
        parked_until=None,
    )
    if carried != ticket:
        board.set(member, carried, reason)


def _park(board: Board, member: Member, ticket: Ticket, until: datetime, reason: Reason) -> None:
    if until <= board.now:
        board.close(member, ticket.license_type, reason)
    elif until != ticket.parked_until:
        board.set(member, replace(ticket, parked_until=until), reason)
