"""The worker process: huey's consumer, and its chains of beats: one does whatever is due every second, one sends mails.

Each chain runs on one worker at a time. Mails have a thread of their own, for a mail server may keep its callers waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask
from huey import Huey, crontab
from huey.exceptions import TaskLockedException

from scim_portal.config import Settings
from scim_portal.jobs import postman, queue, runner
from scim_portal.services import mail

SECONDS_BETWEEN = 1
BEAT, MAIL = "beat", "mail"
log = structlog.get_logger(__name__)


def run(app: Flask) -> None:
    """Serve until TERM or INT; a task that was cut short is taken up again by its lease."""
    settings: Settings = app.config["SETTINGS"]
    huey = queue.make(settings)
    chains = (
        _chain(app, huey, BEAT, _do_what_is_due),
        # Known to the queue in any case, since a beat of it may be left there from when a mail server was configured.
        _chain(app, huey, MAIL, postman.deliver_everything, goes_on=mail.is_configured(settings)),
    )
    for awaken in chains:
        awaken()
    consumer = huey.create_consumer(workers=2, worker_type="thread", initial_delay=0.2, max_delay=1.0, backoff=1.0)
    log.info("worker.started", database=settings.database_url.split(":", 1)[0])
    consumer.run()


def _do_what_is_due(settings: Settings) -> None:
    runner.run_everything(settings)
    runner.beat(settings)


def _chain(
    app: Flask, huey: Huey, name: str, work: Callable[[Settings], object], *, goes_on: bool = True
) -> Callable[[], None]:
    """Make a chain of beats; gives what awakens it."""
    settings: Settings = app.config["SETTINGS"]

    @huey.task(name=name)
    def beat() -> None:
        """Do the work, then come back in a second."""
        try:
            with huey.lock_task(name), app.app_context():
                work(settings)
        except TaskLockedException:
            pass  # another worker is at it
        except Exception as error:
            log.error("worker.failed", chain=name, error=type(error).__name__, exc_info=True)
        awaken(SECONDS_BETWEEN)

    @huey.periodic_task(crontab(), name=f"revive_{name}")
    def revive() -> None:
        """Begin anew each minute, should the chain of beats have been cut by a kill."""
        awaken()

    def awaken(delay: float = 0) -> None:
        if goes_on:
            _awaken(huey, beat, delay)

    huey.flush_locks(name)  # left behind by a worker that was killed; two beats at once do no harm
    return awaken


def _awaken(huey: Huey, beat: Any, delay: float = 0) -> None:
    """Have the beat run again, unless it is awaited already: so the chains of several workers become one."""
    if not any(task.name == beat.name for task in (*huey.scheduled(), *huey.pending())):
        beat.schedule(delay=delay)
