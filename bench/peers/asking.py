"""Runs against a peer what the ordinary run asks of the product; groups are filled over HTTP, as nobody knows its tables."""

from __future__ import annotations

import argparse
import http.client
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from bench import load, ordinary
from bench.load import Target
from bench.meter import Meter
from bench.peers.catalog import TOKEN
from bench.peers.hosting import Hosted
from bench.report import Row
from bench.workloads import GROUP, PATCH_OP

# No peer has been seen to build a larger group in minutes.
LARGEST_GROUP = 1_000


def measure(hosted: Hosted, options: argparse.Namespace) -> list[Row]:
    """Run the ordinary workloads; what a peer refuses stays in its row as errors."""
    target = Target(
        hosted.base_url, load.scim_headers(TOKEN), options.connections, options.seconds, options.requests
    )  # fmt: skip
    meter = Meter(hosted.name, target, hosted.cpu_seconds)
    users = ordinary.of_users(meter, options.users)
    for size in options.group_sizes:
        if size > min(LARGEST_GROUP, len(users) - 1):
            print(f"  group of {size:,}: not attempted")
            continue
        group, held = _filled_group(target, users[:size])
        if held != size:
            print(f"  group of {size:,}: it kept {held:,} members; not measured")
            continue
        ordinary.of_group(meter, size, group, users[size:][: ordinary.SPARE], users[0])
    return meter.rows


def _filled_group(target: Target, members: Sequence[str]) -> tuple[str, int]:
    """Create a group with members, adding them by PATCH where the create ignores them; gives how many it says it has."""
    values = [{"value": member} for member in members]
    body = {"schemas": [GROUP], "displayName": f"Built {len(members)}", "members": values}
    id = str(_ask(target, "POST", "/Groups", body).get("id", ""))
    if _count(target, id) < len(members):
        operations = [{"op": "add", "path": "members", "value": values}]
        _ask(target, "PATCH", f"/Groups/{id}", {"schemas": [PATCH_OP], "Operations": operations})
    return id, _count(target, id)


def _count(target: Target, group: str) -> int:
    return len(_ask(target, "GET", f"/Groups/{group}").get("members") or ())


def _ask(target: Target, method: str, path: str, body: Any = None) -> dict[str, Any]:
    address = urlsplit(target.base_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=300)
    try:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, address.path + path, sent, dict(target.headers))
        answer: dict[str, Any] = json.loads(connection.getresponse().read() or b"{}")
        return answer
    finally:
        connection.close()
