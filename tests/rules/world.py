"""A portal in memory: people, seats and tickets in plain lists, served to the engine as its book.

Applies every change it is given and checks the invariants of L12 each time, so a scenario only states what is special.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import rules
from rules import Change, Facts, LicenseType, Person, Policy, Pool, Seat, SeatState, Standing, Ticket
from scim_portal.protocol import resource
from scim_portal.protocol.definitions import USER

Cause = Literal["evaluate", "deactivate", "erase"]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PRO = LicenseType("pro", "Pro", "cal", 30, 7, 0)
STD = LicenseType("std", "Standard", "cal", 20, 7, 0)
VIEW = LicenseType("view", "View", "cal", 10, 7, 0)
TYPES = {kind.key: kind for kind in (PRO, STD, VIEW)}
GIVEN = (rules.Event.SEAT_GRANTED, rules.Event.SEAT_RESUMED)
R1 = {"id": "r1", "name": "Contractors", "condition": 'groups.value eq "contractors"', "grants": ["none:cal"]}
R2 = {
    "id": "r2",
    "name": "Sales",
    "condition": 'groups.value eq "sales"',
    "grants": ["pro"],
    "fallback": ["std"],
}
R3 = {"id": "r3", "name": "Eng", "condition": 'groups.value eq "eng"', "grants": ["std"]}


def a_document(*rules_: dict[str, Any], default: str | None = "view") -> dict[str, Any]:
    return {"families": {"cal": {}}, "defaults": {"cal": default}, "rules": list(rules_ or (R1, R2, R3))}


def a_policy(*rules_: dict[str, Any], default: str | None = "view", version: int = 1) -> Policy:
    return rules.from_document(a_document(*rules_, default=default), TYPES, version=version)


def some_facts(name: str, *groups: str, **changes: Any) -> Facts:
    """Facts about a user named like this, in these groups."""
    document = {"userName": name, "groups": [{"value": group} for group in groups]}
    return Facts(name, changes.pop("active", True), resource.fold(USER, document), **changes)


@dataclass
class World:
    """The portal of L14's fixture unless told otherwise; people are named by one word."""

    policy: Policy = field(default_factory=a_policy)
    types: dict[str, LicenseType] = field(default_factory=lambda: dict(TYPES))
    capacity: dict[str, int | None] = field(default_factory=lambda: {"pro": 2, "std": 3, "view": 5})
    allowance: dict[str, int] = field(default_factory=dict)
    now: datetime = START
    people: dict[str, Facts] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)
    tickets: dict[tuple[str, str], Ticket] = field(default_factory=dict)
    ledger: list[Change] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    evaluated: frozenset[str] = frozenset()
    reads: list[str] = field(default_factory=list)
    is_unsettled: bool = False

    def join(self, name: str, *groups: str, **changes: Any) -> tuple[Change, ...]:
        """Create a person, or send them again with these groups."""
        self.set(name, *groups, **changes)
        return self.evaluate(name)

    def set(self, name: str, *groups: str, **changes: Any) -> None:
        """Change what is known of a person, without an evaluation yet."""
        self.people[name] = some_facts(name, *groups, **changes)

    def deactivate(self, name: str, *groups: str) -> tuple[Change, ...]:
        self.set(name, *groups, active=False)
        return self.evaluate(name, cause="deactivate")

    def erase(self, name: str) -> tuple[Change, ...]:
        self.set(name, active=False)
        return self.evaluate(name, cause="erase")

    def wait(self, **time: float) -> tuple[Change, ...]:
        """Let time pass, then do the clock's work for whoever is due."""
        self.now += timedelta(**time)
        things: list[Seat | Ticket] = [*self.seats.values(), *self.tickets.values()]
        due = {thing.user_id for thing in things if thing.is_due(self.now)}
        return self.evaluate(*(name for name in self.people if name in due))

    def publish(self, policy: Policy) -> tuple[Change, ...]:
        self.policy = policy
        return self.evaluate(*self.people)

    def evaluate(self, *names: str, cause: Cause = "evaluate") -> tuple[Change, ...]:
        people = [self.person(name, cause) for name in names]
        self.evaluated = frozenset(names)
        changes = rules.allocate(people, self.pools(), self, self.now)
        assert changes == rules.allocate(people, self.pools(), self, self.now), "I7"
        self.apply(changes)
        self.check_rest(names)
        return changes

    def check_rest(self, names: tuple[str, ...]) -> None:
        """Check I4, for the people just evaluated and for all who claim to need no evaluation."""
        again = [self.person(name) for name in names]
        assert rules.allocate(again, self.pools(), self, self.now) == (), "I4"
        for name in self.people:
            self.evaluated, person = frozenset({name}), self.person(name)
            if rules.is_settled(person, self.now):
                assert rules.allocate([person], self.pools(), self, self.now) == ()

    def person(self, name: str, cause: Cause = "evaluate") -> Person:
        facts = self.people[name]
        wishes = rules.decide(self.policy, facts, self.now).families
        return Person(name, self.standing(name), wishes, facts.active, cause)

    def apply(self, changes: Iterable[Change]) -> None:
        changes = tuple(changes)
        for change in changes:
            self._write(change)
        given = {change.user_id for change in changes if change.event in GIVEN}
        lost = {change.user_id for change in changes if change.event is rules.Event.SEAT_RELEASED}
        assert lost <= given | self.evaluated, "I5"
        self.ledger.extend(changes)
        self.check()

    def _write(self, change: Change) -> None:
        place = (change.user_id, change.license_type)
        store: Any = self.seats if change.event.startswith("seat.") else self.tickets
        assert store.get(place) == change.before != change.after
        store[place] = change.after
        if change.after is None:
            del store[place]
        if change.event is rules.Event.TICKET_OPENED:
            assert isinstance(change.after, Ticket)
            number = self.numbers.get(change.license_type, 0)
            self.numbers[change.license_type] = max(number, change.after.number)
        if change.event in GIVEN:
            limit = self.pool(change.license_type).limit
            assert limit is None or self.use(change.license_type) <= limit, "I1"

    def check(self) -> None:
        """Check I2 and I3; I1 and I6 are checked as changes are written."""
        for name in self.people:
            by_family = [
                self.types[key].family for (who, key), seat in self.seats.items() if who == name and used(seat)
            ]
            assert len(by_family) == len(set(by_family)), "I2"
        for pool in self.pools():
            free = pool.limit is None or pool.used - pool.held < pool.limit
            assert not (free and any(self._may_go(one, pool) for one in self.queue(pool.key, frozenset()))), "I3"
            opened = [ticket.number for (_, key), ticket in self.tickets.items() if key == pool.key]
            assert len(opened) == len(set(opened))
            assert all(number < pool.next_number for number in opened)

    def _may_go(self, standing: Standing, pool: Pool) -> bool:
        settling = (seat for seat in standing.seats if seat.state is SeatState.RELEASING)
        family = (self.types[seat.license_type] for seat in settling)
        return all(kind.rank < pool.rank for kind in family if kind.family == pool.family)

    def pools(self) -> list[Pool]:
        return [self.pool(key) for key in self.types]

    def pool(self, key: str) -> Pool:
        kind, capacity = self.types[key], self.capacity[key]
        held = sum(seat.state is SeatState.HELD for (_, mine), seat in self.seats.items() if mine == key)
        limit = capacity + self.allowance.get(key, 0) if capacity else capacity
        hold, settle = timedelta(days=kind.hold_days), timedelta(seconds=kind.settle_seconds)
        number = self.numbers.get(key, 0) + 1
        return Pool(key, kind.family, kind.rank, capacity, limit, self.use(key), held, number, hold, settle)

    def use(self, key: str) -> int:
        return sum(used(seat) for (_, mine), seat in self.seats.items() if mine == key)

    def standing(self, name: str) -> Standing:
        seats = tuple(seat for (who, _), seat in self.seats.items() if who == name)
        return Standing(name, seats, tuple(ticket for (who, _), ticket in self.tickets.items() if who == name))

    def queue(self, key: str, without: frozenset[str] | None = None) -> Iterator[Standing]:
        self.reads.append(f"queue {key}")
        live = (ticket for (_, mine), ticket in self.tickets.items() if mine == key and ticket.parked_until is None)
        rows = sorted(live, key=lambda ticket: (ticket.klass, ticket.queue_priority, ticket.number))
        return self._others([ticket.user_id for ticket in rows], without)

    def holds(self, key: str) -> Iterator[Standing]:
        self.reads.append(f"holds {key}")
        rows = sorted(self._in_state(key, SeatState.HELD), key=lambda seat: (seat.since, seat.user_id))
        return self._others([seat.user_id for seat in rows])

    def suspended(self, key: str) -> Iterator[Standing]:
        self.reads.append(f"suspended {key}")
        rows = sorted(self._in_state(key, SeatState.SUSPENDED), key=lambda seat: (seat.assigned_at, seat.user_id))
        return self._others([seat.user_id for seat in rows])

    def chain(self, name: str, family: str) -> tuple[str, ...]:
        return rules.decide(self.policy, self.people[name], self.now).families[family].chain

    def _in_state(self, key: str, state: SeatState) -> Iterator[Seat]:
        return (seat for (_, mine), seat in self.seats.items() if mine == key and seat.state is state)

    def _others(self, names: list[str], without: frozenset[str] | None = None) -> Iterator[Standing]:
        hidden = self.evaluated if without is None else without
        return (self.standing(name) for name in names if name not in hidden)

    def has(self, name: str) -> str:
        """Tell what a person has in one line: `std + q pro`, `pro held`, `std overage`."""
        seats = [_seat_text(seat) for (who, _), seat in sorted(self.seats.items()) if who == name]
        rows = [ticket for (who, _), ticket in sorted(self.tickets.items()) if who == name]
        queues = [f"q {ticket.license_type}" for ticket in rows if ticket.parked_until is None]
        parked = [f"parked {ticket.license_type}" for ticket in rows if ticket.parked_until is not None]
        return " + ".join([*seats, *queues, *parked]) or "-"

    def all(self, *names: str) -> list[str]:
        return [self.has(name) for name in names]


def used(seat: Seat) -> bool:
    return seat.state is not SeatState.SUSPENDED


def _seat_text(seat: Seat) -> str:
    state = "" if seat.state is SeatState.ASSIGNED else f" {seat.state}"
    return f"{seat.license_type}{state}{' overage' if seat.overage else ''}"


def events(changes: Iterable[Change]) -> list[str]:
    """Write changes as `name event type`, in their order."""
    return [f"{change.user_id} {change.event} {change.license_type}" for change in changes]
