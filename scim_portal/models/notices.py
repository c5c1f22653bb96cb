"""What admins are told, and what has to leave the building: rows written with the fact, delivered after the commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, in_portal, instant, keyed, own_id, portal_id


class Notice(Model):
    """Something an admin should know; `subject` names what it is about, so that it is told once until it is armed again.

    It is open until `ended_at`: the reason is gone, or somebody put it away (`ended_by`).
    """

    __tablename__ = "notice"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    kind: Mapped[str] = keyed()
    subject: Mapped[str] = keyed()
    severity: Mapped[str] = keyed()
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = instant()
    ended_at: Mapped[datetime | None] = instant()
    ended_by: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (in_portal(), Index(None, "portal_id", "subject", "ended_at"))


class Outbound(Model):
    """A message that has to leave: an e-mail or a webhook call; leased like a job, tried again until `given_up_at`."""

    __tablename__ = "outbound"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    kind: Mapped[str] = keyed()
    payload: Mapped[dict[str, Any]] = mapped_column(Document)
    notice_id: Mapped[str | None] = keyed()
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = instant()
    due_at: Mapped[datetime] = instant()
    sent_at: Mapped[datetime | None] = instant()
    given_up_at: Mapped[datetime | None] = instant()
    error: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (in_portal(), Index(None, "portal_id", "sent_at", "due_at"))
