"""`kill -9` of web workers in the middle of a load: what was acknowledged is stored, and the ledger folds to what there is."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import User
from tests.concurrency.arena import Arena, eventually, statuses
from tests.concurrency.callers import Storm
from tests.portals import a_policy, a_user

PEOPLE, SEATS, KILLS = 160, 50, 5


def test_no_acknowledged_create_is_lost_when_web_workers_are_killed(arena: Arena) -> None:
    arena.portal.license("view", SEATS)
    arena.portal.publish(a_policy(default="view"))
    calls = [arena.scim("POST", "/Users", a_user(f"p{number}@acme.example")) for number in range(PEOPLE)]
    storm = arena.begin(calls, processes=3, threads=4)
    killed = kill_workers(arena, storm)
    answers = storm.answers()
    assert killed >= 2, "the load was over before anybody was killed"
    assert set(statuses(answers)) <= {0, 201}
    acknowledged = {one.body["id"] for one in answers if one.status == 201}
    assert acknowledged <= stored(arena)
    arena.must_hold()
    sent_again = arena.storm([calls[turn] for turn, one in enumerate(answers) if one.status == 0] or calls[:1])
    assert set(statuses(sent_again)) <= {201, 409}
    assert len(stored(arena)) == PEOPLE
    assert arena.portal.usage() == {"view": (SEATS, PEOPLE - SEATS)}
    arena.must_hold()


def kill_workers(arena: Arena, storm: Storm) -> int:
    """Kill a worker each tenth of a second while the load lasts; tells how many died of it."""
    killed = 0
    while storm.under_way() and killed < KILLS:
        time.sleep(0.1)
        with contextlib.suppress(IndexError, ProcessLookupError):
            os.kill(random.choice(arena.server.web_workers()), signal.SIGKILL)
            killed += storm.under_way()
    eventually(lambda: len(arena.server.web_workers()) == 3, "gunicorn did not replace its workers")
    return killed


def stored(arena: Arena) -> set[str]:
    """Read which users there are."""
    db.session.rollback()
    return set(db.session.scalars(select(User.id).where(User.portal_id == arena.portal.ref.id)))
