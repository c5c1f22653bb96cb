"""What identity providers push: users, groups and who is in which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, belongs_to, in_portal, instant, keyed, own_id, portal_id


class User(Model):
    """A provisioned person.

    `document` is the canonical SCIM JSON, finished but for `meta.location` and `groups`; `folded` is its copy for
    look-ups (see `protocol.resource.fold`). All other columns are extracted by `services.mapping` and by nothing else.
    """

    __tablename__ = "user_account"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    connector_id: Mapped[str | None] = keyed()
    user_name: Mapped[str] = mapped_column(Text)
    user_name_folded: Mapped[str] = keyed()
    external_id: Mapped[str | None] = keyed()
    display_name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean)
    deleted_at: Mapped[datetime | None] = instant()
    created_at: Mapped[datetime] = instant()
    updated_at: Mapped[datetime] = instant()
    version: Mapped[int] = mapped_column(Integer, default=1)
    document: Mapped[str] = mapped_column(Text)
    folded: Mapped[dict[str, Any]] = mapped_column(Document)


class Group(Model):
    """A pushed group; its members are rows of `Membership`, never part of `document`."""

    __tablename__ = "user_group"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    connector_id: Mapped[str | None] = keyed()
    display_name: Mapped[str] = mapped_column(Text)
    display_name_folded: Mapped[str] = keyed()
    external_id: Mapped[str | None] = keyed()
    deleted_at: Mapped[datetime | None] = instant()
    created_at: Mapped[datetime] = instant()
    updated_at: Mapped[datetime] = instant()
    version: Mapped[int] = mapped_column(Integer, default=1)
    document: Mapped[str] = mapped_column(Text)
    folded: Mapped[dict[str, Any]] = mapped_column(Document)


class Membership(Model):
    """One user in one group; `display` is what the provider called the member, if it said so."""

    __tablename__ = "membership"
    portal_id: Mapped[str] = portal_id()
    group_id: Mapped[str] = keyed(primary_key=True)
    user_id: Mapped[str] = keyed(primary_key=True)
    display: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    __table_args__ = (
        belongs_to("user_group", "group_id"),
        belongs_to("user_account", "user_id"),
        Index(None, "portal_id", "user_id"),
    )


def _present(table: Any) -> dict[str, Any]:
    condition = table.deleted_at.is_(None)
    return {"sqlite_where": condition, "postgresql_where": condition}


User.__table__.append_constraint(in_portal())
User.__table__.append_constraint(belongs_to("connector", "connector_id"))
Index("uq_user_account_user_name", User.portal_id, User.user_name_folded, unique=True, **_present(User))
Index("ix_user_account_deleted_name", User.portal_id, User.user_name_folded, User.deleted_at)
Index("ix_user_account_external_id", User.portal_id, User.external_id)
Index("ix_user_account_updated_at", User.portal_id, User.updated_at, User.id)
Group.__table__.append_constraint(in_portal())
Group.__table__.append_constraint(belongs_to("connector", "connector_id"))
Index("ix_user_group_display_name", Group.portal_id, Group.display_name_folded)
Index("ix_user_group_external_id", Group.portal_id, Group.external_id)
