"""Run the load harness: `python -m bench.run --help`.

The product is measured on each database, then, with `--peers`, other SCIM servers by the same workloads on the same machine.
Single parts can be left out with `--skip`, to repeat one of them.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from bench import large, ordinary, peers, report, rule_costs, server
from bench.report import Row

ORDINARY_PARTS = ("ordinary", "rules")
PARTS = (*ORDINARY_PARTS, "publishing")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write; the exit code is 1 if any request of ours failed."""
    options = _options().parse_args(arguments)
    rows: list[Row] = []
    for database in server.DATABASES if options.database == "both" else (options.database,):
        rows += _of(database, options)
    ours = list(rows)
    if options.peers:
        rows += peers.measure(options)
        print(f"\n{report.beside(rows)}")
    settings = {name: getattr(options, name) for name in ("users", "connections", "large")}
    report.write(options.json, rows, {**settings, "cores": os.cpu_count()})
    print(f"\nwritten to {options.json}")
    return int(any(each.errors for each in ours))


def _of(database: str, options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    if not set(options.skip) >= set(ORDINARY_PARTS):
        with server.running(database) as product:
            meter = ordinary.meter(product, options)
            if "ordinary" not in options.skip:
                ordinary.measure(product, meter, options)
            if "rules" not in options.skip:
                rule_costs.measure(product, meter)
        rows += meter.rows
        print(f"\n{database}: {options.users:,} users, {options.connections} connections\n{report.table(meter.rows)}")
        print("\n".join(rule_costs.verdicts(meter.rows)))
    if options.large:
        with server.running(database) as product:
            found = large.measure(product, options)
        rows += found
        print(f"\n{database}: {options.large_users:,} users, {options.large_entries:,} entries\n{report.table(found)}")
    return rows


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--database", choices=(*server.DATABASES, "both"), default="both")
    parser.add_argument("--users", type=int, default=1_200, help="users that exist while most workloads run")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5.0, help="longest time for one workload")
    parser.add_argument("--requests", type=int, help="most requests for one workload (default: as many as fit)")
    parser.add_argument("--group-sizes", type=_sizes, default=(100, 1_000, 50_000), help="comma-separated")
    parser.add_argument("--peers", action="store_true", help="measure other SCIM servers too, installed into var/peers")
    parser.add_argument("--large", action="store_true", help="measure a large directory too")
    parser.add_argument("--large-users", type=int, default=100_000)
    parser.add_argument("--large-entries", type=int, default=1_000_000, help="ledger entries of the large directory")
    parser.add_argument("--skip", choices=PARTS, action="append", default=[], help="leave a part out; may be repeated")
    parser.add_argument("--json", type=Path, default=Path("bench/results/latest.json"))
    return parser


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",") if size))


if __name__ == "__main__":
    raise SystemExit(main())
