"""Other SCIM servers, measured by the same load and the same account of CPU time as the product.

Each lives in an environment of its own below `var/peers`; nothing of them is ever imported here. What cannot be installed or
started on a machine is said in one line and left out.
"""

from __future__ import annotations

import argparse

from bench.peers import asking, catalog, hosting
from bench.report import Row


def measure(options: argparse.Namespace) -> list[Row]:
    """Measure every peer that this machine can run."""
    rows: list[Row] = []
    for peer in catalog.PEERS:
        print(f"\n{peer.name}: {peer.remark}")
        try:
            with hosting.running(peer) as hosted:
                rows += asking.measure(hosted, options)
        except hosting.CannotHostError as reason:
            print(f"  not measured: {reason}")
    return rows
