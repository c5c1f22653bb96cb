"""Installs a peer once, in a folder of its own, and runs it for as long as it is measured."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.peers.catalog import TOKEN, Peer
from bench.server import ROOT

HOMES = ROOT / "var" / "peers"
INSTALL_SECONDS = 300
INSTALLED = ".installed"


class CannotHostError(Exception):
    """The peer cannot be installed or started on this machine; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A peer that runs: its name, its SCIM base URL, and the process whose tree is charged."""

    name: str
    base_url: str
    pid: int

    def cpu_seconds(self) -> float:
        """Return the CPU time all of its processes have used so far."""
        return processes.cpu_seconds((self.pid,))


@contextmanager
def running(peer: Peer) -> Iterator[Hosted]:
    """Start a peer with empty storage. Raises `CannotHostError`."""
    if peer.needs and shutil.which(peer.needs) is None:
        raise CannotHostError(f"there is no {peer.needs} on this machine")
    home = HOMES / peer.folder.name
    _install(peer, home)
    port = processes.free_port()
    with tempfile.TemporaryDirectory(prefix="scim-peer-") as data:
        environment = {**os.environ, "PEER_DATA": data, "PEER_TOKEN": TOKEN}
        for command in peer.prepare:
            _do(_filled(command, home, port), home, environment)
        ready = f"http://127.0.0.1:{port}{peer.path}/ServiceProviderConfig"
        start, log = _filled(peer.start, home, port), Path(data) / "peer.log"
        with _started(start, ready, home, environment, log) as pid:
            yield Hosted(peer.name, f"http://127.0.0.1:{port}{peer.path}", pid)


@contextmanager
def _started(command: Sequence[str], ready: str, home: Path, environment: dict[str, str], log: Path) -> Iterator[int]:
    serving = processes.serving(command, ready_url=ready, directory=home, environment=environment, log=log)
    try:
        pid = serving.__enter__()
    except (OSError, RuntimeError) as error:
        raise CannotHostError(_last_line(str(error))) from None
    try:
        yield pid
    finally:
        serving.__exit__(None, None, None)


def _install(peer: Peer, home: Path) -> None:
    """Install what is pinned, unless exactly that is there; the glue is copied every time."""
    shutil.copytree(peer.folder, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    wanted, stamp = (peer.folder / peer.pinned).read_text(), home / INSTALLED
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("  … installing it, once", flush=True)
    for command in peer.install:
        _do(_filled(command, home, 0), home, dict(os.environ))
    stamp.write_text(wanted)


def _do(command: Sequence[str], home: Path, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command, cwd=home, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotHostError(_last_line(str(error))) from None
    if done.returncode:
        raise CannotHostError(_last_line(done.stderr or done.stdout))


def _filled(command: Sequence[str], home: Path, port: int) -> list[str]:
    return [part.format(python=home / "bin" / "python", port=port) for part in command]


def _last_line(text: str) -> str:
    """Give what a program said last about an error, or else what it said last."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and "complete log" not in line]
    telling = [line for line in lines if "error" in line.lower()] or lines
    return telling[-1][:200] if telling else "it said nothing"
