"""What identity providers push: users, groups and who is in which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, belongs_to, in_portal, instant, keyed, own_id, portal_id


class User(Model):
    """A provisioned person.

    `document` is the canonical SCIM JSON, finished but for `meta.location` and `groups`; `folded` is its copy for
    look-ups (see `protocol.resource.fold`). All other columns are extracted by `services.mapping` and by nothing else.
    From `erased_at` on the row stands for somebody nobody knows any more, so that the ledger's ids lead somewhere.
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
    erased_at: Mapped[datetime | None] = instant()
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
    display_folded: Mapped[str | None] = keyed()
    created_at: Mapped[datetime] = instant()
    __table_args__ = (
        belongs_to("user_group", "group_id"),
        belongs_to("user_account", "user_id"),
        Index(None, "portal_id", "user_id"),
    )


class Nesting(Model):
    """One group as a member of another, as the provider wrote it; written also while one of the two is deleted."""

    __tablename__ = "nesting"
    portal_id: Mapped[str] = portal_id()
    group_id: Mapped[str] = keyed(primary_key=True)
    member_id: Mapped[str] = keyed(primary_key=True)
    display: Mapped[str | None] = mapped_column(Text)
    display_folded: Mapped[str | None] = keyed()
    created_at: Mapped[datetime] = instant()
    __table_args__ = (
        belongs_to("user_group", "group_id"),
        belongs_to("user_group", "member_id"),
        Index(None, "portal_id", "member_id"),
    )


class Ancestry(Model):
    """A group and a group above it, at any height, through groups that are not deleted: `Nesting` followed to its end.

    Kept by `services.nesting`, so that nobody who reads or filters has to follow anything.
    """

    __tablename__ = "ancestry"
    portal_id: Mapped[str] = portal_id()
    group_id: Mapped[str] = keyed(primary_key=True)
    ancestor_id: Mapped[str] = keyed(primary_key=True)
    __table_args__ = (
        belongs_to("user_group", "group_id"),
        belongs_to("user_group", "ancestor_id"),
        Index(None, "portal_id", "ancestor_id"),
    )


class Email(Model):
    """A user's mail address, folded: an index to look users up by any of their addresses, and nothing else."""

    __tablename__ = "user_email"
    portal_id: Mapped[str] = portal_id()
    user_id: Mapped[str] = keyed(primary_key=True)
    value_folded: Mapped[str] = keyed(primary_key=True)
    __table_args__ = (belongs_to("user_account", "user_id"), Index(None, "portal_id", "value_folded"))


class NameTerm(Model):
    """A beginning by which people find a user (`services.name_terms`): an index for the search of lists, and nothing else."""

    __tablename__ = "name_term"
    portal_id: Mapped[str] = portal_id()
    user_id: Mapped[str] = keyed(primary_key=True)
    term: Mapped[str] = keyed(primary_key=True)
    __table_args__ = (belongs_to("user_account", "user_id"), Index(None, "portal_id", "term", "user_id"))


class Departures(Model):
    """How often users (or groups) of a portal were deleted or came back, which moves places in a list (`services.anchors`)."""

    __tablename__ = "departures"
    portal_id: Mapped[str] = portal_id()
    kind: Mapped[str] = keyed(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    __table_args__ = (in_portal(),)


class ExtensionSchema(Model):
    """A SCIM extension that an admin declared for the portal's users or groups (RFC 7643 §3.3).

    `attributes` is the list that `/Schemas` serves, as `services.extensions` checked it.
    """

    __tablename__ = "extension_schema"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    resource_kind: Mapped[str] = keyed()
    urn: Mapped[str] = mapped_column(Text)
    urn_folded: Mapped[str] = keyed()
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    attributes: Mapped[list[Any]] = mapped_column(Document)
    created_at: Mapped[datetime] = instant()
    updated_at: Mapped[datetime] = instant()
    __table_args__ = (in_portal(), UniqueConstraint("portal_id", "urn_folded"))


def _where(condition: Any) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def _present(table: Any) -> dict[str, Any]:
    return _where(table.deleted_at.is_(None))


User.__table__.append_constraint(in_portal())
User.__table__.append_constraint(belongs_to("connector", "connector_id"))
Index("uq_user_account_user_name", User.portal_id, User.user_name_folded, unique=True, **_present(User))
# Lists by name are walked in this index alone; rows are read for the page that is shown.
Index(
    "ix_user_account_name",
    User.portal_id, User.user_name_folded, User.id, User.active, User.deleted_at, User.connector_id,
)  # fmt: skip
Index(
    "ix_user_account_gone",
    User.portal_id,
    User.user_name_folded,
    User.id,
    **_where(~User.active | User.deleted_at.is_not(None)),
)
Index("ix_user_account_external_id", User.portal_id, User.external_id)
Index("ix_user_account_updated_at", User.portal_id, User.updated_at, User.id)
Index("ix_user_account_present", User.portal_id, User.id, **_present(User))
Group.__table__.append_constraint(in_portal())
Group.__table__.append_constraint(belongs_to("connector", "connector_id"))
Index("ix_user_group_display_name", Group.portal_id, Group.display_name_folded)
Index("ix_user_group_external_id", Group.portal_id, Group.external_id)
Index("ix_user_group_updated_at", Group.portal_id, Group.updated_at, Group.id)
Index("ix_user_group_present", Group.portal_id, Group.id, **_present(Group))
