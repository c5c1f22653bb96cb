"""Delivers the e-mails of the outbox: one at a time, the network between two transactions and never inside one.

A server that is of no use ends the round, so that mails wait in the outbox rather than here. It runs beside the other work,
which a mail server that hangs must not hold up.
"""

from __future__ import annotations

import structlog

from scim_portal.config import Settings
from scim_portal.context import ActorKind, Ctx, PortalRef, system
from scim_portal.db import db, transact
from scim_portal.services import mail, outbox, portals
from scim_portal.services.mail import Undelivered
from scim_portal.services.outbox import Leased

log = structlog.get_logger(__name__)


class Useless(Exception):
    """The mail server cannot be used just now."""


def deliver_everything(settings: Settings) -> int:
    """Send what is due in every portal; gives how many mails left."""
    if not mail.is_configured(settings):
        return 0
    done = 0
    try:
        for portal in portals.everyone(settings):
            done += _deliver(portal, settings)
    except Useless:
        pass
    return done


def deliver(portal: PortalRef, settings: Settings) -> int:
    """Send what is due in one portal; gives how many mails left."""
    try:
        return _deliver(portal, settings) if mail.is_configured(settings) else 0
    except Useless:
        return 0


def _deliver(portal: PortalRef, settings: Settings) -> int:
    done = 0
    while outbox.has_due(_now(portal, settings)):
        leased = transact(lambda: outbox.lease(_now(portal, settings)))
        if leased is None:
            break
        done += _send(portal, settings, leased)
    db.session.remove()
    return done


def _send(portal: PortalRef, settings: Settings, leased: Leased) -> bool:
    """Send one mail and note what became of it. Raises `Useless` when the server is of no use to other mails either."""
    db.session.remove()
    try:
        remark = mail.send(settings, leased.mail)
    except Undelivered as error:
        sentence = str(error)
        transact(lambda: outbox.failed(_now(portal, settings), leased, sentence))
        log.warning("mail.failed", mail=leased.id, attempt=leased.attempt, error=sentence)
        if error.is_server:
            raise Useless from None
        return False
    except Exception as error:
        sentence = f"The mail could not be written ({type(error).__name__})."
        transact(lambda: outbox.failed(_now(portal, settings), leased, sentence))
        log.error("mail.failed", mail=leased.id, error=type(error).__name__, exc_info=True)
        return False
    transact(lambda: outbox.sent(_now(portal, settings), leased, remark=remark))
    return True


def _now(portal: PortalRef, settings: Settings) -> Ctx:
    return system(portal, settings, kind=ActorKind.CLOCK, name="worker")
