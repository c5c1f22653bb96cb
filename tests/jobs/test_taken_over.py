"""A runner that was away too long finds that another one did its job, and does nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scim_portal import clock
from scim_portal.db import db, transact
from scim_portal.jobs import bulk as runner_of_bulk
from scim_portal.models import Job
from scim_portal.services import bulk, people, provisioning, work
from tests.portals import PortalUnderTest


def test_what_an_admin_undid_after_a_job_is_not_done_again_by_its_first_runner(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = portal.provision("ann@x.example")
    portal.run_due()
    made = transact(lambda: bulk.begin(portal.ctx(), bulk.Order(bulk.Action.DEACTIVATE), [ann])).id
    asleep = transact(lambda: work.lease(portal.ctx()))
    assert asleep is not None
    db.session.refresh(asleep)
    db.session.expunge(asleep)  # it goes on with what it knew
    later = clock.now() + work.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    portal.run_due()
    done = db.session.get(Job, (portal.ref.id, made))
    assert done is not None
    assert (done.state, people.user(portal.ctx(), ann).active) == ("done", False)
    transact(lambda: provisioning.set_active(portal.ctx(), ann, True))
    with pytest.raises(work.LeaseLostError):
        runner_of_bulk.run(portal.ctx(), asleep)
    db.session.rollback()
    assert people.user(portal.ctx(), ann).active
