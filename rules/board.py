"""The working table of one allocation: members with their seats and tickets, and how full each type is.

Every move of a seat or ticket goes through here, so counts and reasons cannot drift from the seats. Who should have
what is decided in `placing` and `drain`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.decide import Source
from rules.reasons import Reason
from rules.standing import Pool, Seat, SeatState, Standing, Ticket


@dataclass(slots=True)
class Room:
    """How full one license type is at this moment of the allocation."""

    pool: Pool
    used: int
    held: int
    next_number: int

    @property
    def is_obtainable(self) -> bool:
        """Tell whether a seat is free, or would be if all holds gave way."""
        return self.pool.limit is None or self.used - self.held < self.pool.limit

    @property
    def is_full(self) -> bool:
        """Tell whether a grant must first break a hold."""
        return self.pool.limit is not None and self.used >= self.pool.limit

    @property
    def is_over(self) -> bool:
        """Tell whether the use is above the limit, when nothing may be granted at all."""
        return self.pool.limit is not None and self.used > self.pool.limit

    @property
    def is_above_capacity(self) -> bool:
        """Tell whether the next seat would count on the overage allowance."""
        return self.pool.capacity is not None and self.used >= self.pool.capacity


@dataclass(slots=True)
class Member:
    """One person on the board, with what they had before and have now, and why it changed."""

    before: Standing
    seats: dict[str, Seat]
    tickets: dict[str, Ticket]
    chains: dict[str, tuple[str, ...]] | None = None
    turns: dict[str, int] = field(default_factory=dict)
    ended: dict[str, tuple[Reason, str | None]] = field(default_factory=dict)
    why_seat: dict[str, Reason] = field(default_factory=dict)
    why_ticket: dict[str, Reason] = field(default_factory=dict)

    @property
    def user_id(self) -> str:
        """Whose seats and tickets these are."""
        return self.before.user_id


class Board:
    """All members and rooms of one allocation at one instant."""

    def __init__(self, pools: Iterable[Pool], now: datetime) -> None:
        self.now = now
        self.rooms = {pool.key: Room(pool, pool.used, pool.held, pool.next_number) for pool in pools}
        self.families = {key: room.pool.family for key, room in self.rooms.items()}
        self.members: dict[str, Member] = {}
        self.turn = 0

    def admit(self, standing: Standing) -> Member:
        """Put a person on the board, or find them there; what is outside the touched families is left alone."""
        known = self.members.get(standing.user_id)
        if known is None:
            seats = {seat.license_type: seat for seat in standing.seats if seat.license_type in self.rooms}
            tickets = {ticket.license_type: ticket for ticket in standing.tickets if ticket.license_type in self.rooms}
            before = Standing(standing.user_id, tuple(seats.values()), tuple(tickets.values()))
            known = self.members[standing.user_id] = Member(before, seats, tickets)
        return known

    def family(self, key: str) -> str:
        """Name the family of a license type."""
        return self.families[key]

    def rank(self, key: str) -> int:
        """Return how rich a license type is."""
        return self.rooms[key].pool.rank

    def seats(self, member: Member, family: str) -> list[Seat]:
        """List a member's seats in a family."""
        families = self.families
        return [seat for key, seat in member.seats.items() if families[key] == family]

    def tickets(self, member: Member, family: str) -> list[Ticket]:
        """List a member's tickets in a family, parked ones too."""
        families = self.families
        return [ticket for key, ticket in member.tickets.items() if families[key] == family]

    def keep(self, member: Member, seat: Seat, reason: Reason) -> None:
        """Give a seat its new state or source."""
        self._count(member.seats.get(seat.license_type), -1)
        self._count(seat, 1)
        member.seats[seat.license_type] = seat
        member.why_seat[seat.license_type] = reason

    def end(self, member: Member, key: str, reason: Reason, related: str | None = None) -> None:
        """Take a seat away; `related` is the person it gave way to."""
        self._count(member.seats.pop(key), -1)
        member.ended[key] = (reason, related)

    def seat(self, member: Member, key: str, source: Source, reason: Reason) -> None:
        """Grant a seat now, or resume the suspended one."""
        above = self.rooms[key].is_above_capacity
        suspended = member.seats.get(key)
        start = suspended.assigned_at if suspended else self.now
        granted = Seat(
            member.user_id,
            key,
            SeatState.ASSIGNED,
            start,
            self.now,
            source,
            None,
            above,
        )
        self.keep(member, granted, reason)
        self.turn += 1
        member.turns[key] = self.turn

    def open(self, member: Member, ticket: Ticket, reason: Reason) -> None:
        """Queue a new ticket; it gets a number of its own, preliminary until `renumber`."""
        room = self.rooms[ticket.license_type]
        self.set(member, replace(ticket, number=room.next_number), reason)
        room.next_number += 1

    def set(self, member: Member, ticket: Ticket, reason: Reason) -> None:
        """Write a ticket as it now is."""
        member.tickets[ticket.license_type] = ticket
        member.why_ticket[ticket.license_type] = reason

    def close(self, member: Member, key: str, reason: Reason) -> None:
        """Take a ticket away."""
        del member.tickets[key]
        member.why_ticket[key] = reason

    def renumber(self) -> None:
        """Close the gaps that tickets met at once have left, so that only tickets that stay consume numbers."""
        for key, room in self.rooms.items():
            fresh = sorted(self._fresh(key, room.pool.next_number), key=lambda item: item[1].number)
            for number, (member, ticket) in enumerate(fresh, room.pool.next_number):
                member.tickets[key] = replace(ticket, number=number)

    def _fresh(self, key: str, first: int) -> Iterator[tuple[Member, Ticket]]:
        for member in self.members.values():
            ticket = member.tickets.get(key)
            if ticket is not None and ticket.number >= first:
                yield member, ticket

    def _count(self, seat: Seat | None, step: int) -> None:
        if seat is not None and seat.uses_capacity:
            room = self.rooms[seat.license_type]
            room.used += step
            room.held += step if seat.state is SeatState.HELD else 0
