"""Work that outlives its request: rows written with the fact and leased by whoever runs them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, in_portal, instant, keyed, own_id, portal_id


class Job(Model):
    """A long piece of work with its progress; `cursor` says where to go on after a crash."""

    __tablename__ = "job"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    kind: Mapped[str] = keyed()
    arguments: Mapped[dict[str, Any]] = mapped_column(Document)
    state: Mapped[str] = keyed(default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    message: Mapped[str | None] = mapped_column(Text)
    cursor: Mapped[str | None] = keyed()
    result: Mapped[dict[str, Any] | None] = mapped_column(Document)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    actor_kind: Mapped[str] = keyed()
    actor_id: Mapped[str | None] = keyed()
    actor_name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    lease_until: Mapped[datetime | None] = instant()
    finished_at: Mapped[datetime | None] = instant()
    __table_args__ = (in_portal(), Index("ix_job_state", "portal_id", "state", "id"))
