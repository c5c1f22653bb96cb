"""`make serve`: migrates, sets the demo portal up once, and keeps web and worker running until Ctrl-C or TERM stops both."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from scim_portal.config import ROOT, SERVING_FILE, Settings

GRACE = 30.0
PR_SET_PDEATHSIG = 1


def gunicorn_command(settings: Settings) -> list[str]:
    """Spell out how the web process is started."""
    return [
        sys.executable, "-m", "gunicorn", "wsgi:app", "--chdir", str(ROOT), "--bind", f"{settings.host}:{settings.port}",
        "--workers", str(settings.web_workers), "--threads", str(settings.web_threads),
        "--worker-class", "scim_portal.web_worker.Worker",
        "--timeout", "60", "--graceful-timeout", "25", "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--limit-request-line", "8190", "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """Spell out how the worker process is started."""
    return [sys.executable, "-m", "scim_portal.cli", "worker"]


def remember(settings: Settings) -> None:
    """Note the address that is served, so that commands run beside the server name the same one."""
    path = settings.var_dir / SERVING_FILE
    path.write_text(json.dumps({"host": settings.host, "port": settings.port, "public_url": settings.public_url}))


def die_with_parent() -> None:
    """Have Linux send TERM to this process when its parent is killed, so that no kill leaves orphans; no-op elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Two child processes that live and die together."""

    def __init__(self, commands: dict[str, list[str]], directory: Path = ROOT) -> None:
        self.commands = commands
        self.directory = directory
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False

    def run(self) -> int:
        """Start the children and wait; returns 0 after a stop that was asked for, 1 when a child died by itself."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for name, command in self.commands.items():
            # Their own session: Ctrl-C reaches the supervisor alone, which then stops them in order.
            self.children[name] = subprocess.Popen(  # noqa: S603
                command, cwd=self.directory, start_new_session=True, preexec_fn=die_with_parent
            )
        died = self._wait()
        self._end()
        if died:
            sys.stderr.write(f"The {died} process stopped unexpectedly; see its messages above.\n")
        else:
            sys.stderr.write("Stopped.\n")
        return 1 if died else 0

    def _wait(self) -> str | None:
        while not self.stopping:
            for name, child in self.children.items():
                if child.poll() is not None:
                    return None if self.stopping else name
            time.sleep(0.2)
        return None

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _end(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
