"""Rules that begin and end by the clock: everybody is settled once when a window turns; on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scim_portal.db import db, transact
from scim_portal.models import Job
from scim_portal.services import clockwork, invariants, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.services.office import Office
from tests.web.test_statement_counts import counted


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(portal, monkeypatch)


def jobs(office: Office) -> list[Job]:
    """The jobs that windows gave rise to."""
    db.session.rollback()
    found = db.session.scalars(select(Job).where(Job.portal_id == office.portal.ref.id, Job.kind == "settle_all"))
    return [one for one in found if "windows_until" in one.arguments]


def during(office: Office, start: timedelta | None, end: timedelta | None, **rest: Any) -> dict[str, Any]:
    """A rule that gives pro to Sales between two moments from now."""

    def moment(span: timedelta | None) -> str | None:
        return None if span is None else (office.portal.ctx().now + span).isoformat()

    window = {"valid_from": moment(start), "valid_until": moment(end)}
    return a_rule("season", office.member("Sales"), "pro", **window, **rest)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_window_opens_and_closes_by_the_clock(office: Office) -> None:
    office.portal.publish(a_policy(during(office, hours(1), hours(2)), default="view"))
    office.arrive("ann", "Sales")
    office.wait(minutes=59)
    assert (office.seat("ann"), len(jobs(office))) == ("view", 0)
    office.wait(minutes=1)
    assert (office.seat("ann"), len(jobs(office))) == ("pro", 1)
    office.wait(minutes=30)
    assert len(jobs(office)) == 1
    office.wait(minutes=30)
    assert (office.seat("ann"), len(jobs(office))) == ("view", 2)
    assert invariants.violations(office.portal.ctx()) == []


def test_a_worker_that_was_down_for_a_day_makes_one_job_for_all_boundaries(office: Office) -> None:
    rules = [during(office, hours(n), hours(n + 2)) | {"id": f"season{n}"} for n in (1, 2, 3)]
    office.portal.publish(a_policy(*rules, default="view"))
    office.arrive("ann", "Sales")
    office.wait(days=1)
    assert (office.seat("ann"), len(jobs(office))) == ("view", 1)
    assert jobs(office)[0].state == "done"
    office.wait(days=1)
    assert len(jobs(office)) == 1


def test_a_window_that_turned_before_the_publish_needs_no_job(office: Office) -> None:
    office.portal.publish(a_policy(during(office, hours(-5), hours(5)), default="view"))
    office.arrive("ann", "Sales")
    office.portal.run_due()
    assert (office.seat("ann"), len(jobs(office))) == ("pro", 0)
    assert not clockwork.windows_turned(office.portal.ctx())


def test_rules_that_are_paused_turn_no_window(office: Office) -> None:
    office.portal.publish(a_policy(during(office, hours(1), None, state="paused"), default="view"))
    office.wait(hours=2)
    assert jobs(office) == []


def test_two_workers_at_once_make_one_job(office: Office) -> None:
    office.portal.publish(a_policy(during(office, hours(1), None), default="view"))
    office.elapsed += hours(1)
    app, ctx, made = office.portal.app, office.portal.ctx(), []
    gate = threading.Barrier(4)

    def worker() -> None:
        with app.app_context():
            assert clockwork.windows_turned(ctx)
            db.session.remove()
            gate.wait(20)
            made.append(transact(lambda: clockwork.follow_windows(ctx)))
            db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(made) == [False, False, False, True]
    assert len(jobs(office)) == 1


def test_a_beat_with_nothing_due_looks_at_the_policy_and_one_row(office: Office) -> None:
    office.portal.publish(a_policy(during(office, hours(-1), hours(1)), default="view"))
    ctx = office.portal.ctx()
    rulebook.glance(ctx)
    with counted() as statements:
        assert not clockwork.windows_turned(ctx)
    assert len(statements) == 2
