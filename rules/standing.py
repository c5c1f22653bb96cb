"""What people have and what there is to have: seats, tickets, pools, and the book they are read from.

Plain frozen values shared by the allocation and its callers. All instants are aware UTC. How they change belongs in
`allocate` and the files beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol

from rules.decide import Source, Wish


class SeatState(StrEnum):
    """The life of a seat; all but `suspended` use capacity."""

    ASSIGNED = "assigned"
    RELEASING = "releasing"
    HELD = "held"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Seat:
    """One person's seat of one license type.

    `assigned_at` is the moment of the grant, `since` that of the present state. `due_at` is the end of the settle time
    or hold. `overage` tells that the seat was granted above the contract's capacity; it stays as granted.
    """

    user_id: str
    license_type: str
    state: SeatState
    assigned_at: datetime
    since: datetime
    source: Source
    due_at: datetime | None = None
    overage: bool = False

    @property
    def uses_capacity(self) -> bool:
        """Tell whether the seat counts as used."""
        return self.state is not SeatState.SUSPENDED

    def is_due(self, now: datetime) -> bool:
        """Tell whether the settle time or hold is over."""
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Ticket:
    """An unmet wish; live tickets wait in the order of (class, queue_priority, number), parked ones do not wait.

    `entry` is the index of the type in the person's chain. `given_priority` is a queue priority that an admin gave; it goes
    before that of the rule for as long as the ticket is kept.
    """

    user_id: str
    license_type: str
    klass: int
    queue_priority: int
    number: int
    entry: int
    since: datetime
    source: Source
    parked_until: datetime | None = None
    given_priority: int | None = None

    def priority_under(self, wish: int) -> int:
        """Give the queue priority of the ticket, where the rule of the wish would give `wish`."""
        return wish if self.given_priority is None else self.given_priority

    def is_due(self, now: datetime) -> bool:
        """Tell whether the parking time is over."""
        return self.parked_until is not None and self.parked_until <= now


@dataclass(frozen=True, slots=True)
class Standing:
    """All seats and tickets, parked ones too, that one person has in the touched families."""

    user_id: str
    seats: tuple[Seat, ...] = ()
    tickets: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """One license type as the allocation sees it, at its present use; `capacity` and `limit` None are unlimited.

    `used` counts assigned, releasing and held seats, `held` the last of these. `next_number` is the number the next
    ticket gets.
    """

    key: str
    family: str
    rank: int
    capacity: int | None
    limit: int | None
    used: int = 0
    held: int = 0
    next_number: int = 1
    hold: timedelta = timedelta(days=7)
    settle: timedelta = timedelta(minutes=10)


class Book(Protocol):
    """People who are not evaluated but may be touched, read lazily: nothing is read of a type without room.

    Every reader yields each person at most once, with their whole standing in the touched families, and none of the
    people being evaluated. `is_unsettled` tells that some of their claims may be those of an earlier policy.
    """

    @property
    def is_unsettled(self) -> bool: ...

    def queue(self, key: str, /) -> Iterator[Standing]:
        """Yield those with a live ticket of the type, by (class, queue_priority, number)."""
        ...

    def holds(self, key: str, /) -> Iterator[Standing]:
        """Yield those with a held seat of the type, by (since, user_id) of the seat."""
        ...

    def suspended(self, key: str, /) -> Iterator[Standing]:
        """Yield those with a suspended seat of the type, by (assigned_at, user_id) of the seat."""
        ...

    def chain(self, user_id: str, family: str, /) -> tuple[str, ...]:
        """Give what one of these people wishes of a family, best first; seldom asked, as claims tell it."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """One person to evaluate: their wishes per family and what they have.

    A touched family without a wish counts as wishing nothing. `cause` is "deactivate" in the event that ends the
    person's access, so that tickets that were parked for a shorter time are kept for the hold; it is "erase" for an
    inactive person who cannot come back, so that nothing is kept at all; it is "withdraw" where only claims that are no
    longer wished shall go, before anybody of many is settled.
    """

    user_id: str
    standing: Standing
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    active: bool = True
    cause: Literal["evaluate", "deactivate", "erase", "withdraw"] = "evaluate"
