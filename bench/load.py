"""The load: a process of its own that sends a workload over several connections and measures every answer.

Uses `http.client`, which costs little enough that two cores are left to the server.
"""

from __future__ import annotations

import http.client
import itertools
import json
import multiprocessing
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench.workloads import Workload

TIMEOUT_SECONDS = 120
# The status under which answers are counted that do not hold what they must.
WRONG_STATUS, WRONG = -1, "wrong answer"


@dataclass(slots=True)
class Result:
    """Latencies and wall time in seconds, answers by status (0: none, -1: a wrong one), and ids by request number."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    ids: dict[int, str] = field(default_factory=dict)
    seconds: float = 0.0
    first_error: str = ""

    def add(self, other: Result) -> None:
        """Take in what a later drive of the same workload measured."""
        self.latencies += other.latencies
        self.statuses.update(other.statuses)
        self.seconds += other.seconds
        self.first_error = self.first_error or other.first_error

    @property
    def errors(self) -> int:
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that this share of the requests stayed within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where the load goes, as whom, over how many connections, and when to stop: whichever limit comes first."""

    base_url: str
    headers: tuple[tuple[str, str], ...]
    connections: int = 4
    seconds: float = 5.0
    requests: int | None = None


def scim_headers(token: str) -> tuple[tuple[str, str], ...]:
    """Give the headers that Okta's provisioning sends."""
    return (
        ("Authorization", f"Bearer {token}"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        ("Accept", "application/scim+json"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
    )


def drive(target: Target, workload: Workload) -> Result:
    """Run a workload in a process of its own and return what it measured."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (target, workload))


def _run(target: Target, workload: Workload) -> Result:
    result, turn = Result(), threading.Lock()
    numbers = itertools.count()
    limits = [limit for limit in (target.requests, workload.limit) if limit is not None]
    most = workload.limit if workload.keeps_ids else min(limits, default=None)
    begun = time.perf_counter()
    # Set-up must be complete whatever the clock says.
    deadline = begun + (3600.0 if workload.keeps_ids or workload.name.startswith("set-up") else target.seconds)
    arguments = (target, workload, numbers, most, deadline, result, turn)
    threads = [threading.Thread(target=_connection, args=arguments) for _ in range(target.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - begun
    return result


def _connection(
    target: Target,
    workload: Workload,
    numbers: itertools.count[int],
    most: int | None,
    deadline: float,
    result: Result,
    turn: threading.Lock,
) -> None:
    address = urlsplit(target.base_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=TIMEOUT_SECONDS)
    headers = dict(target.headers)
    while time.perf_counter() < deadline:
        with turn:
            number = next(numbers)
        if most is not None and number >= most:
            break
        request = workload.make(number)
        begun = time.perf_counter()
        try:
            connection.request(request.method, address.path + request.path, request.body, headers)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            status, body = 0, repr(error).encode()
        _record(result, workload, number, time.perf_counter() - begun, status, body)
    connection.close()


def _record(result: Result, workload: Workload, number: int, seconds: float, status: int, body: bytes) -> None:
    if 200 <= status < 300 and workload.must_hold not in body:
        status, body = WRONG_STATUS, body or b"nothing"
    result.latencies.append(seconds)
    result.statuses[status] += 1
    if status == WRONG_STATUS:
        result.first_error = result.first_error or f"{WRONG}: {body[:300].decode(errors='replace')}"
    elif not 200 <= status < 300:
        result.first_error = result.first_error or f"{status} {body[:300].decode(errors='replace')}"
    elif workload.keeps_ids:
        result.ids[number] = json.loads(body)["id"]
