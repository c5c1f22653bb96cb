"""What is printed and kept: one row per workload, beside the target of the project's performance page."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.load import WRONG, Result

# Server CPU milliseconds per request: SQLite, PostgreSQL (application and database together).
TARGETS = {
    "create user": (1.5, 1.9),
    "read by id": (0.7, 1.0),
    "userName eq, hit": (0.75, 1.0),
    "userName eq, miss": (0.6, 0.9),
    "list page of 100": (1.5, 2.0),
    "PATCH active": (1.4, 1.8),
    "PUT whole user": (1.2, 1.6),
    "create group with 100 members": (4.0, 5.0),
    "add 1 member, group of 100": (1.4, 1.8),
    "add 1 member, group of 1,000": (1.4, 1.8),
    "add 1 member, group of 50,000": (1.4, 1.8),
    "read group of 1,000 without members": (0.8, 1.1),
    "mixed day": (1.0, 1.4),
}
OURS = ("sqlite", "postgresql")
_HEAD = ("workload", "requests", "req/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "target", "errors")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured workload of one system; times in milliseconds, CPU per request over all server processes."""

    system: str
    workload: str
    requests: int
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu: float
    target: float | None
    errors: int
    first_error: str

    @property
    def cells(self) -> tuple[str, ...]:
        measured = [f"{value:.1f}" for value in (self.p50, self.p95, self.p99)]
        target = "" if self.target is None else f"{self.target:g} {'ok' if self.cpu <= self.target else 'over'}"
        return (
            self.workload,
            str(self.requests),
            f"{self.per_second:.0f}",
            *measured,
            f"{self.cpu:.2f}",
            target,
            str(self.errors),
        )


def row(system: str, workload: str, result: Result, cpu_seconds: float) -> Row:
    """Condense a result into a row."""
    count = len(result.latencies)
    targets = TARGETS.get(workload) if system in OURS else None
    return Row(
        system=system,
        workload=workload,
        requests=count,
        per_second=round(count / result.seconds, 1) if result.seconds else 0.0,
        p50=round(result.percentile(0.50), 3),
        p95=round(result.percentile(0.95), 3),
        p99=round(result.percentile(0.99), 3),
        cpu=round(cpu_seconds / count * 1000, 3) if count else 0.0,
        target=None if targets is None else targets[system == "postgresql"],
        errors=result.errors,
        first_error=result.first_error,
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows of one system as a table for people."""
    complaints = [f"  {each.workload}: {each.first_error}" for each in rows if each.errors]
    return "\n".join([_aligned([_HEAD, *(each.cells for each in rows)]), *complaints])


def beside(rows: Sequence[Row]) -> str:
    """Return CPU milliseconds per request of every system, and of each peer how many times ours (the first system's)."""
    systems = list(dict.fromkeys(each.system for each in rows))
    found = {(each.workload, each.system): each for each in rows}
    asked = [name for name in dict.fromkeys(each.workload for each in rows) if _by_peers(found, name, systems)]
    lines = [("CPU ms a request", *systems)]
    lines += [(name, *(_compared(found, name, system, systems[0]) for system in systems)) for name in asked]
    return _aligned(lines)


def _by_peers(found: dict[tuple[str, str], Row], workload: str, systems: Sequence[str]) -> bool:
    return any((workload, system) in found for system in systems if system not in OURS)


def _compared(found: dict[tuple[str, str], Row], workload: str, system: str, ours: str) -> str:
    one, own = found.get((workload, system)), found.get((workload, ours))
    if one is None or not one.requests:
        return "–"
    if one.errors == one.requests:
        return WRONG if one.first_error.startswith(WRONG) else "refuses"
    failed = f", {one.errors} of {one.requests} failed" if one.errors else ""
    ratio = f" ({one.cpu / own.cpu:.1f}×)" if own and own.cpu and own.system in OURS and system not in OURS else ""
    return f"{one.cpu:.2f}{ratio}{failed}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def write(path: Path, rows: Sequence[Row], settings: dict[str, object]) -> None:
    """Write all rows as JSON, with what they were measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"python": platform.python_version(), "machine": platform.machine(), **settings}
    path.write_text(json.dumps({"about": about, "rows": [asdict(each) for each in rows]}, indent=2) + "\n")
