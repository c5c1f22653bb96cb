"""The worker process: huey's consumer, and the one task that does whatever is due, every second, on one worker at a time."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask
from huey import Huey, crontab
from huey.exceptions import TaskLockedException

from scim_portal.config import Settings
from scim_portal.jobs import queue, runner

SECONDS_BETWEEN = 1
BEAT = "beat"
log = structlog.get_logger(__name__)


def run(app: Flask) -> None:
    """Serve until TERM or INT; a task that was cut short is taken up again by its lease."""
    settings: Settings = app.config["SETTINGS"]
    huey = queue.make(settings)
    beat = _beat(app, huey)
    huey.flush_locks(BEAT)  # left behind by a worker that was killed; two beats at once do no harm
    _awaken(huey, beat)
    consumer = huey.create_consumer(workers=1, worker_type="thread", initial_delay=0.2, max_delay=1.0, backoff=1.0)
    log.info("worker.started", database=settings.database_url.split(":", 1)[0])
    consumer.run()


def _beat(app: Flask, huey: Huey) -> Any:
    settings: Settings = app.config["SETTINGS"]

    @huey.task(name=BEAT)
    def beat() -> None:
        """Do what is due, then come back in a second."""
        try:
            with huey.lock_task(BEAT), app.app_context():
                runner.run_everything(settings)
                runner.beat(settings)
        except TaskLockedException:
            pass  # another worker is at it
        except Exception as error:
            log.error("worker.failed", error=type(error).__name__, exc_info=True)
        _awaken(huey, beat, SECONDS_BETWEEN)

    @huey.periodic_task(crontab(), name="revive")
    def revive() -> None:
        """Begin anew each minute, should the chain of beats have been cut by a kill."""
        _awaken(huey, beat)

    return beat


def _awaken(huey: Huey, beat: Any, delay: float = 0) -> None:
    """Have the beat run again, unless it is awaited already: so the chains of several workers become one."""
    if not any(task.name == BEAT for task in (*huey.scheduled(), *huey.pending())):
        beat.schedule(delay=delay)
