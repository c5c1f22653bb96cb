"""The commands of the contract, run as an operator would, against an installation whose server is running."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portals import LivePortal, new_slug
from tests.servers import ROOT, Server


def test_a_portal_is_set_up_and_filled_by_commands_alone(server: Server, tmp_path: Path) -> None:
    slug = new_slug()
    portal = server.command("portal", "create", slug, "--name", "Acme")
    assert portal == {"slug": slug, "url": f"{server.url}/p/{slug}", "scim_base_url": f"{server.url}/p/{slug}/scim/v2"}
    admin = server.command("admin", "create", "--portal", slug, "--email", "o@acme.example", "--role", "owner")
    assert set(admin) == {"email", "password"}
    key = server.command("api-key", "create", "--portal", slug, "--role", "auditor", "--expires-in", "30d")
    assert key["key"].startswith("scimk_")
    assert set(key) == {"id", "key", "expires_at"}
    token = server.command("token", "issue", "--portal", slug, "--connector", "entra", "--expires-in", "90d")
    assert token["token"].startswith("scimp_")
    assert set(token) == {"id", "token", "expires_at"}
    report = server.command("simulate", "okta", "--portal", slug, "--users", "6", "--groups", "2", "--seed", "3")
    assert (report["users_created"], report["groups_pushed"], report["failures"]) == (6, 2, [])
    assert server.command("run-due", "--portal", slug)["done"] >= 0
    assert server.command("reconcile", "--portal", slug) == {"ok": True, "settled": 6, "violations": []}
    out = tmp_path / "seats.csv"
    facts = server.command("export", "--portal", slug, "--dataset", "seats", "--format", "csv", "--out", str(out))
    with out.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == facts["rows"] == 0
    assert json.loads((tmp_path / "seats.csv.manifest.json").read_text())["sha256"] == facts["sha256"]


def test_doctor_finds_a_running_installation_well(live_portal: LivePortal) -> None:
    found = live_portal.server.command("doctor")
    assert found["ok"], found
    assert live_portal.server.database.secret_key not in json.dumps(found)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("token", "issue", "--portal", "nobody", "--connector", "okta", "--expires-in", "1d"), "no portal 'nobody'"),
        (("token", "issue", "--portal", "nobody", "--connector", "okta", "--expires-in", "soon"), "no duration"),
        (("portal", "create", "Not_A_Slug", "--name", "x"), "slug"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_sentence(
    server: Server, arguments: tuple[str, ...], sentence: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scim_portal.cli", *arguments],
        cwd=ROOT,
        env=server.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
