"""The meter: runs a workload against a server, charges it the CPU time the server used, and keeps the row."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bench import load, report
from bench.load import Result, Target
from bench.report import Row
from bench.workloads import Workload


@dataclass(slots=True)
class Meter:
    """One server's measurements: its name in the tables, where the load goes, and how much CPU it has used so far."""

    system: str
    target: Target
    cpu_seconds: Callable[[], float]
    rows: list[Row] = field(default_factory=list)

    def measured(self, workload: Workload) -> list[str]:
        """Run a workload and keep its row; gives the ids it made, if it keeps them."""
        row, result = self._run(workload)
        self._keep(row)
        return ids(result)

    def taken_in_turns(
        self, workloads: Callable[[int], Sequence[tuple[Callable[[], None], Workload]]], rounds: int
    ) -> None:
        """Run several workloads in turns, each after its own preparation, and keep the round of median CPU of each."""
        found: dict[str, list[Row]] = {}
        for number in range(rounds):
            for prepare, workload in workloads(number):
                prepare()
                found.setdefault(workload.name, []).append(self._run(workload)[0])
        for rows in found.values():
            middle = statistics.median_low([row.cpu for row in rows])
            row = next(row for row in rows if row.cpu == middle)
            self._keep(replace(row, errors=sum(one.errors for one in rows)))

    def set_up(self, workload: Workload) -> list[str]:
        """Run a workload that is not measured; gives the ids it made. Ends the run if it fails."""
        print(f"  … {workload.name}, {workload.limit:,} requests, not measured", flush=True)
        result = load.drive(self.target, workload)
        if result.errors:
            raise SystemExit(f"{workload.name} failed: {result.first_error}")
        return ids(result)

    def at(self, target: Target) -> Meter:
        """Give a meter of the same server and rows whose load goes elsewhere."""
        return replace(self, target=target)

    def _run(self, workload: Workload) -> tuple[Row, Result]:
        before = self.cpu_seconds()
        result = load.drive(self.target, workload)
        return report.row(self.system, workload.name, result, self.cpu_seconds() - before), result

    def _keep(self, row: Row) -> None:
        self.rows.append(row)
        print(f"  {row.workload}: {row.per_second:.0f}/s, {row.cpu:.2f} ms CPU, {row.errors} errors", flush=True)


def ids(result: Result) -> list[str]:
    """Give the ids that a workload's answers named, in the order of the requests."""
    return [result.ids[number] for number in sorted(result.ids)]
