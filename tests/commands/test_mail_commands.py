"""What commands do about mail: `doctor` looks at the mail server, `run-due` sends what waits."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from scim_portal.context import ActorKind, system
from scim_portal.db import transact
from scim_portal.services import notice_settings, portals
from tests.portals import LivePortal
from tests.servers import ROOT, free_port
from tests.smtp import MailServer


def run(portal: LivePortal, smtp_url: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command of an installation with a mail server."""
    done = subprocess.run(
        [sys.executable, "-m", "scim_portal.cli", *arguments, "--json"],
        cwd=ROOT, env=portal.server.environment | {"SMTP_URL": smtp_url}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_doctor_says_whether_the_mail_server_can_be_used(live_portal: LivePortal) -> None:
    assert live_portal.server.command("doctor")["checks"]["mail"].startswith("ok: no mail server is configured")
    with MailServer.listening() as server:
        server.login = ("me", "open-sesame")
        url = f"smtp://me:open-sesame@127.0.0.1:{server.port}"
        code, found = run(live_portal, url, "doctor")
        assert (code, found["checks"]["mail"].startswith("ok: the mail server answers")) == (0, True)
        code, found = run(live_portal, url.replace("sesame", "barley"), "doctor")
        assert (code, "refused the user or password" in found["checks"]["mail"]) == (1, True)
        assert "barley" not in json.dumps(found)
    code, found = run(live_portal, f"smtp://127.0.0.1:{free_port()}", "doctor")
    assert (code, found["checks"]["mail"].startswith("problem: the mail server cannot be used")) == (1, True)


def test_run_due_sends_what_waits(live_portal: LivePortal) -> None:
    database, slug = live_portal.server.database, live_portal.slug
    with MailServer.listening() as server:
        app = database.application(smtp_url=server.url)
        with app.app_context():
            settings = app.config["SETTINGS"]
            ctx = system(portals.by_slug(settings, slug), settings, kind=ActorKind.COMMAND, name="test")
            subject = transact(lambda: notice_settings.post_test(ctx).payload["subject"])
        code, found = run(live_portal, server.url, "run-due", "--portal", slug)
        assert (code, found["done"] >= 1) == (0, True)
        # The portal's tokens end soon, which its admins are told too, unless the server's worker said so before this command.
        assert server.subjects().count(subject) == 1
        assert [live_portal.admin_email] in server.recipients
        assert {address for to in server.recipients for address in to} == {live_portal.admin_email}


def test_an_address_that_is_none_is_refused_at_the_start(live_portal: LivePortal) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scim_portal.cli", "doctor"],
        cwd=ROOT, env=live_portal.server.environment | {"SMTP_URL": "mail.example"}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode != 0
    assert "SMTP_URL must look like" in done.stderr
