"""The large run: many users with a past, written straight to tables, and everything that must not grow with them."""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bench import load, lookups, ordinary, report, rule_sets, server, workloads
from bench.load import Result, Target
from bench.meter import Meter
from bench.report import Row
from bench.server import Server
from bench.workloads import PAGE, Workload

# How many pages are asked for when every one is new to the server, and when they are known.
COLD, KNOWN, ONCE = 40, 100, 30
DRIVE_SECONDS = 5.0


def measure(product: Server, options: argparse.Namespace) -> list[Row]:
    """Fill the portal, then measure what people and providers see of it; ends with publishing and the proof."""
    users, entries = options.large_users, options.large_entries
    print(f"  … {users:,} users and {entries:,} ledger entries written directly, not measured", flush=True)
    seeded = product.seed("directory", str(users), str(entries))
    product.open_anew()
    meter = ordinary.meter(product, options)
    _pages(meter, users)
    _look_ups(meter, seeded, users)
    _portal(product, meter, seeded)
    if "publishing" not in options.skip:
        for rules in (5, 200):
            document = json.dumps(rule_sets.document(rules, default="pro"))
            _told(f"preview of {users:,} users under {rules} rules", product.inside("preview", document))
        _while_publishing(product, meter, users, document)
    product.seed("rules", json.dumps(rule_sets.document(200, default="pro")))
    _explanations(product, meter, seeded["users"])
    _told("proof of the ledger", product.inside("proof"))
    return meter.rows


def _pages(meter: Meter, users: int) -> None:
    pages = users // PAGE
    far = pages * 9 // 10
    for workload in (
        lookups.scattered_pages("index, pages far in, cold", pages, COLD, limit=COLD),
        lookups.scattered_pages("index, pages far in, warm", pages, COLD, limit=5 * COLD),
        lookups.far_pages("index, walk far in, cold", far, min(COLD, pages - far), limit=min(COLD, pages - far)),
        lookups.first_page(),
        lookups.cursor_page(),
        lookups.cursor_pages(list(lookups.walk(meter.target, far))[-KNOWN:]),
    ):
        meter.measured(workload)


def _look_ups(meter: Meter, seeded: dict[str, Any], users: int) -> None:
    for workload in (
        *workloads.user_workloads(seeded["users"])[:1],
        workloads.find_users(users),
        lookups.by_email(users),
        lookups.by_external_id(users),
        lookups.group_by_name(),
        lookups.groups_of_member(seeded["member"], "group of 200"),
    ):
        meter.measured(workload)


def _portal(product: Server, meter: Meter, seeded: dict[str, Any]) -> None:
    """Ask for the portal's pages one after the other, so that the latency is the server's own time."""
    cookie = (("Cookie", f"session={product.seed('session')}"), ("Accept", "text/html"))
    target = Target(product.url, cookie, 1, meter.target.seconds, ONCE)
    people = seeded["users"]
    day, group = _some_day(), seeded["group"]
    pages = {
        "overview": ["/"],
        "users": ["/users"],
        "users, search for one": [f"/users?q=bench.{number}@" for number in range(100, 200)],
        "users, search for many": ["/users?q=Family1"],
        "users, two words": ["/users?q=given9+family9"],
        "users, deactivated": ["/users?state=inactive"],
        "users, by license": ["/users?license=view"],
        "users, of a group": [f"/users?group={group}"],
        "users, waiting": ["/users?concern=waiting"],
        "users, changed last": ["/users?sort=-updated"],
        "user page": [f"/users/{id}" for id in people],
        "ledger": ["/ledger"],
        "ledger of a license": ["/ledger?license=view"],
        "ledger of a license with no entry": ["/ledger?license=pro"],
        "ledger of one day": [f"/ledger?from={day}&to={day}"],
        "ledger of a person": ["/ledger?q=bench.77@"],
        "ledger, an event that never happened": ["/ledger?event=seat.suspended"],
        "a past moment": [f"/ledger/moment?at={day}"],
        "waitlist": ["/waitlist"],
        "provisioning log": ["/provisioning-log"],
        "provisioning log, failed": ["/provisioning-log?only=failed"],
        "groups": ["/groups"],
        "group page": [f"/groups/{group}"],
    }
    for name, paths in pages.items():
        meter.at(target).measured(lookups.addresses(f"portal: {name}", paths))


def _some_day() -> str:
    return (datetime.now(UTC) - timedelta(days=15)).date().isoformat()


def _explanations(product: Server, meter: Meter, users: list[str]) -> None:
    key = server.command_json(
        product.environment, "api-key", "create", "--portal", server.SLUG, "--role", "owner", "--expires-in", "1d"
    )["key"]
    target = replace(meter.target, base_url=f"{product.url}/api/v1", headers=(("Authorization", f"Bearer {key}"),))
    paths = [f"/users/{id}/explain" for id in users]
    meter.at(target).measured(lookups.addresses("API: explain under 200 rules", paths))


def _while_publishing(product: Server, meter: Meter, users: int, document: str) -> None:
    """Move everybody to another license by publishing, with look-ups and creates going on."""
    others = replace(meter.target, requests=None, seconds=DRIVE_SECONDS, connections=2)
    find = workloads.find_users(users)
    quiet = load.drive(others, find)
    told: dict[str, Any] = {}
    with _beside(lambda: told.update(product.inside("publish", document))) as ended:
        creates: list[tuple[Workload, Result]] = []
        with _beside(lambda: creates.append(_create_until(others, ended))):
            busy = load.drive(others, find)
            while not ended.is_set():
                busy.add(load.drive(others, find))
    _told(f"publish that moves {users:,} seats", told)
    for name, result in (
        ("userName eq, before publishing", quiet),
        ("userName eq, while seats move", busy),
        ("create user, while seats move", creates[0][1]),
    ):
        meter.rows.append(replace(report.row(meter.system, name, result, 0.0), cpu=0.0))
        print(f"  {name}: p99 {meter.rows[-1].p99:.0f} ms, {meter.rows[-1].errors} errors", flush=True)


def _create_until(target: Target, ended: threading.Event) -> tuple[Workload, Result]:
    one, first, found = replace(target, connections=1), ordinary.NEW_USERS, Result()
    while not ended.is_set():
        workload = replace(workloads.create_users(100_000, first, "create while publishing"), keeps_ids=False)
        done = load.drive(one, workload)
        found.add(done)
        first += len(done.latencies)
    return workload, found


@contextmanager
def _beside(work: Any) -> Iterator[threading.Event]:
    """Do something on a thread while the block runs; the event says that it has ended, and the block's end waits for it."""
    ended, failures = threading.Event(), []

    def run() -> None:
        try:
            work()
        except BaseException as failure:
            failures.append(failure)
        finally:
            ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        thread.join()
    if failures:
        raise failures[0]


def _told(name: str, found: dict[str, Any]) -> None:
    print(f"  {name}: {json.dumps(found)}", flush=True)
