"""What reads fairness off a ledger must itself see who was passed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.concurrency import fairness


def ticket(user: str, number: int, *, request: str, priority: int = 100) -> Any:
    after = {"klass": 2, "queue_priority": priority, "number": number, "parked_until": None}
    return entry("ticket.opened", user, request, after)


def entry(event: str, user: str, request: str, after: Any = None, rule: str | None = "r") -> Any:
    return SimpleNamespace(
        event=event, user_id=user, request_id=request, after=after, rule_id=rule, license_type="pro", number=1
    )


WAITING = [ticket("ann", 1, request="1"), ticket("bob", 2, request="2")]


@pytest.mark.parametrize(
    ("then", "victims"),
    [
        ([entry("seat.granted", "ann", "3"), entry("ticket.closed", "ann", "3")], []),
        ([entry("seat.granted", "bob", "3"), entry("ticket.closed", "bob", "3")], ["ann"]),
        ([entry("seat.granted", "cat", "3")], ["ann", "bob"]),
        ([entry("seat.granted", "cat", "3", rule="first")], []),
        (
            [entry("ticket.closed", "ann", "3"), entry("seat.granted", "bob", "3"), entry("ticket.closed", "bob", "3")],
            [],
        ),
    ],
    ids=["the first", "the second", "a newcomer", "a newcomer whose rule goes first", "the second, the first gives up"],
)
def test_whoever_was_passed_is_named(then: list[Any], victims: list[str]) -> None:
    told = list(fairness.passed([*WAITING, *then], {"first": 50}))
    assert [one.split(": ")[1].split(" ")[0] for one in told] == victims
