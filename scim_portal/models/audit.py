"""Evidence: what admins did, and what identity providers asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, in_portal, instant, keyed, own_id, portal_id


class AdminAction(Model):
    """One thing that somebody did in the portal, the API or a command."""

    __tablename__ = "admin_action"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    at: Mapped[datetime] = instant()
    action: Mapped[str] = keyed()
    actor_kind: Mapped[str] = keyed()
    actor_id: Mapped[str | None] = keyed()
    actor_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = keyed()
    object_kind: Mapped[str] = keyed()
    object_id: Mapped[str | None] = keyed()
    object_name: Mapped[str | None] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(Document)
    after: Mapped[dict[str, Any] | None] = mapped_column(Document)
    reason: Mapped[str | None] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str] = keyed()
    __table_args__ = (in_portal(), Index(None, "portal_id", "object_kind", "object_id"))


class ProvisioningEntry(Model):
    """One SCIM write, or one SCIM call that failed; `effects` are the seat changes it caused.

    The bodies, with secrets blacked out, are there while the connector is in debug mode, and cleared after a day.
    """

    __tablename__ = "provisioning_entry"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    at: Mapped[datetime] = instant()
    method: Mapped[str] = keyed()
    path: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    connector_id: Mapped[str | None] = keyed()
    credential_id: Mapped[str | None] = keyed()
    resource_kind: Mapped[str | None] = keyed()
    resource_id: Mapped[str | None] = keyed()
    resource_name: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    effects: Mapped[list[Any] | None] = mapped_column(Document)
    request_body: Mapped[str | None] = mapped_column(Text)
    response_body: Mapped[str | None] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str] = keyed()
    __table_args__ = (
        in_portal(),
        Index("ix_provisioning_entry_resource", "portal_id", "resource_id", "id"),
        Index("ix_provisioning_entry_at", "portal_id", "at", "id"),
    )


_failed = ProvisioningEntry.status >= 400
Index(
    "ix_provisioning_entry_failed", ProvisioningEntry.portal_id, ProvisioningEntry.id, sqlite_where=_failed,
    postgresql_where=_failed,
)  # fmt: skip
