"""A running installation: gunicorn with several workers and the background worker, started as an operator would."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask

from tests.databases import Database

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Server:
    """The address, the processes, and the commands that run beside them."""

    database: Database
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def app(self) -> Flask:
        """The application in this process, on the same database: to make portals without waiting for commands."""
        return self.database.application()

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the installation, as environment variables."""
        return {
            "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "SECRET_KEY": self.database.secret_key,
            "DATABASE_URL": self.database.url, "VAR_DIR": str(self.database.var_dir), "PORT": str(self.port),
            "DEFAULT_PORTAL": "nowhere", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    @classmethod
    @contextmanager
    def started(cls, database: Database, *, workers: int = 2) -> Iterator[Server]:
        """Start web and worker; both are gone afterwards."""
        server = cls(database, free_port())
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            "--bind",
            f"127.0.0.1:{server.port}",
            "--workers",
            str(workers),
        ]
        server.start(
            "web", [*web, "--worker-class", "scim_portal.web_worker.Worker", "--threads", "4", "--log-level", "warning"]
        )
        server.start("worker", [sys.executable, "-m", "scim_portal.cli", "worker"])
        try:
            server.wait_until_ready()
            yield server
        finally:
            for process in server.processes.values():
                process.terminate()  # both at once: each takes its time
            for name in list(server.processes):
                server.stop(name)

    def start(self, name: str, command: list[str]) -> None:
        """Start one process of the installation; what it says goes into a log file."""
        with (self.database.var_dir / f"{name}-{self.port}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name: str) -> None:
        """Stop one process and everything it started."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def web_workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        master = self.processes["web"].pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return [int(pid) for pid in children.split()]

    def wait_until_ready(self, seconds: float = 90) -> None:
        """Wait for the first good answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.log("web"))

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.database.var_dir / f"{name}-{self.port}.log").read_text()

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run a command of the product with `--json` and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "scim_portal.cli", *arguments, "--json"],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result


class Servers:
    """The running installations of a session, one on a database; each is started once."""

    def __init__(self) -> None:
        self.started: dict[str, Server] = {}
        self.stack = ExitStack()

    def on(self, database: Database, *, workers: int = 2) -> Server:
        """Give the installation on a database."""
        if database.url not in self.started:
            self.started[database.url] = self.stack.enter_context(Server.started(database, workers=workers))
        return self.started[database.url]

    def stop(self) -> None:
        """Stop them all."""
        self.stack.close()


def free_port() -> int:
    """Find a port nobody listens on."""
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
