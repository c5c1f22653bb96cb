"""Mails leave after the commit, once each, and are tried again while the mail server fails; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from scim_portal import clock
from scim_portal.config import Settings
from scim_portal.db import transact
from scim_portal.jobs import postman, runner
from scim_portal.models import Outbound
from scim_portal.services import access, catalog, mail, notice_settings, outbox
from scim_portal.services.mail import Mail, Undelivered
from tests.portals import PortalUnderTest
from tests.servers import free_port
from tests.services import notice_board
from tests.smtp import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer.listening() as found:
        yield found


@pytest.fixture
def posted(portal: PortalUnderTest, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> PortalUnderTest:
    """A portal of an installation with a mail server, an owner, a license admin and two who are not told."""
    settings = replace(portal.settings, smtp_url=server.url, mail_from="portal@mail.example")
    monkeypatch.setitem(portal.app.config, "SETTINGS", settings)
    for role in ("owner", "license-admin", "auditor", "helpdesk"):
        portal.admin(role)
    return portal


def lapse(portal: PortalUnderTest, seats: int = 3) -> None:
    """Have one thing told: a contract that ends within the week."""
    portal.license("pro", 0)
    line = {"quantity": seats, "ends_at": clock.now() + timedelta(days=6)}
    transact(lambda: catalog.add_line(portal.ctx(), "pro", **line))
    portal.run_due()


def deliver(portal: PortalUnderTest) -> int:
    return postman.deliver(portal.ref, portal.settings)


def step(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    """Move the clock."""
    then = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: then)


def only(portal: PortalUnderTest) -> Outbound:
    (row,) = notice_board.outbox(portal)
    return row


def test_a_notice_reaches_owners_and_license_admins_once(posted: PortalUnderTest, server: MailServer) -> None:
    lapse(posted)
    assert server.mails == []
    assert deliver(posted) == 1
    (message,) = server.mails
    assert server.recipients == [[f"owner@{posted.slug}.example", f"license-admin@{posted.slug}.example"]]
    assert message["From"] == "portal@mail.example"
    assert str(message["Subject"]).startswith(f"[{posted.ref.name}] The contract for 3 seats of Pro ends on ")
    assert message.get_content_type() == "text/plain"
    body = message.get_content()
    assert body.count("http") == 1
    assert f"{posted.ref.base_url}/licenses/pro" in body
    posted.run_due()
    assert (deliver(posted), len(server.mails)) == (0, 1)
    assert only(posted).sent_at is not None


def test_the_portals_own_list_goes_before_roles(posted: PortalUnderTest, server: MailServer) -> None:
    transact(lambda: notice_settings.change(posted.ctx(), ["ops@acme.example", "ops@acme.example", "bo@acme.example"]))
    lapse(posted)
    deliver(posted)
    assert server.recipients == [["ops@acme.example", "bo@acme.example"]]


def test_a_disabled_admin_is_not_told(posted: PortalUnderTest) -> None:
    def disable() -> None:
        admin, _ = access.create_admin(posted.ctx(), email="gone@acme.example", role="owner")
        admin.disabled_at = clock.now()

    transact(disable)
    assert "gone@acme.example" not in notice_settings.recipients(posted.ctx())


def test_without_a_mail_server_nothing_is_written_for_it(portal: PortalUnderTest) -> None:
    portal.admin()
    lapse(portal)
    assert notice_board.outbox(portal) == []
    assert deliver(portal) == 0


def test_a_dead_server_is_tried_again_after_1_5_30_minutes_2_and_12_hours_and_then_no_more(
    posted: PortalUnderTest, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = replace(posted.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    step(monkeypatch)
    lapse(posted)
    tries = []
    for minutes in (0, 1, 5, 30, 120, 720):
        if minutes:
            step(monkeypatch, minutes=minutes - 0.1)
            assert postman.deliver(posted.ref, dead) == 0
            assert only(posted).attempts == len(tries), "tried too early"
            step(monkeypatch, minutes=0.1)
        assert postman.deliver(posted.ref, dead) == 0
        tries.append(only(posted).attempts)
    assert tries == [1, 2, 3, 4, 5, 6]
    row = only(posted)
    assert row.given_up_at is not None
    assert "ConnectionRefusedError" in (row.error or "")
    step(monkeypatch, days=2)
    assert (deliver(posted), server.mails) == (0, [])


def test_a_server_that_is_back_gets_the_mail(
    posted: PortalUnderTest, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(monkeypatch)
    lapse(posted)
    server.verdict = "451 try again later"
    assert deliver(posted) == 0
    assert only(posted).error == "The server said 451 try again later"
    server.verdict = "250 taken"
    step(monkeypatch, minutes=1)
    assert (deliver(posted), len(server.mails)) == (1, 1)


def test_a_dead_server_holds_up_one_mail_a_round_and_no_other_work(
    posted: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = replace(posted.settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    step(monkeypatch)
    for _ in range(3):
        transact(lambda: notice_settings.post_test(posted.ctx()))
    postman.deliver_everything(dead)
    assert sorted(row.attempts for row in notice_board.outbox(posted)) == [0, 0, 1]
    monkeypatch.setattr(mail, "send", lambda *_: pytest.fail("the clock's work sends no mail"))
    lapse(posted)
    assert runner.run_portal(posted.ref, dead) >= 0


def test_a_sender_that_was_killed_counts_as_one_that_failed(
    posted: PortalUnderTest, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    step(monkeypatch)
    lapse(posted)
    assert transact(lambda: outbox.lease(posted.ctx())) is not None
    assert transact(lambda: outbox.lease(posted.ctx())) is None
    assert deliver(posted) == 0
    step(monkeypatch, minutes=1)
    assert (deliver(posted), only(posted).attempts) == (1, 2)


def test_a_refused_recipient_is_noted_and_the_others_get_the_mail(posted: PortalUnderTest, server: MailServer) -> None:
    server.refused = {f"owner@{posted.slug}.example"}
    lapse(posted)
    assert deliver(posted) == 1
    assert server.recipients == [[f"license-admin@{posted.slug}.example"]]
    assert only(posted).error == f"Refused: owner@{posted.slug}.example."


def test_a_mail_that_was_taken_is_sent_however_the_server_says_goodbye(
    posted: PortalUnderTest, server: MailServer
) -> None:
    server.farewell = "500 never"
    lapse(posted)
    assert (deliver(posted), only(posted).error) == (1, None)


def test_texts_in_every_script_arrive_and_no_header_can_be_slipped_in(
    posted: PortalUnderTest, server: MailServer
) -> None:
    one = Mail("x1", ("a@acme.example",), "Grüße\r\nBcc: evil@x.example", "Straße 東京\n.\nend")
    mail.send(posted.settings, one)
    (message,) = server.mails
    assert (message["Subject"], message["Bcc"]) == ("Grüße Bcc: evil@x.example", None)
    assert message.get_content().replace("\r\n", "\n") == "Straße 東京\n.\nend\n"
    assert server.recipients == [["a@acme.example"]]


def test_the_user_signs_in_and_a_wrong_password_is_never_told(server: MailServer) -> None:
    def settings(password: str) -> Settings:
        url = f"smtp://portal:{password}@127.0.0.1:{server.port}"
        return Settings(secret_key="x" * 32, database_url="sqlite:///", var_dir=None, smtp_url=url)  # type: ignore[arg-type]

    server.login = ("portal", "p@ss word")
    mail.check(settings("p%40ss%20word"))
    with pytest.raises(Undelivered) as found:
        mail.check(settings("wrong-one"))
    assert "wrong-one" not in str(found.value)
    assert "wrong-one" not in repr(settings("wrong-one"))
