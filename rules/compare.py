"""What a policy would change for everybody: a preview made by the very `decide` and `allocate` that apply it (L10).

Nothing is stored here and nothing rendered. The live policy needs no second run: what people have is its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.allocate import allocate, is_settled
from rules.changes import Change
from rules.decide import Facts, Kind, decide
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

    def __init__(self, standings: list[Standing]) -> None:
        self.standings = standings

    def queue(self, key: str, /) -> Iterator[Standing]:
        live = ((one, who) for who in self.standings for one in who.tickets if one.parked_until is None)
        rows = [(one.klass, one.queue_priority, one.number, who) for one, who in live if one.license_type == key]
        return (row[-1] for row in sorted(rows, key=lambda row: row[:-1]))

    def holds(self, key: str, /) -> Iterator[Standing]:
        rows = [(seat.since, who) for seat, who in self._seats(key, SeatState.HELD)]
        return (who for _, who in sorted(rows, key=lambda row: (row[0], row[1].user_id)))

    def suspended(self, key: str, /) -> Iterator[Standing]:
        rows = [(seat.assigned_at, who) for seat, who in self._seats(key, SeatState.SUSPENDED)]
        return (who for _, who in sorted(rows, key=lambda row: (row[0], row[1].user_id)))

    def _seats(self, key: str, state: SeatState) -> Iterator[tuple[Seat, Standing]]:
        every = ((seat, who) for who in self.standings for seat in who.seats)
        return ((seat, who) for seat, who in every if seat.license_type == key and seat.state is state)


def compare(policy: Policy, people: Iterable[tuple[Facts, Standing]], pools: Iterable[Pool], now: datetime) -> Preview:
    """Evaluate everybody, given in provisioning order, under a policy; all releases come before all grants (L10.2).

    Who is settled under it is left alone, as by whoever applies it: two who could exchange seats do so in an event of theirs.
    A seat lost to the default license, or to none, counts as a release; one exchanged by a rule or pin as a swap.
    """
    everybody = [
        Person(facts.user_id, standing, decide(policy, facts, now).families, facts.active) for facts, standing in people
    ]
    by_key = {pool.key: pool for pool in pools}
    settled = {person.user_id for person in everybody if is_settled(person, now)}
    restless = [person for person in everybody if person.user_id not in settled]
    rest = _Rest([person.standing for person in everybody if person.user_id in settled])
    changes = allocate(restless, by_key.values(), rest, now)
    rows = tuple(_rows(changes, by_key))
    counted = Counter(row.change.value for row in rows)
    counts = {effect.value: counted[effect.value] for effect in Effect}
    counts["unchanged"] = len(everybody) - len({change.user_id for change in changes})
    return Preview(counts, rows, _usage(changes, by_key))


_LOST = frozenset({Event.SEAT_RELEASED, Event.SEAT_SETTLING, Event.SEAT_HOLD_BROKEN})


def _rows(changes: tuple[Change, ...], pools: dict[str, Pool]) -> Iterator[Row]:
    """Join what one person loses and gains in a family into one row."""
    lost = {_place(change, pools): change for change in changes if change.event in _LOST}
    for change in changes:
        if change.event is Event.SEAT_GRANTED:
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
