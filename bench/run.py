"""Run the load harness: `python -m bench.run --help`.

Order matters: users first, then what is done to them, then groups from small to large, because every group needs its
members to exist. The mixed day comes before the large groups, on the population it is meant for.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import load, report, server, workloads
from bench.load import Result, Target
from bench.report import Row
from bench.server import Server
from bench.workloads import Workload

DATABASES = ("sqlite", "postgresql")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; the exit code is 1 if any request failed."""
    options = _options().parse_args(arguments)
    rows: list[Row] = []
    for database in DATABASES if options.database == "both" else (options.database,):
        with server.running(database) as product:
            measured = _Bench(product, options).measure()
        print(f"\n{database}: {options.users:,} users, {options.connections} connections\n{report.table(measured)}")
        rows += measured
    report.write(
        options.json, rows, {"users": options.users, "connections": options.connections, "cores": os.cpu_count()}
    )
    print(f"\nwritten to {options.json}")
    return int(any(each.errors for each in rows))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--users", type=int, default=1_200, help="users that exist while most workloads run")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5.0, help="longest time for one workload")
    parser.add_argument("--requests", type=int, help="most requests for one workload (default: as many as fit)")
    parser.add_argument("--group-sizes", type=_sizes, default=(100, 1_000, 50_000), help="comma-separated")
    parser.add_argument("--json", type=Path, default=Path("bench/results/latest.json"))
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",") if size))


class _Bench:
    """One database's measurements: the ids made so far, and the rows measured so far."""

    # Users outside a group, each of which can be added to it once and removed once.
    SPARE = 200

    def __init__(self, product: Server, options: argparse.Namespace) -> None:
        self.product = product
        self.options = options
        self.users: list[str] = []
        self.rows: list[Row] = []
        self.target = Target(
            product.scim_base_url, product.token, options.connections, options.seconds, options.requests
        )

    def measure(self) -> list[Row]:
        self._grow(self.options.users, self._measured)
        for workload in workloads.user_workloads(self.users):
            self._measured(workload)
        groups = self._setup(workloads.create_groups((0,), "Group"))
        # The numbers of the day's new users lie far above those of any population built here.
        self._measured(workloads.mixed_day(self.users, groups[0], first_new=10_000_000))
        for size in self.options.group_sizes:
            print(f"  … group of {size:,} written directly, not measured", flush=True)
            seeded = json.loads(self.product.seed("group", str(size), str(self.SPARE)))
            for workload in workloads.group_workloads(seeded["group"], size, seeded["spare"]):
                self._measured(workload)
        return self.rows

    def _grow(self, size: int, how: Callable[[Workload], list[str]]) -> None:
        missing = size - len(self.users)
        if missing > 0:
            self.users += how(workloads.create_users(missing, first=len(self.users)))

    def _measured(self, workload: Workload) -> list[str]:
        before = self.product.cpu_seconds()
        result = load.drive(self.target, workload)
        measured = report.row(self.product.database, workload.name, result, self.product.cpu_seconds() - before)
        self.rows.append(measured)
        print(
            f"  {measured.workload}: {measured.per_second:.0f}/s, {measured.cpu:.2f} ms CPU, {measured.errors} errors"
        )
        return _ids(result)

    def _setup(self, workload: Workload) -> list[str]:
        print(f"  … {workload.name}, {workload.limit:,} requests, not measured", flush=True)
        result = load.drive(self.target, workload)
        if result.errors:
            raise SystemExit(f"{workload.name} failed: {result.first_error}")
        return _ids(result)


def _ids(result: Result) -> list[str]:
    return [result.ids[number] for number in sorted(result.ids)]


if __name__ == "__main__":
    raise SystemExit(main())
