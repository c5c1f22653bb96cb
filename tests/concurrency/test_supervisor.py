"""`make serve`: two processes that live and die together, and secrets that are shown once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scim_portal.config import ROOT
from tests.concurrency.arena import eventually
from tests.servers import free_port

SECONDS = 10


@contextmanager
def serving(directory: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run `scim-portal serve` as the Makefile does, until it answers; nothing of it is left afterwards."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(directory), "PORT": str(port), "WEB_WORKERS": "1"}
    command = [sys.executable, "-m", "scim_portal.cli", "serve"]
    with (directory / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=log, stderr=log)
    try:
        eventually(lambda: answers(port), "nobody serves")
        yield process, port
    finally:
        everybody = descendants(process.pid)
        process.kill()
        process.wait()
        for pid in everybody:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


def answers(port: int) -> bool:
    """Tell whether the web process is there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def descendants(pid: int) -> list[int]:
    """List the processes below one, children before grandchildren."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *descendants(child)]
    return found


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def said(directory: Path) -> str:
    """What the command has printed."""
    return (directory / "serve.log").read_text()


def test_term_stops_everything_within_seconds_and_no_later_start_shows_a_secret(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, port):
        family = descendants(process.pid)
        assert len(family) >= 3, "web, its worker process, and the background worker"
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        assert [pid for pid in family if alive(pid)] == []
        assert not answers(port)
    token, password = secrets_in(said(tmp_path))
    the_web_process_dies(tmp_path)
    second = said(tmp_path)
    assert "SCIM base URL" in second
    for secret in ("scimp_", "Password", token, password):
        assert secret not in second


def the_web_process_dies(directory: Path) -> None:
    """Start again, kill gunicorn's master, and see everything end with status 1."""
    with serving(directory) as (process, port):
        family = descendants(process.pid)
        os.kill(child_named(process.pid, "gunicorn"), signal.SIGKILL)
        assert process.wait(SECONDS) == 1
        eventually(lambda: not any(map(alive, family)), "a process was left behind", seconds=SECONDS)
        assert not answers(port)
    assert "The web process stopped unexpectedly" in said(directory)


def secrets_in(text: str) -> tuple[str, str]:
    """Find the token and the one-time password in what a first start printed."""
    assert text.count("scimp_") == 1
    words = text.split()
    return next(word for word in words if word.startswith("scimp_")), words[words.index("Password") + 1]


def child_named(parent: int, word: str) -> int:
    """Find the direct child whose command line has a word in it."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(pid) for pid in children if word in Path(f"/proc/{pid}/cmdline").read_text())


PATIENT = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.5), exit())); time.sleep(60)"


def supervising(web: str, worker: str) -> subprocess.Popen[str]:
    """Run the supervisor over two small programs, once both have begun."""
    commands = f"{{'web': [sys.executable, '-c', {web!r}], 'worker': [sys.executable, '-c', {worker!r}]}}"
    program = f"import sys; from scim_portal.serving import Supervisor; sys.exit(Supervisor({commands}).run())"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    eventually(lambda: len(descendants(process.pid)) == 2, "no children")
    time.sleep(0.3)
    return process


def test_ctrl_c_stops_two_children_that_take_their_time() -> None:
    with supervising(PATIENT, PATIENT) as process:
        family = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 0
        assert [pid for pid in family if alive(pid)] == []


def test_a_worker_that_dies_takes_the_web_with_it_and_the_exit_status_is_one() -> None:
    with supervising(PATIENT, "import time; time.sleep(1); exit(7)") as process:
        family = descendants(process.pid)
        assert process.wait(SECONDS) == 1
        assert [pid for pid in family if alive(pid)] == []
        assert process.stderr
        assert "The worker process stopped unexpectedly" in process.stderr.read()
