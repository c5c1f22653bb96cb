"""What a policy would change for everybody: a preview made by the very `decide` and `allocate` that apply it (L10).

Nothing is stored here and nothing rendered. The live policy needs no second run: what people have is its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.allocate import allocate, is_settled
from rules.changes import Change
from rules.decide import Facts, Kind, Wish, decide
from rules.policy import Policy
from rules.reasons import Event
from rules.standing import Person, Pool, Seat, SeatState, Standing


class Effect(StrEnum):
    """How a preview counts a change."""

    GRANT = "grant"
    SWAP = "swap"
    QUEUE = "queue"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Row:
    """One person's change in one family: from which seat to which, or into which queue."""

    user_id: str
    license_type: str
    change: Effect
    before: str | None
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Seats in use before and after, and the limit (None: unlimited)."""

    before: int
    after: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """All changes, their number by kind, and the use of each type.

    `counts` has one entry per `Effect` and `unchanged`, the number of people for whom no seat or ticket changes.
    """

    counts: dict[str, int]
    changes: tuple[Row, ...]
    usage: dict[str, Usage]


class _Rest:
    """The book of those who are settled: like when the policy is applied, they are served but not evaluated."""

    is_unsettled = False

    def __init__(self, standings: Iterable[Standing], wishes: Mapping[str, Mapping[str, Wish]]) -> None:
        self._wishes = wishes
        self._queues: dict[str, list[tuple[int, int, int, Standing]]] = {}
        self._seats: dict[tuple[str, SeatState], list[tuple[Seat, Standing]]] = {}
        for who in standings:
            for ticket in who.tickets:
                if ticket.parked_until is None:
                    row = (ticket.klass, ticket.queue_priority, ticket.number, who)
                    self._queues.setdefault(ticket.license_type, []).append(row)
            for seat in who.seats:
                if seat.state in (SeatState.HELD, SeatState.SUSPENDED):
                    self._seats.setdefault((seat.license_type, seat.state), []).append((seat, who))

    def queue(self, key: str, /) -> Iterator[Standing]:
        return (row[-1] for row in sorted(self._queues.get(key, ()), key=lambda row: row[:-1]))

    def holds(self, key: str, /) -> Iterator[Standing]:
        rows = self._seats.get((key, SeatState.HELD), ())
        return (who for _, who in sorted(rows, key=lambda row: (row[0].since, row[0].user_id)))

    def suspended(self, key: str, /) -> Iterator[Standing]:
        rows = self._seats.get((key, SeatState.SUSPENDED), ())
        return (who for _, who in sorted(rows, key=lambda row: (row[0].assigned_at, row[0].user_id)))

    def chain(self, user_id: str, family: str, /) -> tuple[str, ...]:
        return self._wishes[user_id][family].chain


def compare(policy: Policy, people: Iterable[tuple[Facts, Standing]], pools: Iterable[Pool], now: datetime) -> Preview:
    """Evaluate everybody, given in provisioning order, under a policy; all releases come before all grants (L10.2).

    Who is settled under it is left alone, as by whoever applies it: two who could exchange seats do so in an event of theirs.
    A seat lost to the default license, or to none, counts as a release; one exchanged by a rule or pin as a swap.
    """
    restless: list[Person] = []
    settled: list[Standing] = []
    wishes: dict[str, Mapping[str, Wish]] = {}
    count = 0
    for facts, standing in people:
        count += 1
        person = Person(facts.user_id, standing, decide(policy, facts, now).families, facts.active)
        if is_settled(person, now):
            settled.append(standing)
            if any(seat.state is SeatState.SUSPENDED for seat in standing.seats):
                wishes[facts.user_id] = person.wishes
        else:
            restless.append(person)
    by_key = {pool.key: pool for pool in pools}
    changes = allocate(restless, by_key.values(), _Rest(settled, wishes), now)
    rows = tuple(_rows(changes, by_key))
    counted = Counter(row.change.value for row in rows)
    counts = {effect.value: counted[effect.value] for effect in Effect}
    counts["unchanged"] = count - len({change.user_id for change in changes})
    return Preview(counts, rows, _usage(changes, by_key))


GAINED = frozenset({Event.SEAT_GRANTED, Event.SEAT_RESUMED})
LOST = frozenset({Event.SEAT_RELEASED, Event.SEAT_SETTLING, Event.SEAT_HOLD_BROKEN, Event.SEAT_SUSPENDED})


def _rows(changes: tuple[Change, ...], pools: dict[str, Pool]) -> Iterator[Row]:
    """Join what one person loses and gains in a family into one row; a suspended seat is lost only if no other is."""
    lost: dict[tuple[str, str], Change] = {}
    for change in changes:
        if change.event in LOST and (_uses(change.before) or _place(change, pools) not in lost):
            lost[_place(change, pools)] = change
    for change in changes:
        if change.event in GAINED:
            gone = lost.pop(_place(change, pools), None)
            yield _gain(change, gone)
        elif change.event is Event.TICKET_OPENED:
            yield Row(change.user_id, change.license_type, Effect.QUEUE, None, change.license_type, change.reason_text)
    for change in lost.values():
        yield Row(change.user_id, change.license_type, Effect.RELEASE, change.license_type, None, change.reason_text)


def _place(change: Change, pools: dict[str, Pool]) -> tuple[str, str]:
    return change.user_id, pools[change.license_type].family


def _gain(change: Change, gone: Change | None) -> Row:
    key = change.license_type
    if gone is None:
        return Row(change.user_id, key, Effect.GRANT, None, key, change.reason_text)
    if change.source.kind is Kind.DEFAULT:
        return Row(change.user_id, gone.license_type, Effect.RELEASE, gone.license_type, key, gone.reason_text)
    return Row(change.user_id, key, Effect.SWAP, gone.license_type, key, change.reason_text)


def _usage(changes: tuple[Change, ...], pools: dict[str, Pool]) -> dict[str, Usage]:
    moved: Counter[str] = Counter()
    for change in changes:
        moved[change.license_type] += _uses(change.after) - _uses(change.before)
    return {key: Usage(pool.used, pool.used + moved[key], pool.limit) for key, pool in pools.items()}


def _uses(thing: object) -> int:
    return int(isinstance(thing, Seat) and thing.uses_capacity)
