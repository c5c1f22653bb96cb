"""The index of mail addresses: one row for each different address of a user, written with the user and read by filters only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam

from scim_portal.context import Ctx
from scim_portal.models import Email
from scim_portal.prepared import Prepared
from scim_portal.services.filter_indexes import INDEXED_CHARACTERS

_E = Email.__table__
_INSERT = Prepared(_E.insert())
_DELETE = Prepared(_E.delete().where(_E.c.portal_id == bindparam("portal"), _E.c.user_id == bindparam("user")))


def rows(portal_id: str, user_id: str, folded: dict[str, Any]) -> list[dict[str, str]]:
    """Give the rows for a user, from the folded copy of the resource."""
    found = {one["value"][:INDEXED_CHARACTERS] for one in folded.get("emails", ()) if "value" in one}
    return [{"portal_id": portal_id, "user_id": user_id, "value_folded": value} for value in sorted(found)]


def add(ctx: Ctx, user_id: str, folded: dict[str, Any]) -> None:
    """Index the addresses of a new user."""
    _INSERT.each(rows(ctx.portal.id, user_id, folded))


def replace(ctx: Ctx, user_id: str, folded: dict[str, Any]) -> None:
    """Index a user's addresses anew."""
    _DELETE.all(portal=ctx.portal.id, user=user_id)
    add(ctx, user_id, folded)
