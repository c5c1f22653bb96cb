"""What contracts will do, reckoned from lines and today's seats alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scim_portal.models import LicenseType
from scim_portal.services import contract_outlook
from scim_portal.services.capacity_history import Term
from scim_portal.services.catalog import Summary
from scim_portal.services.contract_outlook import Stand

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def events(lines: list[Term], stand: Stand, *, allowance: int = 0) -> list[tuple[str, int, int | None, int, int, int]]:
    item = Summary(LicenseType(key="pro", allowance=allowance, allowance_percent=None), None, None)
    found = contract_outlook.events(item, stand, lines, NOW)
    return [(one.kind, (one.at - NOW).days, one.limit, one.suspended, one.back, one.over) for one in found]


def test_a_gap_suspends_everybody_and_a_smaller_renewal_brings_the_first_ones_back() -> None:
    lines = [Term(10, None, day(5)), Term(3, day(9), day(20)), Term(4, day(15), None)]
    assert events(lines, Stand(used=8, suspended=0, passing=2)) == [
        ("lapse", 5, 0, 6, 0, 0),
        ("return", 9, 3, 6, 3, 0),
        ("grow", 15, 7, 3, 3, 0),
        ("shrink", 20, 4, 0, 0, 2),
    ]


def test_lines_that_follow_on_each_other_change_nothing() -> None:
    assert events([Term(10, None, day(5)), Term(10, day(5), None)], Stand(8, 0, 0)) == []


def test_the_allowance_counts_and_ends_with_the_contract() -> None:
    lines = [Term(10, None, day(5)), Term(2, None, day(3))]
    assert events(lines, Stand(13, 0, 0), allowance=1) == [("shrink", 3, 11, 0, 0, 2), ("lapse", 5, 0, 13, 0, 0)]


def test_gaps_lie_between_lines_and_not_before_the_first() -> None:
    lines = [Term(1, day(0), day(2)), Term(0, day(2), day(3)), Term(5, day(3), day(4)), Term(None, day(6), None)]
    assert contract_outlook.gaps(lines) == [(day(2), day(3)), (day(4), day(6))]
    assert contract_outlook.gaps([Term(1, None, day(2)), Term(1, day(3), None)]) == [(day(2), day(3))]
