"""The outbox: messages that have to leave, written with the fact and handed out for delivery after the commit.

E-mails are leased one by one by whoever delivers them and tried six times over fifteen hours. Webhook calls are written
here too; nobody delivers them yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select, update

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.ids import new_id
from scim_portal.models import Outbound
from scim_portal.services.mail import Mail

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
MOST_ATTEMPTS = len(PAUSES) + 1
GONE = "(not kept)"


class Channel(StrEnum):
    """How a message leaves."""

    EMAIL = "email"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Leased:
    """A mail to send now, as plain values that outlive the transaction; the text of a `secret` one is not kept."""

    id: str
    attempt: int
    mail: Mail
    secret: bool = False


def write(ctx: Ctx, channel: Channel, payload: dict[str, Any], *, notice_id: str | None = None) -> Outbound:
    """Write a message down, due now. An e-mail's payload is `to`, `subject` and `text`; `secret` if it is not to be kept."""
    row = Outbound(
        portal_id=ctx.portal.id, id=new_id(), kind=channel, payload=payload, notice_id=notice_id, created_at=ctx.now,
        due_at=ctx.now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def has_due(ctx: Ctx) -> bool:
    """Tell cheaply whether a mail waits to be sent."""
    return db.session.scalar(_due(select(Outbound.id), ctx).limit(1)) is not None


def lease(ctx: Ctx) -> Leased | None:
    """Take the mail that is due longest; None when there is none.

    Its next try is set before it is sent, so a sender that is killed counts as one that failed.
    """
    query = _due(scoped(Outbound, ctx), ctx).order_by(Outbound.due_at, Outbound.id).limit(1)
    row = db.session.scalar(query.with_for_update(skip_locked=True))
    if row is None:
        return None
    row.attempts += 1
    row.due_at = ctx.now + PAUSES[min(row.attempts, len(PAUSES)) - 1]
    db.session.flush()
    content = row.payload
    mail = Mail(row.id, tuple(content["to"]), content["subject"], content["text"])
    return Leased(row.id, row.attempts, mail, bool(content.get("secret")))


def sent(ctx: Ctx, leased: Leased, *, remark: str | None = None) -> None:
    """Close a message as sent; `remark` names recipients that were refused."""
    db.session.execute(_mine(ctx, leased.id).values(sent_at=ctx.now, error=remark, **_without_secret(leased)))


def failed(ctx: Ctx, leased: Leased, sentence: str) -> None:
    """Note why a try failed; the last one is given up."""
    gives_up = leased.attempt >= MOST_ATTEMPTS
    gone = _without_secret(leased) if gives_up else {}
    db.session.execute(_mine(ctx, leased.id).values(error=sentence, given_up_at=ctx.now if gives_up else None, **gone))


def latest(ctx: Ctx, *, most: int = 50) -> list[Outbound]:
    """List the latest e-mails, newest first."""
    mails = scoped(Outbound, ctx).where(Outbound.kind == Channel.EMAIL)
    return list(db.session.scalars(mails.order_by(Outbound.id.desc()).limit(most)))


def _without_secret(leased: Leased) -> dict[str, Any]:
    """Take out of a message that is closed what only its receiver may know."""
    mail = leased.mail
    kept = {"to": list(mail.to), "subject": mail.subject, "text": GONE}
    return {"payload": kept} if leased.secret else {}


def _due(query: Select[Any], ctx: Ctx) -> Select[Any]:
    return query.where(
        Outbound.portal_id == ctx.portal.id, Outbound.kind == Channel.EMAIL, Outbound.sent_at.is_(None),
        Outbound.given_up_at.is_(None), Outbound.due_at <= ctx.now,
    )  # fmt: skip


def _mine(ctx: Ctx, id: str) -> Any:
    return update(Outbound).where(Outbound.portal_id == ctx.portal.id, Outbound.id == id)
