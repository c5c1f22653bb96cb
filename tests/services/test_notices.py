"""What admins are told (L11): every kind once on the way up, and again after it was armed anew; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from scim_portal.context import Role
from scim_portal.db import db, transact
from scim_portal.services import catalog, notices, tokens, work
from tests.portals import PortalUnderTest, a_policy
from tests.services.notice_board import outbox, texts, told
from tests.services.office import Office
from tests.web.test_statement_counts import counted

Build = Callable[..., Office]


@pytest.fixture
def office(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office, where everybody gets view, of which there are ten."""
    found = Office(portal, monkeypatch, view=10, pro=0, std=0)
    portal.publish(a_policy(default="view"))
    return found


def fill(office: Office, *numbers: int) -> None:
    for number in numbers:
        office.arrive(f"p{number:02}")
    office.portal.run_due()


def leave(office: Office, *numbers: int) -> None:
    for number in numbers:
        office.activate(f"p{number:02}", False)
    office.wait(days=7)


def grow(office: Office, quantity: int) -> None:
    line = catalog.lines(office.portal.ctx(), "view")[0].id
    transact(lambda: catalog.change_line(office.portal.ctx(), line, quantity=quantity))
    office.portal.run_due()


def reached(office: Office, state: str = "all") -> list[int]:
    """The thresholds that were told, oldest first."""
    return [int(text.split(" %")[0].rpartition(" ")[2]) for text in texts(office.portal, "threshold", state)]


def test_each_threshold_is_told_once_on_the_way_up(office: Office) -> None:
    fill(office, *range(7))
    assert reached(office) == []
    fill(office, 7)
    assert reached(office) == [80]
    office.wait(seconds=1)
    fill(office, 8)
    fill(office, 9)
    assert reached(office) == [80, 90, 100]
    assert {one["ended_at"] for one in told(office.portal, "threshold")} == {None}


def test_a_threshold_is_armed_again_five_points_below(office: Office) -> None:
    grow(office, 20)
    fill(office, *range(16))
    assert reached(office) == [80]
    leave(office, 15)
    assert reached(office, "open") == []
    assert office.use()["view"] == 15
    fill(office, 16)
    assert reached(office) == [80, 80]


def test_a_threshold_that_is_left_by_less_stays_as_it_is(office: Office) -> None:
    grow(office, 25)
    fill(office, *range(20))
    leave(office, 19)
    assert office.use()["view"] == 19
    assert reached(office, "open") == [80]
    fill(office, 20)
    assert reached(office) == [80]


def test_a_notice_that_was_put_away_stays_away_until_it_is_armed_again(office: Office) -> None:
    grow(office, 20)
    fill(office, *range(16))
    (one,) = told(office.portal, "threshold")
    assert office.portal.api("POST", f"/notices/{one['id']}/dismiss").json["ended_by"] is not None
    fill(office, 16)
    office.wait(days=1)
    assert reached(office) == [80]
    leave(office, 15, 16)
    fill(office, 17)
    assert reached(office) == [80, 80]
    assert reached(office, "open") == [80]


def test_a_change_of_capacity_arms_thresholds_again(office: Office) -> None:
    fill(office, *range(8))
    grow(office, 20)
    assert (reached(office), reached(office, "open")) == ([80], [])
    grow(office, 10)
    assert (reached(office), reached(office, "open")) == ([80, 80], [80])


def test_thresholds_are_the_types_own(office: Office) -> None:
    answer = office.portal.api("PATCH", "/license-types/view", {"thresholds": [50, 50, 20]})
    assert answer.json["thresholds"] == [20, 50]
    fill(office, *range(9))
    assert sorted(reached(office)) == [20, 50]
    office.portal.api("PATCH", "/license-types/view", {"thresholds": []})
    office.portal.run_due()
    assert reached(office, "open") == []


def test_an_exhausted_type_is_told_once_however_many_wait(office: Office) -> None:
    fill(office, *range(10))
    assert texts(office.portal, "exhausted") == []
    fill(office, 10)
    fill(office, 11, 12)
    assert texts(office.portal, "exhausted") == ["All 10 seats of View are taken, and people wait for one."]
    leave(office, 0, 10, 11, 12)
    assert (office.portal.usage()["view"], len(told(office.portal, "exhausted", "open"))) == ((9, 0), 0)
    fill(office, 20, 21)
    assert len(told(office.portal, "exhausted")) == 2


def test_a_limit_below_the_use_is_told_until_the_use_is_down(office: Office) -> None:
    fill(office, *range(5))
    grow(office, 4)
    (text,) = texts(office.portal, "over", "open")
    assert text == "View is over its limit: 5 seats are in use, 4 are allowed. Nobody loses a seat."
    leave(office, 0)
    assert len(told(office.portal, "over", "open")) == 0


def test_a_frozen_rule_is_told_until_it_is_dealt_with(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(portal, monkeypatch)
    office.arrive("ann", "Sales")
    assert portal.scim("DELETE", f"/Groups/{office.groups['Sales']}").status_code == 204
    portal.run_due()
    (one,) = told(portal, "needs-attention", "open")
    assert (one["severity"], one["url"]) == ("critical", f"{portal.ref.base_url}/frozen-rules/sales")
    assert "“Sales” needs attention" in one["text"]
    office.wait(days=8)
    assert len(told(portal, "needs-attention", "open")) == 1
    assert portal.api("POST", f"/groups/{office.groups['Sales']}/restore").status_code == 200
    portal.run_due()
    assert told(portal, "needs-attention", "open") == []


def test_a_token_is_told_of_four_times_and_when_it_expired(office: Office) -> None:
    office.wait(days=2)  # the tokens of the fixture are out of the way
    connector = office.portal.connector()
    ctx = office.portal.ctx()
    issued = transact(lambda: tokens.issue_scim(ctx, connector, expires_at=ctx.now + timedelta(days=90), name="Long"))

    def mine() -> list[str]:
        return [one["severity"] for one in told(office.portal, "token-expiry") if "“Long”" in one["text"]]

    counts = []
    for days in (59, 1, 15, 1, 7, 6, 1):
        office.portal.keys.clear()
        office.wait(days=days)
        counts.append(len(mine()))
    assert counts == [0, 1, 1, 2, 3, 4, 5]
    assert mine() == ["info", "info", "warning", "warning", "critical"]
    transact(lambda: tokens.revoke(office.portal.ctx(), issued.id))
    office.portal.run_due()
    assert not any("“Long”" in text for text in texts(office.portal, "token-expiry", "open"))


def test_notices_of_a_token_end_when_it_is_replaced(portal: PortalUnderTest) -> None:
    ctx = portal.ctx()
    key = transact(
        lambda: tokens.issue_api_key(ctx, role=Role.AUDITOR, expires_at=ctx.now + timedelta(days=3), name="Audit")
    )
    portal.run_due()
    assert any("API key “Audit” expires" in text for text in texts(portal, "token-expiry", "open"))
    transact(lambda: tokens.regenerate(portal.ctx(), key.id, expires_at=ctx.now + timedelta(days=90)))
    portal.run_due()
    assert not any("“Audit”" in text for text in texts(portal, "token-expiry", "open"))


def test_a_contract_is_told_of_before_it_ends_and_when_it_lapsed(office: Office) -> None:
    ctx = office.portal.ctx()
    line = transact(lambda: catalog.add_line(ctx, "pro", quantity=1, ends_at=ctx.now + timedelta(days=31)))
    seen = []
    for days in (0, 1, 16, 7, 6, 1):
        office.portal.keys.clear()
        office.wait(days=days)
        seen.append(len(told(office.portal, "contract-expiry")))
    assert seen == [0, 1, 2, 3, 4, 5]
    (last,) = texts(office.portal, "contract-expiry", "open")
    assert last.startswith("The contract for 1 seat of Pro ended on ")
    transact(lambda: catalog.change_line(office.portal.ctx(), line.id, ends_at=None))
    office.portal.run_due()
    assert texts(office.portal, "contract-expiry", "open") == []


def test_a_job_that_failed_is_told(portal: PortalUnderTest) -> None:
    job = transact(lambda: work.enqueue(portal.ctx(), "export", dataset="nothing"))
    transact(lambda: work.fail(portal.ctx(), job.id, message="There is no such dataset."))
    portal.run_due()
    assert texts(portal, "job-failed") == ["An export failed. There is no such dataset."]


def test_with_each_notice_a_webhook_is_written_and_no_mail_without_a_server(office: Office) -> None:
    fill(office, *range(8))
    (one,) = told(office.portal, "threshold")
    (row,) = [row for row in outbox(office.portal, "webhook") if row.notice_id == one["id"]]
    assert (row.payload["type"], row.payload["data"]["text"]) == ("notice.opened", one["text"])
    assert outbox(office.portal) == []


def test_two_workers_at_once_tell_once(office: Office) -> None:
    for number in range(8):
        office.arrive(f"p{number:02}")
    app, ctx, counts = office.portal.app, office.portal.ctx(), []
    gate = threading.Barrier(4)

    def worker() -> None:
        with app.app_context():
            is_due = notices.is_due(ctx)
            db.session.remove()
            gate.wait(20)
            counts.append((is_due, transact(lambda: notices.sweep(ctx))))
            db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [is_due for is_due, _ in counts] == [True] * 4
    assert sorted(changed > 0 for _, changed in counts) == [False, False, False, True]
    assert reached(office) == [80]


def test_nothing_new_is_written_by_another_beat(office: Office) -> None:
    fill(office, *range(12))
    before = len(told(office.portal, "threshold")) + len(told(office.portal, "exhausted"))
    office.wait(seconds=1)
    assert not notices.is_due(office.portal.ctx())
    assert len(told(office.portal, "threshold")) + len(told(office.portal, "exhausted")) == before


def test_waiting_for_what_was_never_bought_is_told_in_other_words(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(portal, monkeypatch, view=0, pro=1)
    office.arrive("ann")
    for name in ("bob", "cat"):
        office.arrive(name, "Sales")
    portal.run_due()
    assert set(texts(portal, "exhausted")) == {
        "People wait for View, but no seat of it is bought.",
        "The only seat of Pro is taken, and people wait for one.",
    }


def test_a_beat_with_nothing_new_takes_two_statements_and_a_glance_at_the_policy(office: Office) -> None:
    ctx = office.portal.ctx()
    db.session.rollback()
    with counted() as statements:
        assert not notices.is_due(ctx)
    assert len(statements) == 3
