"""What a policy would change for everybody: a preview made by the very `decide` and `allocate` that apply it (L10).

Nothing is stored here and nothing rendered. The live policy needs no second run: what people have is its result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.allocate import allocate
from rules.changes import Change
from rules.decide import Facts, Kind, decide
from rules.policy import Policy
from rules.reasons import Event
from rules.standing import Person, Pool, Seat, Standing


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


class _EmptyBook:
    """The book of an evaluation that includes everybody."""

    def queue(self, _key: str, /) -> Iterator[Standing]:
        return iter(())

    holds = suspended = queue


def compare(policy: Policy, people: Iterable[tuple[Facts, Standing]], pools: Iterable[Pool], now: datetime) -> Preview:
    """Evaluate everybody, given in provisioning order, under a policy; all releases come before all grants (L10.2).

    A seat lost to the default license, or to none, counts as a release; one exchanged by a rule or pin as a swap.
    """
    everybody = [
        Person(facts.user_id, standing, decide(policy, facts, now).families, facts.active) for facts, standing in people
    ]
    by_key = {pool.key: pool for pool in pools}
    changes = allocate(everybody, by_key.values(), _EmptyBook(), now)
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
