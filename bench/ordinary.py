"""The ordinary run: what a provisioning client asks all day, on a directory of ordinary size.

Order matters: users first, then what is done to them, then groups from small to large, because every group needs its
members to exist. The mixed day comes before the large groups, on the population it is meant for.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from bench import load, lookups, workloads
from bench.load import Target
from bench.meter import Meter
from bench.server import Server

# Users outside a group, each of which can be added to it once and removed once.
SPARE = 200
# The numbers of the day's new users lie far above those of any population built here.
NEW_USERS = 10_000_000


def meter(product: Server, options: argparse.Namespace) -> Meter:
    """Make the meter of a product's SCIM."""
    headers = load.scim_headers(product.token)
    target = Target(product.scim_base_url, headers, options.connections, options.seconds, options.requests)
    return Meter(product.database, target, product.cpu_seconds)


def measure(product: Server, meter: Meter, options: argparse.Namespace) -> None:
    """Run all ordinary workloads against the product."""
    of_users(meter, options.users, counted=lambda: product.seed("counted"))
    for size in options.group_sizes:
        print(f"  … group of {size:,} written directly, not measured", flush=True)
        seeded = product.seed("group", str(size), str(SPARE))
        of_group(meter, size, seeded["group"], seeded["spare"], seeded["member"])
    meter.measured(lookups.cursor_page())


def of_users(meter: Meter, count: int, *, counted: Callable[[], object] = lambda: None) -> list[str]:
    """Run the workloads that need only users and small groups; gives the users' ids.

    `counted` is called when they are there: no worker runs beside the load, which would have the database count them.
    """
    users = meter.measured(workloads.create_users(count))
    counted()
    for workload in (*workloads.user_workloads(users), *lookups.of_users(users)):
        meter.measured(workload)
    groups = meter.set_up(workloads.create_groups((0,), "Group"))
    meter.measured(lookups.group_by_name())
    meter.measured(workloads.mixed_day(users, groups[0], first_new=NEW_USERS))
    return users


def of_group(meter: Meter, size: int, group: str, spare: Sequence[str], member: str) -> None:
    """Run the workloads on a group that exists; `spare` are outside it, `member` is one of those in it."""
    for workload in workloads.group_workloads(group, size, spare):
        meter.measured(workload)
    meter.measured(lookups.groups_of_member(member, f"group of {size:,}"))
