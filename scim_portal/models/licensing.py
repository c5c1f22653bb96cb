"""Licence types and what was bought of them, the rules in force, and who holds or awaits a seat.

Only `services.seats` writes `Seat`, `Ticket` and `SeatEntry`; the counters on `LicenseType` change with them, under its lock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Numeric, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import Model
from scim_portal.models.columns import Document, KeyText, belongs_to, in_portal, instant, keyed, own_id, portal_id


class Family(Model):
    """Licence types of which a user uses at most one."""

    __tablename__ = "license_family"
    portal_id: Mapped[str] = portal_id()
    key: Mapped[str] = mapped_column(KeyText, primary_key=True)
    __table_args__ = (in_portal(),)


class LicenseType(Model):
    """A product with a capacity.

    The allowance is so many seats, or `allowance_percent` of what was bought. `thresholds` are per cent of the limit at which
    admins are told; None means the usual ones.
    `used` counts assigned, releasing and held seats, `held` the held ones among them, `waiting` the live tickets,
    `suspended` the seats of a lapsed contract; `next_ticket` and `next_entry` number tickets and ledger entries.
    Since `retired_at` nothing new may name the type.
    """

    __tablename__ = "license_type"
    portal_id: Mapped[str] = portal_id()
    key: Mapped[str] = mapped_column(KeyText, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    family: Mapped[str] = keyed()
    rank: Mapped[int] = mapped_column(Integer)
    hold_days: Mapped[int] = mapped_column(Integer, default=7)
    settle_seconds: Mapped[int] = mapped_column(Integer, default=600)
    allowance: Mapped[int] = mapped_column(Integer, default=0)
    allowance_percent: Mapped[int | None] = mapped_column(Integer)
    thresholds: Mapped[list[Any] | None] = mapped_column(Document)
    unit_cost: Mapped[Any | None] = mapped_column(Numeric(14, 4))
    currency: Mapped[str | None] = mapped_column(Text)
    used: Mapped[int] = mapped_column(Integer, default=0)
    held: Mapped[int] = mapped_column(Integer, default=0)
    waiting: Mapped[int] = mapped_column(Integer, default=0)
    suspended: Mapped[int] = mapped_column(Integer, default=0)
    next_ticket: Mapped[int] = mapped_column(Integer, default=1)
    next_entry: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = instant()
    retired_at: Mapped[datetime | None] = instant()
    __table_args__ = (belongs_to("license_family", "family", to="key"),)


class ContractLine(Model):
    """So many seats bought from `starts_at` until before `ends_at`; `quantity` null is unlimited."""

    __tablename__ = "contract_line"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    license_type: Mapped[str] = keyed()
    quantity: Mapped[int | None] = mapped_column(Integer)
    starts_at: Mapped[datetime | None] = instant()
    ends_at: Mapped[datetime | None] = instant()
    purchase_order: Mapped[str | None] = mapped_column(Text)
    vendor: Mapped[str | None] = mapped_column(Text)
    unit_price: Mapped[Any | None] = mapped_column(Numeric(14, 4))
    currency: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    __table_args__ = (
        belongs_to("license_type", "license_type", to="key"),
        Index(None, "portal_id", "license_type"),
    )


class PolicyVersion(Model):
    """An immutable, numbered policy; the portal says which one is in force."""

    __tablename__ = "policy_version"
    portal_id: Mapped[str] = portal_id()
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    author: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    job_id: Mapped[str | None] = keyed()
    predicted: Mapped[dict[str, Any] | None] = mapped_column(Document)
    __table_args__ = (in_portal(),)


class PolicyDraft(Model):
    """What the portal's admins are writing: one draft a portal, on top of `base_version`.

    `touched` says who changed which part of it last: rule id (or `/order`, `/defaults`) to [author, instant].
    """

    __tablename__ = "policy_draft"
    portal_id: Mapped[str] = portal_id()
    base_version: Mapped[int] = mapped_column(Integer)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    author: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = instant()
    touched: Mapped[dict[str, Any] | None] = mapped_column(Document)
    __table_args__ = (in_portal(),)


class Seat(Model):
    """What one user holds of one type: assigned, releasing, held or suspended."""

    __tablename__ = "seat"
    portal_id: Mapped[str] = portal_id()
    user_id: Mapped[str] = keyed(primary_key=True)
    license_type: Mapped[str] = keyed(primary_key=True)
    state: Mapped[str] = keyed()
    overage: Mapped[bool] = mapped_column(Boolean, default=False)
    assigned_at: Mapped[datetime] = instant()
    since: Mapped[datetime] = instant()
    due_at: Mapped[datetime | None] = instant()
    source_kind: Mapped[str] = keyed()
    rule_id: Mapped[str | None] = keyed()
    rule_name: Mapped[str | None] = mapped_column(Text)
    policy_version: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("license_type", "license_type", to="key"),
        Index(None, "portal_id", "license_type", "state", "since"),
        Index("ix_seat_due_at", "portal_id", "due_at"),
    )


class Ticket(Model):
    """A wish that waits: its place is (`klass`, `queue_priority`, `number`); parked tickets keep the number only.

    `given_priority` is the queue priority that an admin gave; as long as it is there, `queue_priority` equals it.
    """

    __tablename__ = "ticket"
    portal_id: Mapped[str] = portal_id()
    user_id: Mapped[str] = keyed(primary_key=True)
    license_type: Mapped[str] = keyed(primary_key=True)
    klass: Mapped[int] = mapped_column(Integer)
    queue_priority: Mapped[int] = mapped_column(Integer)
    given_priority: Mapped[int | None] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    entry: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime] = instant()
    parked_until: Mapped[datetime | None] = instant()
    source_kind: Mapped[str] = keyed()
    rule_id: Mapped[str | None] = keyed()
    rule_name: Mapped[str | None] = mapped_column(Text)
    policy_version: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("license_type", "license_type", to="key"),
        Index("ix_ticket_queue", "portal_id", "license_type", "klass", "queue_priority", "number"),
        Index("ix_ticket_parked_until", "portal_id", "parked_until"),
    )


class Override(Model):
    """An admin's word about one user and one type: `pin` or `exclude`, with its reason."""

    __tablename__ = "license_override"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    user_id: Mapped[str] = keyed()
    license_type: Mapped[str] = keyed()
    kind: Mapped[str] = keyed()
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = instant()
    ends_at: Mapped[datetime | None] = instant()
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("license_type", "license_type", to="key"),
        UniqueConstraint("portal_id", "user_id", "license_type"),
    )


class Freeze(Model):
    """One person whom a frozen rule keeps after `group_id` was deleted (L9).

    `through` is True for those who matched through that group, False for others who have something by the rule.
    """

    __tablename__ = "freeze"
    portal_id: Mapped[str] = portal_id()
    rule_id: Mapped[str] = keyed(primary_key=True)
    user_id: Mapped[str] = keyed(primary_key=True)
    group_id: Mapped[str] = keyed()
    through: Mapped[bool] = mapped_column(Boolean)
    until: Mapped[datetime] = instant()
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        Index(None, "portal_id", "user_id"),
        Index("ix_freeze_until", "portal_id", "until"),
    )


class SeatEntry(Model):
    """The ledger: one row for every change of a seat or ticket, never updated, but for the name of somebody erased.

    `number` counts up per licence type without gaps, given under the type's lock, so the order of a type's history does
    not depend on any clock. `before` and `after` hold the whole state, so that folding them gives the live rows.
    """

    __tablename__ = "seat_entry"
    portal_id: Mapped[str] = portal_id()
    id: Mapped[str] = own_id()
    license_type: Mapped[str] = keyed()
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = instant()
    event: Mapped[str] = keyed()
    user_id: Mapped[str] = keyed()
    user_name: Mapped[str] = mapped_column(Text)
    from_state: Mapped[str | None] = keyed()
    to_state: Mapped[str | None] = keyed()
    after: Mapped[dict[str, Any] | None] = mapped_column(Document)
    reason_code: Mapped[str] = keyed()
    reason_text: Mapped[str] = mapped_column(Text)
    rule_id: Mapped[str | None] = keyed()
    policy_version: Mapped[int] = mapped_column(Integer)
    cause_kind: Mapped[str] = keyed()
    cause_id: Mapped[str | None] = keyed()
    actor_kind: Mapped[str] = keyed()
    actor_id: Mapped[str | None] = keyed()
    actor_name: Mapped[str] = mapped_column(Text)
    ip: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str] = keyed()
    use_after: Mapped[int] = mapped_column(Integer)
    held_after: Mapped[int | None] = mapped_column(Integer)
    limit_after: Mapped[int | None] = mapped_column(Integer)
    waiting_after: Mapped[int] = mapped_column(Integer)
    ticket_no: Mapped[int | None] = mapped_column(Integer)
    related_user_id: Mapped[str | None] = keyed()
    __table_args__ = (
        belongs_to("license_type", "license_type", to="key"),
        UniqueConstraint("portal_id", "license_type", "number"),
        Index("ix_seat_entry_user", "portal_id", "user_id", "id"),
        Index("ix_seat_entry_at", "portal_id", "at", "id"),
        Index("ix_seat_entry_type_at", "portal_id", "license_type", "at", "id"),
    )
