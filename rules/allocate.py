"""From wishes to seats: the one function every path goes through, pure and in a fixed, fair order (L4 to L8, L11).

What holds afterwards, if it held before (L12):

- I1  a type over its limit grants nothing; otherwise use <= limit;
- I2  a person has at most one seat of a family that uses capacity;
- I3  if a live ticket waits, no room for it exists (a ticket that may not be met during a settle time does not wait);
- I4  allocating the same people again with the same wishes changes nothing;
- I5  an `assigned` seat of an active person ends only by that person's own wishes, or a lapse;
- I7  the same arguments give the same changes in the same order.

No clock, no database: `now`, pools and book are arguments. What a person wishes belongs in `decide`.

Choices no clause makes: a suspended seat whose wish ends is ended at once, since it gives nothing that could flap.
`overage` tells how a seat was granted and is never rewritten. A seat's source is replaced when it becomes another
rule, default or pin, not when the same rule appears in a new policy version. A hold may be broken for a resuming
seat as for a ticket. Type X of a person whose X is settling is not free for others, even in an exchange: the
exchange completes when the settle time is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rules import changes
from rules.board import Board
from rules.changes import Change
from rules.decide import PIN_CLASS, Entry, Wish
from rules.drain import Drain
from rules.placing import place
from rules.standing import Book, Person, Pool, Seat, SeatState, Ticket


def allocate(people: Iterable[Person], pools: Iterable[Pool], book: Book, now: datetime) -> tuple[Change, ...]:
    """Settle people, given in provisioning order, and everybody their changes touch.

    `pools` holds one pool for every type of every touched family. Without people it drains the queues, as after a
    rise of capacity. A lapse (capacity 0) suspends only the seats of people who are passed in. People who only withdraw
    come alone; nothing is handed out then, since those with better places have yet to ask.
    """
    board, withdrawing = Board(pools, now), False
    for person in people:
        place(board, person)
        withdrawing = person.cause == "withdraw"
    if not withdrawing:
        Drain(board, book).run()
    board.renumber()
    return changes.of(board)


def is_settled(person: Person, now: datetime) -> bool:
    """Tell cheaply whether `allocate` would change nothing for this person, without pools, book or lock.

    May say False for a person who is settled, such as one with a settling seat or parked ticket; never True wrongly, as
    long as queues are drained after every event (I3). Changed capacities are not seen: a lapse must allocate.
    """
    standing = person.standing
    if not person.active:
        if person.cause == "erase":
            return not standing.seats and not standing.tickets
        is_parked = all(ticket.parked_until is not None and not ticket.is_due(now) for ticket in standing.tickets)
        is_held = all(seat.state is SeatState.HELD and not seat.is_due(now) for seat in standing.seats)
        return is_held and is_parked and (person.cause == "evaluate" or not standing.tickets)
    seats = {seat.license_type: seat for seat in standing.seats}
    tickets = {ticket.license_type: ticket for ticket in standing.tickets}
    return all(_takes_what_fits(wish, seats, tickets) for wish in person.wishes.values()) and not seats and not tickets


def _takes_what_fits(wish: Wish, seats: dict[str, Seat], tickets: dict[str, Ticket]) -> bool:
    """Walk a chain up to the seat the person has, removing what is as it should be."""
    for index, entry in enumerate(wish.entries):
        seat = seats.pop(entry.license_type, None)
        if seat is None:
            ticket = tickets.pop(entry.license_type, None)
            if ticket is None or not _is_current(ticket, index, entry):
                return False
        elif not seat.source.same_as(entry.source) or not _is_steady(seat):
            return False
        elif seat.state is SeatState.ASSIGNED:
            break
    return True


def _is_steady(seat: Seat) -> bool:
    return seat.state in (SeatState.ASSIGNED, SeatState.SUSPENDED)


def _is_current(ticket: Ticket, index: int, entry: Entry) -> bool:
    return (
        ticket.parked_until is None
        and (ticket.klass == PIN_CLASS) == entry.is_pin
        and (ticket.queue_priority, ticket.entry) == (ticket.priority_under(entry.queue_priority), index)
        and ticket.source.same_as(entry.source)
    )
