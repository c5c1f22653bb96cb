"""A real worker with a mail server: mails leave by themselves, and a server that hangs holds up nothing else."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from scim_portal.db import db, transact
from scim_portal.models import Job
from scim_portal.services import notice_settings, work
from tests.concurrency.arena import eventually
from tests.databases import Database, Databases
from tests.portals import PortalUnderTest
from tests.servers import Server, free_port
from tests.services import notice_board
from tests.smtp import MailServer


@dataclass
class Posted(Server):
    """An installation that names a mail server."""

    smtp_url: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"SMTP_URL": self.smtp_url}


@pytest.fixture
def lone(database: Database, databases: Databases) -> Database:
    """A database that no other worker looks into."""
    return databases.fresh(database.kind)


@contextmanager
def working(database: Database, smtp_url: str) -> Iterator[None]:
    """Run a worker, and nothing else."""
    server = Posted(database, free_port(), smtp_url=smtp_url)
    server.start("worker", [sys.executable, "-m", "scim_portal.cli", "worker"])
    try:
        yield
    finally:
        server.stop("worker")


@contextmanager
def waiting(database: Database, smtp_url: str) -> Iterator[PortalUnderTest]:
    """A portal with a mail in its outbox."""
    app = database.application(smtp_url=smtp_url)
    with app.app_context():
        portal = PortalUnderTest.create(app)
        portal.admin()
        transact(lambda: notice_settings.post_test(portal.ctx()))
        yield portal
        db.session.remove()


def state(portal: PortalUnderTest, job: Job) -> str:
    db.session.rollback()
    return work.find(portal.ctx(), job.id).state


def test_a_mail_server_that_hangs_holds_up_no_other_work(lone: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"smtp://127.0.0.1:{mute.getsockname()[1]}"
        with waiting(lone, url) as portal, working(lone, url):
            eventually(lambda: notice_board.outbox(portal)[0].attempts == 1, "nobody tried to send the mail")
            job = transact(lambda: work.enqueue(portal.ctx(), "settle_all"))
            eventually(lambda: state(portal, job) == "done", "the job waits for the mail", seconds=7)
            (row,) = notice_board.outbox(portal)
            assert (row.attempts, row.sent_at, row.error) == (1, None, None), "the mail no longer hangs"


def test_a_worker_sends_what_waits(lone: Database) -> None:
    with MailServer.listening() as server, waiting(lone, server.url) as portal, working(lone, server.url):
        eventually(lambda: server.mails, "no mail arrived")
        eventually(lambda: notice_board.outbox(portal)[0].sent_at, "the mail was not noted as sent")
        assert server.recipients == [[f"owner@{portal.slug}.example"]]
