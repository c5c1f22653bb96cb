"""What rules cost a provisioning write: the same writes under no rules, five and two hundred, in turns.

Nobody's seats are settled in between, so "no seat" means that the write itself decides and changes nothing.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench import rule_sets, workloads
from bench.meter import Meter
from bench.report import Row
from bench.server import Server
from bench.workloads import Workload

ROUNDS, REQUESTS, POPULATION = 3, 200, 200
FIRST = 20_000_000
CASES = {
    "no rules": rule_sets.document(0, default=None),
    "5 rules, no seat": rule_sets.document(5, default=None),
    "200 rules, no seat": rule_sets.document(200, default=None),
    "5 rules, a seat": rule_sets.document(5, default=None, granting=True),
    "200 rules, a seat": rule_sets.document(200, default=None, granting=True),
}
# What one case may cost, as a multiple of another.
BOUNDS = (
    ("create, 5 rules, no seat", "create, no rules", 1.15),
    ("create, 200 rules, no seat", "create, no rules", 1.15),
    ("PUT, 5 rules, no seat", "PUT, no rules", 1.15),
    ("PUT, 200 rules, no seat", "PUT, no rules", 1.15),
    ("create, 5 rules, a seat", "create, no rules", 1.6),
    ("create, 200 rules, a seat", "create, no rules", 1.6),
    ("create, 200 rules, no seat", "create, 5 rules, no seat", 2.0),
    ("create, 200 rules, a seat", "create, 5 rules, a seat", 2.0),
    ("PUT, 200 rules, no seat", "PUT, 5 rules, no seat", 2.0),
)


def measure(product: Server, meter: Meter) -> None:
    """Run every case in turns and keep each one's median round."""
    numbers = itertools.count(FIRST, POPULATION)
    _publish(product, CASES["no rules"])
    users = meter.set_up(workloads.create_users(POPULATION, first := next(numbers)))

    def in_turns(_round: int) -> Sequence[tuple[Callable[[], None], Workload]]:
        found: list[tuple[Callable[[], None], Workload]] = []
        for name, document in CASES.items():
            create = workloads.create_users(REQUESTS, next(numbers), f"create, {name}")
            found.append((partial(_publish, product, document), create))
            if not name.endswith("a seat"):
                found.append((_nothing, workloads.put_users(users, f"PUT, {name}", first=first, limit=REQUESTS)))
        return found

    meter.taken_in_turns(in_turns, ROUNDS)


def verdicts(rows: Sequence[Row]) -> list[str]:
    """Say of each bound what was found."""
    cpu = {row.workload: row.cpu for row in rows}
    return [
        f"{name} / {base}: {cpu[name] / cpu[base]:.2f} (at most {bound:g})"
        for name, base, bound in BOUNDS
        if cpu.get(name) and cpu.get(base)
    ]


def _publish(product: Server, document: dict[str, Any]) -> None:
    product.seed("rules", json.dumps(document))


def _nothing() -> None:
    """Prepare nothing: the policy is the one of the workload before."""
