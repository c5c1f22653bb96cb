"""Who is next: the people on the board and the people in the book, merged in one order and read as late as possible.

Nothing is decided or changed here; `drain` asks for the head of a line.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import TypeAlias

from rules.board import Board, Member
from rules.standing import SeatState, Standing

Order: TypeAlias = tuple[int, int, float, str]


class Line:
    """One ordered line of members, fed by the board and by a reader of the book.

    `order_of` gives a member's place, or None if they do not stand in this line now; `may_go` tells whether a member
    may be served at present. Who may not is left out until pushed again.
    """

    def __init__(
        self,
        board: Board,
        reader: Callable[[], Iterator[Standing]],
        order_of: Callable[[Member], Order | None],
        may_go: Callable[[Member], bool] = lambda _: True,
    ) -> None:
        self._board = board
        self._reader = reader
        self._order_of = order_of
        self._may_go = may_go
        self._heap: list[Order] = []
        self._unread: Iterator[Standing] | None = None
        self._front: Order | None = None

    def push(self, member: Member) -> None:
        """Let a member stand in line, if they do."""
        order = self._order_of(member)
        if order is not None:
            heapq.heappush(self._heap, order)

    def head(self) -> Member | None:
        """Return who is next, reading the book only as far as needed."""
        if self._unread is None:
            self._unread = self._reader()
            self._read_on(self._unread)
        while (member := self.known_head()) is None and self._heap:
            self._drop(self._unread)
        return member

    def known_head(self) -> Member | None:
        """Return who is next of those already known, without reading the book."""
        while self._heap:
            member = self._board.members[self._heap[0][-1]]
            if self._order_of(member) == self._heap[0] and self._may_go(member):
                return member
            if self._heap[0] == self._front:
                return None
            heapq.heappop(self._heap)
        return None

    def _drop(self, unread: Iterator[Standing]) -> None:
        heapq.heappop(self._heap)
        self._read_on(unread)

    def _read_on(self, unread: Iterator[Standing]) -> None:
        """Keep exactly one person of the book in line, so that the book is never read ahead."""
        for standing in unread:
            self._front = self._order_of(self._board.admit(standing))
            if self._front is not None:
                heapq.heappush(self._heap, self._front)
                return
        self._front = None


def waiting(key: str) -> Callable[[Member], Order | None]:
    """Order by claim: suspended seats first, oldest grant first (L11), then live tickets (L6.1)."""

    def order_of(member: Member) -> Order | None:
        seat = member.seats.get(key)
        if seat is not None and seat.state is SeatState.SUSPENDED:
            return (-1, 0, seat.assigned_at.timestamp(), member.user_id)
        ticket = member.tickets.get(key)
        if ticket is None or ticket.parked_until is not None:
            return None
        return (ticket.klass, ticket.queue_priority, ticket.number, member.user_id)

    return order_of


def holding(key: str) -> Callable[[Member], Order | None]:
    """Order held seats by the age of the hold, oldest first (L8)."""

    def order_of(member: Member) -> Order | None:
        seat = member.seats.get(key)
        if seat is None or seat.state is not SeatState.HELD:
            return None
        return (0, 0, seat.since.timestamp(), member.user_id)

    return order_of
