"""What is measured inside a process of its own, through services: previews, publishing, and the proof of the ledger.

python -m bench.inside preview DOCUMENT   evaluate everybody under a policy, given as JSON
python -m bench.inside publish DOCUMENT   preview, publish with the token, and settle everybody as the worker does
python -m bench.inside proof              check the invariants (L12)

Each prints JSON: seconds, CPU seconds of this process, its peak of memory in MB, and what came of it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.server import SLUG
from scim_portal.commands import surroundings
from scim_portal.context import ActorKind, Ctx, system
from scim_portal.db import db, transact
from scim_portal.jobs import runner
from scim_portal.services import invariants, previews, rulebook


def main(arguments: list[str]) -> None:
    """Measure what is asked for, in the portal of the bench."""
    what, *rest = arguments
    with surroundings.portal(SLUG, "bench") as ctx:
        found = WORKS[what](ctx, *rest)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**found, "peak_mb": round(peak)}))


def preview(ctx: Ctx, document: str) -> dict[str, Any]:
    """Preview a policy for everybody."""
    times, shown = _timed(lambda: previews.preview(ctx, json.loads(document)))
    return {**times, "counts": shown.outcome.counts}


def publish(ctx: Ctx, document: str) -> dict[str, Any]:
    """Publish what was previewed, then do the worker's part."""
    content = json.loads(document)
    token = previews.preview(ctx, content).token
    db.session.rollback()
    published, was_stale = _timed(lambda: _publish(ctx, content, token))
    settled, done = _timed(lambda: runner.run_portal(ctx.portal, ctx.settings))
    return {"publish": published, "preview_was_stale": was_stale, "settling": settled, "pieces_of_work": done}


def _publish(ctx: Ctx, content: dict[str, Any], token: str) -> bool:
    """Publish; where people who arrived meanwhile make the preview stale, as an admin would have to see, do without it."""
    try:
        transact(lambda: previews.publish(ctx, content, token=token))
    except previews.StalePreview:
        transact(lambda: rulebook.publish(ctx, content))
        return True
    return False


def proof(ctx: Ctx) -> dict[str, Any]:
    """Prove the ledger."""
    now = system(ctx.portal, ctx.settings, kind=ActorKind.COMMAND, name="bench")
    times, found = _timed(lambda: invariants.violations(now))
    return {**times, "violations": found[:5]}


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    begun, cpu = time.perf_counter(), time.process_time()
    result = work()
    took = {"seconds": time.perf_counter() - begun, "cpu_seconds": time.process_time() - cpu}
    return {name: round(value, 2) for name, value in took.items()}, result


WORKS = {"preview": preview, "publish": publish, "proof": proof}

if __name__ == "__main__":
    main(sys.argv[1:])
