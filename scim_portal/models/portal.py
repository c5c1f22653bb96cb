"""Portals, the admins who manage them, the connectors that provision them, and every credential."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, KeyText, belongs_to, in_portal, instant, keyed, own_id, portal_id


class Portal(Model):
    """A tenant; `domain` is its own host, if it has one.

    `policy_version` is the policy in force (0: none yet); `catalog_stamp` is new whenever licence types change, so that
    compiled policies can be kept by these two numbers. `schema_stamp` is new whenever the portal's own extension schemas
    change; None while it has none. Windows of rules were looked after up to `windows_seen_at`. Notices go to
    `notice_addresses`; None means to all owners and license admins.
    """

    __tablename__ = "portal"
    id: Mapped[str] = mapped_column(KeyText, primary_key=True)
    slug: Mapped[str] = keyed(unique=True)
    name: Mapped[str] = mapped_column(Text)
    domain: Mapped[str | None] = keyed(unique=True)
    base_url: Mapped[str | None] = mapped_column(Text)
    policy_version: Mapped[int] = mapped_column(Integer, default=0)
    catalog_stamp: Mapped[str] = keyed()
    schema_stamp: Mapped[str | None] = keyed()
    windows_seen_at: Mapped[datetime | None] = instant()
    notice_addresses: Mapped[list[Any] | None] = mapped_column(Document)
    created_at: Mapped[datetime] = instant()


class Admin(Model):
    """Somebody who signs in to manage one portal."""

    __tablename__ = "admin"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    email: Mapped[str] = mapped_column(Text)
    email_folded: Mapped[str] = keyed()
    role: Mapped[str] = keyed()
    password_hash: Mapped[str] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = instant()
    last_sign_in_at: Mapped[datetime | None] = instant()
    language: Mapped[str | None] = keyed()
    time_zone: Mapped[str | None] = keyed()
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_since: Mapped[datetime | None] = instant()
    disabled_at: Mapped[datetime | None] = instant()
    __table_args__ = (in_portal(), UniqueConstraint("portal_id", "email_folded"))


class AdminSession(Model):
    """A signed-in browser; the cookie carries a random value, the row only its hash."""

    __tablename__ = "admin_session"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    admin_id: Mapped[str] = keyed()
    token_hash: Mapped[str] = keyed()
    created_at: Mapped[datetime] = instant()
    last_seen_at: Mapped[datetime] = instant()
    expires_at: Mapped[datetime] = instant()
    ip: Mapped[str | None] = mapped_column(Text)
    user_agent: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        belongs_to("admin", "admin_id", ondelete="CASCADE"),
        UniqueConstraint("portal_id", "token_hash"),
        Index(None, "portal_id", "admin_id"),
    )


class Connector(Model):
    """One identity provider's connection: `okta`, `entra` or `generic`.

    `conversion` says which incoming attribute feeds which stored one (`protocol.conversions`); until `debug_until` the log
    keeps bodies.
    """

    __tablename__ = "connector"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    kind: Mapped[str] = keyed()
    name: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(Boolean, default=False)
    strict: Mapped[bool] = mapped_column(Boolean, default=False)
    show_licenses: Mapped[bool] = mapped_column(Boolean, default=False)
    tolerance: Mapped[str] = keyed()
    conversion: Mapped[dict[str, Any] | None] = mapped_column(Document)
    debug_until: Mapped[datetime | None] = instant()
    created_at: Mapped[datetime] = instant()
    last_call_at: Mapped[datetime | None] = instant()
    __table_args__ = (in_portal(), UniqueConstraint("portal_id", "name"))


class Credential(Model):
    """A SCIM token (of a connector) or an API key (with a role): id, dates, hash; never the value."""

    __tablename__ = "credential"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    kind: Mapped[str] = keyed()
    connector_id: Mapped[str | None] = keyed()
    role: Mapped[str | None] = keyed()
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[Any] | None] = mapped_column(Document)
    value_hash: Mapped[str] = keyed()
    last_four: Mapped[str] = keyed()
    created_at: Mapped[datetime] = instant()
    created_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = instant()
    regenerated_at: Mapped[datetime | None] = instant()
    replaced_by: Mapped[str | None] = keyed()
    revoked_at: Mapped[datetime | None] = instant()
    revoked_by: Mapped[str | None] = mapped_column(Text)
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    last_used_at: Mapped[datetime | None] = instant()
    last_ip: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        in_portal(),
        belongs_to("connector", "connector_id"),
        Index(None, "portal_id", "connector_id"),
    )


class Throttle(Model):
    """How often something failed lately, shared by all workers: `subject` is an address or an account."""

    __tablename__ = "throttle"
    portal_id: Mapped[str] = portal_id()
    subject: Mapped[str] = mapped_column(KeyText, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    window_started_at: Mapped[datetime] = instant()
    __table_args__ = (in_portal(),)
