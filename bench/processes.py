"""Processes that are measured: started with a log, waited for, stopped, and their CPU time read from the kernel.

What runs in them is said by `bench.server` and `bench.peers`.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30
_TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(
    command: Sequence[str], *, ready_url: str, directory: Path, environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    """Run a server until the block ends; gives its process id once `ready_url` answers, whatever the answer."""
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=directory, env=dict(environment), stdout=output, stderr=output)
        try:
            _wait_until_ready(ready_url, process, log)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=40)


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(roots: Sequence[int]) -> float:
    """Add up the CPU time, user and system, that these processes and all their descendants have used so far."""
    return sum(_tree_seconds(root) for root in roots)


def cpu_by_process(roots: Sequence[int]) -> dict[int, float]:
    """Give the CPU seconds of each of these processes and their descendants that lives now, as the scheduler counts."""
    found = {pid: Path(f"/proc/{pid}/schedstat") for root in roots for pid in _tree(root)}
    return {pid: int(path.read_text().split()[0]) / 1e9 for pid, path in found.items() if path.exists()}


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Add up what was spent between two such looks; what a process that has ended since spent is not known."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
            time.sleep(0.1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def _tree_seconds(root: int) -> float:
    """Add up a process and its living descendants; children that have ended are in their parent's own account."""
    return sum(sum(map(int, stat[11:15])) for stat in _tree(root).values()) / _TICKS


def _tree(root: int) -> dict[int, list[str]]:
    """Give the fields of a process and its living descendants."""
    stats = {pid: stat for pid in _pids() if (stat := _stat(pid))}
    members, grown = {root}, True
    while grown:
        found = {pid for pid, stat in stats.items() if int(stat[1]) in members} - members
        members, grown = members | found, bool(found)
    return {pid: stats[pid] for pid in members if pid in stats}


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat from the state on: 1 is the parent, 11 to 14 are the CPU times in ticks."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
