"""In which order a whole population is settled when it is too large for one step: those with the better place first.

A seat once given is never taken for somebody else, so whoever has the better place in the queue must be asked before others.
Releases come last: what they free goes to those who have asked by then, in the order of the queue (L6, L10.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rules.allocate import is_settled
from rules.decide import NORMAL_CLASS, PIN_CLASS
from rules.standing import Person

Turn = tuple[int, int]
AT_THE_START: Final[Turn] = (-1, 0)
AT_THE_END: Final[Turn] = (9, 0)


class Plan:
    """Who has to be settled, turn by turn; whoever has all they should is not in it.

    `withdrawing` are those with claims of yesterday who lose or move a seat in a later turn: what others free before that
    must not be given to them.
    """

    def __init__(self) -> None:
        self._by_turn: dict[Turn, list[str]] = {}
        self.withdrawing: list[str] = []
        self.people = 0

    def add(self, people: Iterable[Person], now: datetime) -> None:
        """Look at some more people, in the order they were provisioned."""
        for person in people:
            self.people += 1
            if not is_settled(person, now):
                turn = of(person)
                self._by_turn.setdefault(turn, []).append(person.user_id)
                if turn != AT_THE_START and _has_old_claims(person):
                    self.withdrawing.append(person.user_id)

    @property
    def turns(self) -> list[list[str]]:
        """The people of each turn, those with the best place first."""
        return [self._by_turn[turn] for turn in sorted(self._by_turn)]


def of(person: Person) -> Turn:
    """Tell a person's turn: the class and priority of the best thing that they wish for and do not have.

    Before all others come those of whom nothing but tickets changes, lest a wish of yesterday be met in the meantime.
    """
    waits = {ticket.license_type for ticket in person.standing.tickets if ticket.parked_until is None}
    unmet, unwished = _unmet(person)
    if waits and not unwished and unmet.keys() <= waits:
        return AT_THE_START
    return min(unmet.values(), default=AT_THE_END)


def _has_old_claims(person: Person) -> bool:
    """Tell whether a live ticket or a suspended seat is for what is no longer wished, or has another place in the queue."""
    unmet, _ = _unmet(person)
    for ticket in person.standing.tickets:
        klass = PIN_CLASS if ticket.klass == PIN_CLASS else NORMAL_CLASS  # who returned is known by the ticket alone
        if ticket.parked_until is None and unmet.get(ticket.license_type) != (klass, ticket.queue_priority):
            return True
    return any(not seat.uses_capacity and seat.license_type not in unmet for seat in person.standing.seats)


def _unmet(person: Person) -> tuple[dict[str, Turn], set[str]]:
    """Give what a person wishes for and does not have, each with its place in the queue, and which seats they do not wish."""
    held = {seat.license_type for seat in person.standing.seats if seat.uses_capacity}
    tickets = {ticket.license_type: ticket for ticket in person.standing.tickets}
    unmet: dict[str, Turn] = {}
    for wish in person.wishes.values():
        for entry in wish.entries:
            if entry.license_type in held:
                held.remove(entry.license_type)
                break
            ticket, priority = tickets.get(entry.license_type), entry.queue_priority
            unmet[entry.license_type] = (entry.klass, ticket.priority_under(priority) if ticket else priority)
    return unmet, held
