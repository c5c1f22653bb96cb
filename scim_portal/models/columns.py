"""Column shapes shared by all tables: keys, folded texts, instants, documents.

Keys and folded texts compare by code point on both databases (collation "C" on PostgreSQL), so that orders, ranges and
prefix look-ups agree.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from scim_portal.db import UtcDateTime
from scim_portal.ids import new_id

KeyText = Text().with_variant(Text(collation="C"), "postgresql")
Document = JSON().with_variant(JSONB(), "postgresql")


def portal_id() -> Mapped[str]:
    """The first part of every tenant table's key."""
    return mapped_column(KeyText, primary_key=True)


def own_id() -> Mapped[str]:
    """The second part: a UUIDv7, made here."""
    return mapped_column(KeyText, primary_key=True, default=new_id)


def keyed(**options: Any) -> Mapped[Any]:
    """A text that is compared, never searched by people: ids, hashes, folded names."""
    return mapped_column(KeyText, **options)


def instant(**options: Any) -> Mapped[Any]:
    """An `…_at` column."""
    return mapped_column(UtcDateTime, **options)


def belongs_to(table: str, *columns: str, to: str = "id", ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key inside one portal: `portal_id` is always part of it, so no link can cross portals."""
    targets = to.split(",")
    return ForeignKeyConstraint(
        ["portal_id", *columns], [f"{table}.portal_id", *(f"{table}.{target}" for target in targets)], ondelete=ondelete
    )


def in_portal() -> ForeignKeyConstraint:
    """The link to the portal itself, for tables that hang on nothing else."""
    return ForeignKeyConstraint(["portal_id"], ["portal.id"])
