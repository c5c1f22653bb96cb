"""`kill -9` of whoever runs a job: another one goes on where it stopped, and the end is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app import create_app
from rules.compare import Effect
from scim_portal import clock
from scim_portal.config import ROOT, Settings
from scim_portal.db import db, transact
from scim_portal.ids import new_id
from scim_portal.jobs import runner, settling
from scim_portal.models import Job, Seat, User
from scim_portal.services import mapping, portals, previews, rulebook, work
from scim_portal.services.mapping import Stamp
from tests.concurrency.arena import Arena, eventually
from tests.portals import PortalUnderTest, a_policy, a_rule, a_user
from tests.thoroughness import NIGHTLY

PEOPLE, BATCH = 60, 10
CROWD = 20_000 if NIGHTLY else 300
HALVES = a_policy(a_rule("even", 'title eq "even"', "pro", fallback=["std"]), default="view")


def a_new_policy(portal: PortalUnderTest) -> rulebook.Published:
    """Publish rules that move everybody, and leave the job to whoever comes."""
    return transact(lambda: rulebook.publish(portal.ctx(), HALVES))


def a_crowd(portal: PortalUnderTest, count: int) -> None:
    """Create people without seats, under a policy that gives none; then there are too few for everybody."""
    for number in range(count):
        portal.provision(f"p{number:03}@acme.example", title="even" if number % 2 == 0 else "odd")
    for key, rank in (("pro", 30), ("std", 20), ("view", 10)):
        portal.license(key, count // 5, rank=rank)
    portal.run_due()


def standing(portal: PortalUnderTest) -> dict[str, set[tuple[str, str]]]:
    """Read who holds what by name, and who waits under which number."""
    db.session.rollback()
    mine = select(User.user_name, Seat.license_type, Seat.state)
    mine = mine.join(Seat, (Seat.portal_id == User.portal_id) & (Seat.user_id == User.id))
    found: dict[str, set[tuple[str, str]]] = {}
    for name, key, state in db.session.execute(mine.where(User.portal_id == portal.ref.id)):
        found.setdefault(name, set()).add((key, state))
    return found


def small_batches() -> None:
    """Let a job of few people run as one of very many does."""
    settling.BATCH, settling.ALL_AT_ONCE = BATCH, 0


@pytest.fixture
def lonely_portal(arena: Arena) -> Iterator[PortalUnderTest]:
    """A portal whose jobs nobody does but the test, for the worker is off duty."""
    arena.server.stop("worker")
    yield arena.portal
    start_worker(arena)


def start_worker(arena: Arena) -> None:
    """Start a background worker again."""
    arena.server.start("worker", [sys.executable, "-m", "scim_portal.cli", "worker"])


def test_a_job_killed_between_its_batches_goes_on_where_it_stopped(
    lonely_portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = lonely_portal
    twin = PortalUnderTest.create(portal.app)
    for one in (portal, twin):
        a_crowd(one, PEOPLE)
    monkeypatch.setattr(settling, "BATCH", BATCH)
    monkeypatch.setattr(settling, "ALL_AT_ONCE", 0)
    job = a_new_policy(portal).job.id
    assert run_and_die(portal, commits=4) == -signal.SIGKILL
    assert (state(portal, job).state, state(portal, job).done) == ("running", 3 * BATCH)
    portal.run_due()
    assert state(portal, job).done == 3 * BATCH, "the dead runner's lease was not respected"
    moment = clock.now() + work.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    portal.run_due()
    assert (state(portal, job).state, state(portal, job).done) == ("done", PEOPLE)
    a_new_policy(twin)
    twin.run_due()
    assert standing(portal) == standing(twin)
    assert portal.usage() == twin.usage()
    assert Arena(portal, None).problems() == []  # type: ignore[arg-type]


def run_and_die(portal: PortalUnderTest, *, commits: int) -> int:
    """Run the portal's jobs in another process that kills itself before its last commit takes place; gives its exit."""
    settings = portal.settings
    words = [settings.secret_key, settings.database_url, str(settings.var_dir), portal.slug, str(commits)]
    with_words = [
        sys.executable,
        "-c",
        "import sys; from tests.concurrency import test_killed_jobs as t; t.die(*sys.argv[1:])",
    ]
    return subprocess.run([*with_words, *words], cwd=ROOT, timeout=60, check=False).returncode


def die(secret: str, url: str, var_dir: str, slug: str, commits: str) -> None:
    """Run what is due, and end by SIGKILL when so many commits are through and the next is about to be."""
    settings = Settings(secret_key=secret, database_url=url, var_dir=Path(var_dir))
    small_batches()
    left = int(commits)

    def count(connection: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    app = create_app(settings)
    with app.app_context():
        portal = portals.by_slug(settings, slug)
        event.listen(db.engine, "commit", count)
        runner.run_portal(portal, settings)


def state(portal: PortalUnderTest, id: str) -> Job:
    """Read a job as it stands."""
    return Arena(portal, None).job(id)  # type: ignore[arg-type]


def test_a_publish_survives_the_death_of_web_and_background_worker(arena: Arena) -> None:
    """For three hundred people, by night for twenty thousand; what comes of it is what was previewed."""
    portal = arena.portal
    (a_large_crowd if NIGHTLY else a_crowd)(portal, CROWD)
    shown = previews.preview(portal.ctx(), HALVES)
    db.session.rollback()
    job = transact(lambda: previews.publish(portal.ctx(), HALVES, token=shown.token)).job.id
    eventually(lambda: arena.job(job).state != "queued", "no worker took the job", pause=0.002)
    if NIGHTLY:
        eventually(lambda: arena.job(job).done > CROWD // 10, "the job did not get on", seconds=120)
    kill_worker(arena)
    os.kill(arena.server.web_workers()[0], signal.SIGKILL)
    was = arena.job(job)
    lease_runs_out(arena, job)
    start_worker(arena)
    assert arena.settled(job, seconds=600 if NIGHTLY else 20).done == CROWD
    assert was.state == "done" or arena.job(job).attempts == 2
    seats = CROWD // 5
    assert {key: used for key, (used, _) in portal.usage().items()} == {
        key: one.after for key, one in shown.outcome.usage.items()
    }
    assert portal.usage() == {
        "pro": (seats, CROWD * 3 // 10),
        "std": (seats, CROWD // 10),
        "view": (seats, CROWD * 3 // 10),
    }
    given = {(row.user_id, row.after) for row in shown.outcome.changes if row.change is Effect.GRANT}
    assert given == everything_held(portal)
    assert runner.reconcile(portal.ctx(), lambda done, total: None)[1] == []
    arena.must_hold()


def a_large_crowd(portal: PortalUnderTest, count: int) -> None:
    """Write people straight to their table, as they would be under a policy that gives nothing."""
    ctx = portal.ctx()

    def chunk(numbers: range) -> None:
        rows = []
        for number in numbers:
            content = a_user(f"p{number:05}@acme.example", title="even" if number % 2 == 0 else "odd")
            del content["password"], content["groups"]
            columns = mapping.user_columns(content, Stamp(new_id(), 1, ctx.now, ctx.now))
            rows.append({"portal_id": ctx.portal.id, **columns})
        db.session.connection().execute(User.__table__.insert(), rows)

    for start in range(0, count, 1000):
        transact(lambda start=start: chunk(range(start, min(count, start + 1000))))
    for key, rank in (("pro", 30), ("std", 20), ("view", 10)):
        portal.license(key, count // 5, rank=rank)


def everything_held(portal: PortalUnderTest) -> set[tuple[str, str]]:
    """Read who holds what, by id."""
    db.session.rollback()
    mine = select(Seat.user_id, Seat.license_type).where(Seat.portal_id == portal.ref.id)
    return {(user, key) for user, key in db.session.execute(mine)}


def kill_worker(arena: Arena) -> None:
    """Kill the background worker at once."""
    process = arena.server.processes.pop("worker")
    process.kill()
    process.wait()


def lease_runs_out(arena: Arena, id: str) -> None:
    """Let two minutes pass for one job: the running installation's clock cannot be stepped."""
    mine = update(Job).where(Job.portal_id == arena.portal.ref.id, Job.id == id)
    transact(lambda: db.session.execute(mine.values(lease_until=clock.now() - timedelta(seconds=1))))
