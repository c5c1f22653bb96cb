"""Handing out free seats until nobody who waits could have one: claims and tickets, holds giving way, swaps, exchanges.

Starts from a board where every evaluated person has been placed. Opening tickets and settle times belong in `placing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain, count

from rules.board import Board, Member
from rules.decide import RETURNING_CLASS
from rules.lines import Line, holding, waiting
from rules.placing import is_richer
from rules.policy import RULE_PRIORITY
from rules.reasons import Reason
from rules.standing import Book, SeatState, Standing, Ticket


class Drain:
    """The queues of all touched types, drained richest type first (L6.3)."""

    def __init__(self, board: Board, book: Book) -> None:
        self.board = board
        self.book = book
        self.order = sorted(board.rooms, key=lambda key: (-board.rank(key), key))
        self.waiting = {key: self._waiting_line(key, book) for key in self.order}
        self.holding = {key: Line(board, partial(book.holds, key), holding(key)) for key in self.order}
        for member in tuple(board.members.values()):
            self._stand(member)

    def run(self) -> None:
        """Grant to a fixed point; every step starts again at the richest type, since a swap may free a seat there."""
        while any(self._serve(key) for key in self.order) or any(self._exchange(key) for key in self.order):
            pass

    def _waiting_line(self, key: str, book: Book) -> Line:
        def read() -> Iterator[Standing]:
            return chain(book.suspended(key), book.queue(key))

        return Line(
            self.board,
            read,
            waiting(key),
            lambda member: is_richer(self.board, member, key),
        )

    def _stand(self, member: Member) -> None:
        for key in (*member.tickets, *member.seats):
            self.waiting[key].push(member)
            self.holding[key].push(member)

    def _serve(self, key: str) -> bool:
        if not self.board.rooms[key].is_obtainable:
            return False
        member = self.waiting[key].head()
        if member is None or not self._make_room(key, member):
            return False
        self._grant(member, key)
        return True

    def _make_room(self, key: str, member: Member) -> bool:
        """Break the oldest holds until a seat is free."""
        while self.board.rooms[key].is_full:
            holder = self.holding[key].head()
            if holder is None:
                return False
            self._break_hold(holder, key, member)
        return True

    def _break_hold(self, holder: Member, key: str, taker: Member) -> None:
        """End a hold; if its owner returns in time, they come before all other rules' wishes (L8)."""
        seat = holder.seats[key]
        self.board.end(holder, key, Reason.HOLD_GAVE_WAY, taker.user_id)
        ticket = Ticket(
            holder.user_id,
            key,
            RETURNING_CLASS,
            RULE_PRIORITY,
            0,
            0,
            self.board.now,
            seat.source,
            seat.due_at,
        )
        self.board.open(holder, ticket, Reason.HOLD_GAVE_WAY)

    def _grant(self, member: Member, key: str) -> None:
        """Give a seat, end every other of the family, and close the tickets that are no longer better (L4.2)."""
        family = self.board.family(key)
        order = self._chain(member, family)
        later = {other for other, index in order.items() if index > order[key]}
        for seat in self.board.seats(member, family):
            if seat.license_type != key and (seat.uses_capacity or seat.license_type in later):
                self.board.end(member, seat.license_type, Reason.SWAPPED)
        ticket = member.tickets.get(key)
        source = ticket.source if ticket else member.seats[key].source
        self.board.seat(member, key, source, Reason.FREE_SEAT if ticket else Reason.RENEWED)
        for other in tuple(member.tickets):
            if other == key or other in later:
                self.board.close(member, other, Reason.GOT_SEAT)
        self._stand(member)

    def _chain(self, member: Member, family: str) -> dict[str, int]:
        """Index a member's chain. That of a person from the book is read off their tickets.

        Every entry better than the best seat has a live ticket or a suspended seat, so a suspended seat fills the gap. Of
        two such seats neither tells which the person would rather have: the book is asked. What it does not name is of a
        wish that ended and whose owner has yet to be settled; it comes last.
        """
        if member.chains is not None:
            return {key: index for index, key in enumerate(member.chains[family])}
        live = (ticket for ticket in self.board.tickets(member, family) if ticket.parked_until is None)
        order = {ticket.license_type: ticket.entry for ticket in live}
        seats = (seat for seat in self.board.seats(member, family) if seat.state is SeatState.SUSPENDED)
        claims = sorted((seat.license_type for seat in seats), key=self.order.index)
        if len(claims) > 1 or self.book.is_unsettled:
            wished = self.book.chain(member.user_id, family)
            rest = [*sorted(order, key=order.__getitem__), *claims]
            return {key: index for index, key in enumerate(dict.fromkeys((*wished, *rest)))}
        taken = frozenset(order.values())
        return order | dict(zip(claims, (index for index in count() if index not in taken), strict=False))

    def _exchange(self, first: str) -> bool:
        """Let evaluated people swap full types in a circle, each giving the seat the next one takes (L4.4).

        Only heads of their queues take part, so nobody is passed over, and only types that are not over.
        """
        circle = self._circle(first)
        if any(self.waiting[key].head() is not member for key, (member, _) in circle.items()):
            return False
        for member, given in circle.values():
            self.board.end(member, given, Reason.SWAPPED)
        for key, (member, _) in circle.items():
            self._grant(member, key)
        return bool(circle)

    def _circle(self, first: str) -> dict[str, tuple[Member, str]]:
        """Follow the heads from type to type, each with the type they would give back, until back at the first."""
        circle: dict[str, tuple[Member, str]] = {}
        key = first
        while key not in circle:
            member = self.waiting[key].known_head()
            given = self._given(member, key) if member else None
            if member is None or given is None or self.board.rooms[key].is_over:
                return {}
            circle[key] = (member, given)
            key = given
        return circle if key == first else {}

    def _given(self, member: Member, key: str) -> str | None:
        """Name the type whose seat a member would give back for one of `key`."""
        seats = self.board.seats(member, self.board.family(key))
        return next((seat.license_type for seat in seats if seat.uses_capacity), None)
