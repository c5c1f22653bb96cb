"""In which order a whole population is settled when it is too large for one step: those with the better place first.

A seat once given is never taken for somebody else, so whoever has the better place in the queue must be asked before others.
Releases come last: what they free goes to those who have asked by then, in the order of the queue (L6, L10.2).
"""

from __future__ import annotations

from math import ceil
from typing import Final

from rules.decide import NORMAL_CLASS, PIN_CLASS
from rules.policy import DEFAULT_PRIORITY, RULE_PRIORITY, Policy
from rules.standing import Person

Turn = tuple[int, int]
AT_THE_END: Final[Turn] = (9, 0)
MOST: Final = 8


def of_policy(policy: Policy) -> list[Turn]:
    """List the turns that people can have, best first; where there are very many, neighbors share one."""
    priorities = {rule.queue_priority for rule in policy.active} | {DEFAULT_PRIORITY}
    found = [(PIN_CLASS, RULE_PRIORITY), *((NORMAL_CLASS, one) for one in sorted(priorities))]
    step = ceil(len(found) / MOST)
    return list(dict.fromkeys([*found[step - 1 :: step], found[-1]]))


def of(person: Person) -> Turn:
    """Tell a person's turn: the class and priority of the best thing that they wish for and do not have."""
    return min(_unmet(person), default=AT_THE_END)


def _unmet(person: Person) -> list[Turn]:
    held = {seat.license_type for seat in person.standing.seats if seat.uses_capacity}
    tickets = {ticket.license_type: ticket for ticket in person.standing.tickets}
    found = []
    for wish in person.wishes.values():
        for entry in wish.entries:
            if entry.license_type in held:
                break
            ticket, priority = tickets.get(entry.license_type), entry.queue_priority
            found.append((entry.klass, ticket.priority_under(priority) if ticket else priority))
    return found
