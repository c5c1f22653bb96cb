"""Two transactions of which the second begins while the first has yet to commit: what is read too early must be read again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from scim_portal.db import db, transact
from scim_portal.errors import Conflict
from scim_portal.models import SeatEntry, User
from scim_portal.protocol.errors import Uniqueness
from scim_portal.services import catalog, erasure, groups, licensing, overrides, people, provisioning, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule, a_user

WAIT = 0.5


def interleaved(app: Flask, first: Callable[[], object], second: Callable[[], object]) -> BaseException | None:
    """Hold `first` before its commit until `second` had time to wait for it; gives what `second` raised."""
    ready, go = threading.Event(), threading.Event()
    raised: list[BaseException] = []

    def holding() -> None:
        first()
        ready.set()
        go.wait(10)

    def run(unit: Callable[[], object]) -> None:
        with app.app_context():
            try:
                transact(unit)
            except Exception as error:
                raised.append(error)
                ready.set()

    threads = [threading.Thread(target=run, args=(unit,)) for unit in (holding, second)]
    threads[0].start()
    assert ready.wait(10)
    assert not raised
    threads[1].start()
    time.sleep(WAIT)
    go.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    db.session.rollback()
    return raised[0] if raised else None


def stocked(portal: PortalUnderTest, **settings: int) -> PortalUnderTest:
    for key, rank in (("pro", 30), ("std", 20)):
        portal.license(key, 1, rank=rank, **settings)
    portal.publish(a_policy(a_rule("s", 'title eq "Seller"', "pro", fallback=["std"]), default=None))
    portal.token  # noqa: B018 - the connector is there before anybody waits
    return portal


def states(portal: PortalUnderTest, user: str) -> dict[str, str]:
    db.session.rollback()
    return {one.license_type: one.state for one in people.seats(portal.ctx(), [user]).get(user, [])}


def test_whoever_waited_for_a_person_reads_what_an_admin_said_about_them(app: Flask, portal: PortalUnderTest) -> None:
    ann = stocked(portal, settle_seconds=600).provision("ann@x.example", title="Seller")
    exclude = {"license_type": "pro", "kind": "exclude", "reason": "left the team"}
    interleaved(
        app,
        lambda: overrides.add(portal.ctx(), ann, **exclude),
        lambda: licensing.settle(portal.ctx(), [ann]),
    )
    assert states(portal, ann) == {"pro": "releasing"}


def test_two_pins_at_once_in_one_family_are_one(app: Flask, portal: PortalUnderTest) -> None:
    ann = stocked(portal).provision("ann@x.example")

    def pin(key: str) -> Callable[[], object]:
        return lambda: overrides.add(portal.ctx(), ann, license_type=key, kind="pin", reason="asked for")

    assert isinstance(interleaved(app, pin("pro"), pin("std")), Conflict)
    assert [one.license_type for one in overrides.of_user(portal.ctx(), ann)] == ["pro"]


def test_a_lapse_suspends_whoever_came_in_at_that_moment(app: Flask, portal: PortalUnderTest) -> None:
    (line,) = catalog.lines(stocked(portal).ctx(), "pro")
    made: list[str] = []
    interleaved(
        app,
        lambda: made.append(provisioning.create(portal.ctx(), a_user("ann@x.example", title="Seller")).id),
        lambda: catalog.remove_line(portal.ctx(), line.id),
    )
    assert states(portal, made[0]) == {"pro": "suspended", "std": "assigned"}


def test_a_create_does_not_revive_whom_somebody_erases(app: Flask, portal: PortalUnderTest) -> None:
    content = a_user("ann@x.example", externalId="00u1")
    former = stocked(portal).provision("ann@x.example", externalId="00u1")
    transact(lambda: provisioning.remove(portal.ctx(), former))
    made: list[str] = []
    interleaved(
        app,
        lambda: erasure.erase(portal.ctx(), former),
        lambda: made.append(provisioning.create(portal.ctx(), content).id),
    )
    assert made[0] != former
    erased = people.user(portal.ctx(), former)
    assert (erased.active, erased.deleted_at is None, erased.erased_at is None) == (False, False, False)


def test_a_create_does_not_overwrite_whom_somebody_restores(app: Flask, portal: PortalUnderTest) -> None:
    content = a_user("ann@x.example", externalId="00u1", title="Buyer")
    former = stocked(portal).provision("ann@x.example", externalId="00u1", title="Seller")
    transact(lambda: provisioning.remove(portal.ctx(), former))
    refused = interleaved(
        app,
        lambda: provisioning.restore(portal.ctx(), former),
        lambda: provisioning.create(portal.ctx(), content),
    )
    assert isinstance(refused, Uniqueness)
    assert '"Seller"' in people.user(portal.ctx(), former).document


def test_a_name_is_erased_from_entries_that_others_were_still_writing(app: Flask, portal: PortalUnderTest) -> None:
    stocked(portal)
    ann, bob = (portal.provision(f"{name}@x.example", title="Seller") for name in ("ann", "bob"))
    interleaved(
        app,
        lambda: provisioning.set_active(portal.ctx(), ann, False),
        lambda: erasure.erase(portal.ctx(), bob),
    )
    entries = select(SeatEntry).where(SeatEntry.portal_id == portal.ref.id, SeatEntry.user_id == bob)
    named = {one.user_name for one in db.session.scalars(entries)}
    assert named == {erasure.pseudonym(bob)}


def test_a_group_that_a_policy_begins_to_name_while_it_is_deleted_freezes_the_rule(
    app: Flask, portal: PortalUnderTest
) -> None:
    stocked(portal)
    ann = portal.provision("ann@x.example")
    sales = portal.push("Sales", ann)
    named = a_policy(a_rule("s", f'groups.value eq "{sales}"', "pro"), default=None)
    interleaved(
        app,
        lambda: rulebook.publish(portal.ctx(), named),
        lambda: groups.remove(portal.ctx(), sales),
    )
    assert rulebook.current(portal.ctx())[1]["rules"][0]["state"] == "needs-attention"


def test_a_request_that_waited_until_a_window_closed_decides_by_the_window_of_now(
    portal: PortalUnderTest, monkeypatch: Any
) -> None:
    from scim_portal import clock

    begun = portal.ctx()
    closes = (begun.now + timedelta(minutes=1)).isoformat()
    stocked(portal)
    portal.publish(a_policy(a_rule("s", "userName pr", "pro", valid_until=closes), default="std"))
    monkeypatch.setattr(clock, "now", lambda: begun.now + timedelta(minutes=2))
    ann = transact(lambda: provisioning.create(begun, a_user("ann@x.example"))).id
    assert states(portal, ann) == {"std": "assigned"}


def test_a_policy_that_was_never_committed_decides_nobody(portal: PortalUnderTest) -> None:
    """Its number is the next one's; whoever compiled it in vain must not take it for that."""
    stocked(portal)
    given = a_policy(default="std")

    def in_vain() -> None:
        ctx = portal.ctx()
        rulebook.in_force_locked(ctx)
        rulebook.amend(ctx, a_policy(default="pro"))
        rulebook.in_force(ctx)
        raise InterruptedError

    for attempt in (in_vain, lambda: rulebook.publish(portal.ctx(), given)):
        try:
            transact(attempt)
        except InterruptedError:
            db.session.rollback()
    assert states(portal, portal.provision("ann@x.example")) == {"std": "assigned"}


def test_a_claim_of_the_last_policy_is_not_met_before_its_job_has_run(portal: PortalUnderTest) -> None:
    stocked(portal)
    for name in ("p", "x"):
        portal.provision(f"{name}@x.example", title="Seller")
    x = db.session.scalars(
        select(User.id).where(User.portal_id == portal.ref.id, User.user_name == "x@x.example")
    ).one()
    assert states(portal, x) == {"std": "assigned"}
    transact(lambda: rulebook.publish(portal.ctx(), a_policy(default="std")))
    transact(lambda: catalog.add_line(portal.ctx(), "pro", quantity=1))
    assert states(portal, x) == {"std": "assigned"}
    portal.run_due()
    assert states(portal, x) == {"std": "assigned"}
