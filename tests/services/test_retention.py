"""What is removed when its time is over, and what never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scim_portal import clock
from scim_portal.db import db, transact
from scim_portal.jobs import runner
from scim_portal.models import AdminAction, AdminSession, Notice, Outbound, ProvisioningEntry, SeatEntry, Throttle
from scim_portal.services import notices, outbox, retention, throttling
from scim_portal.services.outbox import Channel
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor


def count(portal: PortalUnderTest, model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(model.portal_id == portal.ref.id)) or 0  # type: ignore[attr-defined]


def days_later(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    now = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def old(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal where somebody was provisioned, a notice told and ended, two mails written and one sent, a sign-in failed."""
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    ids_ = [portal.provision(f"{name}@x.example") for name in ("ann", "bob")]
    portal.run_due()
    portal.scim("DELETE", f"/Users/{ids_[1]}")
    portal.run_due()

    def unit() -> None:
        ctx = portal.ctx()
        for _ in range(2):
            outbox.write(ctx, Channel.EMAIL, {"to": ["a@x.example"], "subject": "s", "text": "t"})
        throttling.failed(ctx, account="ann", address="10.0.0.1")

    transact(unit)
    leased = transact(lambda: outbox.lease(portal.ctx()))
    assert leased
    transact(lambda: outbox.sent(portal.ctx(), leased))
    return portal


def test_nothing_is_removed_before_its_time(old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {model: count(old, model) for model in (ProvisioningEntry, Notice, Outbound, Throttle)}
    days_later(monkeypatch, 0.9)
    old.run_due()
    assert {model: count(old, model) for model in before} == before


def test_each_kind_goes_in_its_time_and_the_ledger_stays(old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, actions, lines = (count(old, model) for model in (SeatEntry, AdminAction, ProvisioningEntry))
    days_later(monkeypatch, 91)
    old.run_due()
    assert (count(old, Throttle), count(old, ProvisioningEntry)) == (0, lines)
    assert [one.sent_at for one in db.session.scalars(select(Outbound).where(Outbound.portal_id == old.ref.id))] == [
        None
    ]
    days_later(monkeypatch, 310)
    old.run_due()
    assert (count(old, ProvisioningEntry), count(old, AdminAction)) == (0, actions)
    assert count(old, SeatEntry) >= ledger


def test_a_notice_that_was_put_away_stays_while_its_reason_lasts(
    old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    transact(lambda: [notices.dismiss(old.ctx(), one.id) for one in notices.listed(old.ctx(), open_only=True).items])
    put_away = count(old, Notice)
    assert put_away > 0
    days_later(monkeypatch, 91)
    stale = retention.stale(old.ctx())
    held = select(Notice.id).where(Notice.portal_id == old.ref.id, Notice.subject < notices.PAST)
    kept = set(db.session.scalars(held))
    assert kept
    assert kept.isdisjoint(key for one in stale for key in one.keys)


def test_sessions_that_ended_go(old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    Visitor.signed_in(old)
    assert count(old, AdminSession) == 1
    days_later(monkeypatch, 2)
    old.run_due()
    assert count(old, AdminSession) == 0


def test_old_lines_go_in_batches_and_only_in_their_portal(
    old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    other = PortalUnderTest.create(old.app)
    other.provision("eve@x.example")
    days_later(monkeypatch, 401)
    old.run_due()
    assert count(old, ProvisioningEntry) == 0
    assert count(other, ProvisioningEntry) > 0


def test_a_log_that_is_to_be_kept_for_good_is(old: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = count(old, ProvisioningEntry)
    days_later(monkeypatch, 5000)
    runner.run_portal(old.ref, replace(old.settings, provisioning_log_days=0))
    assert count(old, ProvisioningEntry) == lines
