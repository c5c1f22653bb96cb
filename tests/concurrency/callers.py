"""HTTP callers in processes of their own, each with several threads, all let go at the same moment.

Run as `python -m tests.concurrency.callers`: reads its work as one line of JSON, says "ready", starts at the next line, and
answers with one line of JSON. Only the standard library is imported here, so that a caller starts in no time.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.thoroughness import NIGHTLY

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 1200 if NIGHTLY else 180


@dataclass(frozen=True, slots=True)
class Call:
    """One request; the path is complete."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when the connection broke and nothing is known."""

    status: int
    body: Any = None


class Storm:
    """Calls under way: dealt out to `processes` callers of `threads` threads each."""

    def __init__(self, port: int, calls: Sequence[Call], *, processes: int = 4, threads: int = 8) -> None:
        self.count = len(calls)
        self.callers = []
        for number in range(min(processes, self.count)):
            work = {"port": port, "threads": threads, "calls": [asdict(call) for call in calls[number::processes]]}
            caller = subprocess.Popen(
                [sys.executable, "-m", __name__], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            _say(caller, json.dumps(work))
            self.callers.append(caller)
        for caller in self.callers:
            assert caller.stdout
            assert caller.stdout.readline() == "ready\n"
        for caller in self.callers:
            _say(caller, "go")

    def under_way(self) -> bool:
        """Tell whether some caller is still at it."""
        return any(caller.poll() is None for caller in self.callers)

    def answers(self) -> list[Answer]:
        """Wait for all answers; they come in the order of the calls."""
        found = [Answer(0)] * self.count
        for number, caller in enumerate(self.callers):
            told, _ = caller.communicate(timeout=PATIENCE)
            found[number :: len(self.callers)] = [Answer(**one) for one in json.loads(told)]
        return found


def _say(caller: subprocess.Popen[str], line: str) -> None:
    assert caller.stdin
    caller.stdin.write(line + "\n")
    caller.stdin.flush()


def _one(port: int, call: Call) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=45)
    try:
        body = None if call.body is None else json.dumps(call.body)
        connection.request(call.method, call.path, body, call.headers)
        response = connection.getresponse()
        content = response.read()
        return Answer(response.status, json.loads(content) if content else None)
    except (OSError, http.client.HTTPException):
        return Answer(0)
    finally:
        connection.close()


def _worked(port: int, calls: list[Call], threads: int) -> Iterator[Answer]:
    gate = threading.Barrier(min(threads, len(calls)))
    first = threading.local()

    def run(call: Call) -> Answer:
        if not getattr(first, "passed", False):
            first.passed = True
            gate.wait(30)
        return _one(port, call)

    with ThreadPoolExecutor(gate.parties) as pool:
        yield from pool.map(run, calls)


def main() -> None:
    """Do what standard input says."""
    work = json.loads(sys.stdin.readline())
    calls = [Call(**one) for one in work["calls"]]
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps([asdict(one) for one in _worked(work["port"], calls, work["threads"])]), flush=True)


if __name__ == "__main__":
    main()
