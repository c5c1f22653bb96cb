"""The chart's numbers: exact at each moment, from the ledger, with contracts that start and end while nobody moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from scim_portal import clock
from scim_portal.context import at
from scim_portal.db import db, transact
from scim_portal.ids import new_id
from scim_portal.models import SeatEntry
from scim_portal.services import capacity_history, catalog, past_moments, usage
from scim_portal.services.usage import History
from tests.portals import PortalUnderTest, a_patch, a_policy
from tests.web.test_statement_counts import counted

HOUR = timedelta(hours=1)


class Day:
    """A portal whose clock is stepped hour by hour from a fixed beginning."""

    def __init__(self, portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
        self.portal, self.start, self.hours = portal, clock.now(), 0.0
        monkeypatch.setattr(clock, "now", lambda: self.start + self.hours * HOUR)

    def until(self, hours: float) -> None:
        self.hours = hours
        self.portal.run_due()

    def history(self, key: str = "pro", *, every: int = 1) -> History:
        ctx = self.portal.ctx()
        moments = [self.start + HOUR * (number + 0.5) for number in range(-2, int(self.hours), every)]
        return usage.history(ctx, catalog.summary(ctx, key), moments)

    def told(self, found: History) -> list[tuple[float, int, int, int, int | None]]:
        return [
            (round((one.at - self.start) / HOUR, 1), one.used, one.held, one.waiting, one.limit) for one in found.points
        ]


@pytest.fixture
def day(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Day:
    found = Day(portal, monkeypatch)
    portal.license("pro", 2)
    portal.publish(a_policy(default="pro"))
    return found


def test_a_quiet_period_is_told_change_by_change(day: Day) -> None:
    day.until(1)
    ann = day.portal.provision("ann@x.example")
    day.until(2)
    day.portal.provision("ben@x.example")
    day.portal.provision("cleo@x.example")
    day.until(3)
    day.portal.scim("PATCH", f"/Users/{ann}", a_patch({"op": "replace", "value": {"active": False}}))
    day.until(4)
    found = day.history()
    assert found.is_complete
    assert day.told(found) == [
        (0.0, 0, 0, 0, 2), (1.0, 1, 0, 0, 2), (2.0, 2, 0, 1, 2), (3.0, 2, 0, 0, 2), (4.0, 2, 0, 0, 2)
    ]  # fmt: skip


def test_a_held_seat_is_told_until_the_hold_ends(day: Day) -> None:
    ann = day.portal.provision("ann@x.example")
    day.until(1)
    day.portal.scim("PATCH", f"/Users/{ann}", a_patch({"op": "replace", "value": {"active": False}}))
    day.until(2)
    assert [(one.used, one.held) for one in day.history().points] == [(1, 0), (1, 1), (1, 1)]


def test_a_contract_that_ends_while_nobody_moves_is_a_step_of_the_line(day: Day) -> None:
    ctx = day.portal.ctx()
    line = catalog.lines(ctx)[0].id
    transact(lambda: catalog.change_line(ctx, line, ends_at=day.start + 3 * HOUR))
    transact(lambda: catalog.add_line(ctx, "pro", quantity=5, starts_at=day.start + 2 * HOUR))
    day.hours = 4  # and no worker looks
    assert [(hour, limit) for hour, *_, limit in day.told(day.history())] == [(0.0, 2), (2.0, 7), (3.0, 5), (4.0, 5)]


def test_a_past_moment_has_the_limit_that_was_in_force_then(day: Day) -> None:
    day.portal.provision("ann@x.example")
    line = catalog.lines(day.portal.ctx())[0].id
    transact(lambda: catalog.change_line(day.portal.ctx(), line, ends_at=day.start + 3 * HOUR))
    transact(lambda: catalog.add_line(day.portal.ctx(), "pro", quantity=5, starts_at=day.start + 2 * HOUR))
    day.hours = 4  # and no worker looks
    told = [past_moments.uses(day.portal.ctx(), day.start + hour * HOUR)[0] for hour in (-1, 1, 2, 2.5, 3, 3.5, 9)]
    assert [(one.used, one.limit) for one in told] == [(0, None), (1, 2), (1, 2), (1, 7), (1, 7), (1, 5), (1, 5)]


def test_what_was_written_down_later_does_not_change_the_past(day: Day) -> None:
    line = catalog.lines(day.portal.ctx())[0].id
    day.until(1)
    ctx = day.portal.ctx()
    transact(lambda: catalog.change_line(ctx, line, quantity=9))
    day.until(2)
    later = day.portal.ctx()
    transact(lambda: catalog.change_type(later, "pro", allowance="50%"))
    day.until(3)
    last = day.portal.ctx()
    transact(lambda: catalog.remove_line(last, line))
    day.until(4)
    assert [(hour, limit) for hour, *_, limit in day.told(day.history())] == [
        (0.0, 2), (1.0, 9), (2.0, 13), (3.0, 0), (4.0, 0)
    ]  # fmt: skip


def test_a_busy_period_is_exact_at_each_moment_asked_for(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "MOST_CHANGES", 3)
    monkeypatch.setattr("scim_portal.services.ledger_seek.PROBES", 4)
    for hour in range(1, 13):
        day.hours = hour
        day.portal.provision(f"p{hour}@x.example")
    day.hours = 12.5
    found = day.history(every=3)
    assert not found.is_complete
    assert [(hour, used + waiting) for hour, used, _, waiting, _ in day.told(found)] == [
        (0.0, 0), (1.5, 1), (4.5, 4), (7.5, 7), (10.5, 10), (12.5, 12)
    ]  # fmt: skip
    assert found.peak.used == 2


def test_the_limit_before_a_type_was_made_is_its_first_one(day: Day) -> None:
    ctx = day.portal.ctx()
    steps = capacity_history.steps(at(ctx, ctx.now + HOUR), catalog.find(ctx, "pro"), day.start)
    assert (steps[0].limit, capacity_history.at(steps, day.start - HOUR).limit) == (2, 2)


def test_a_long_ledger_takes_as_many_statements_as_its_length_has_digits(day: Day) -> None:
    """Two thousand entries: two rounds of a thousand probes, then the entries themselves, beside lines and actions."""
    day.portal.provision("ann@x.example")
    first = db.session.scalars(select(SeatEntry).where(SeatEntry.portal_id == day.portal.ref.id)).one()
    row = {column.key: getattr(first, column.key) for column in SeatEntry.__table__.columns}
    seconds = [timedelta(seconds=number) for number in range(2, 2001)]
    more = [row | {"id": new_id(), "number": n, "at": day.start + s, "use_after": n} for n, s in enumerate(seconds, 2)]
    transact(lambda: db.session.connection().execute(SeatEntry.__table__.insert(), more))
    transact(lambda: setattr(catalog.find(day.portal.ctx(), "pro"), "next_entry", 2001))
    day.hours = 1
    ctx = day.portal.ctx()
    item = catalog.summary(ctx, "pro")
    moments = [day.start + timedelta(seconds=10.5 + 37 * number) for number in range(50)]
    with counted() as statements:
        found = usage.history(ctx, item, moments)
    assert len(statements) <= 6
    assert [one.used for one in found.points[:-1]] == [10 + 37 * number for number in range(50)]
