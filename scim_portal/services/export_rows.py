"""The columns of each dataset and how a row of it is made: UTC instants with microseconds and `Z`, stable ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import LicenseType, Seat, SeatEntry, User
from scim_portal.protocol.definitions import ENTERPRISE_URN

SEAT_COLUMNS = (
    "portal", "as_of", "user_id", "external_id", "user_name", "display_name", "email", "user_active", "department",
    "cost_center", "manager", "license_type", "license_name", "family", "seat_state", "effective", "overage", "source_kind",
    "source_id", "source_name", "policy_version", "assigned_at", "state_since",
)  # fmt: skip
LEDGER_COLUMNS = (
    "portal", "id", "number", "at", "event", "user_id", "user_name", "license_type", "from_state", "to_state", "reason_code",
    "reason_text", "cause_kind", "cause_id", "actor_kind", "actor_id", "actor_name", "ip", "policy_version", "rule_id",
    "use_after", "limit_after", "waiting_after", "ticket_no", "related_user_id", "request_id",
)  # fmt: skip
EFFECTIVE = frozenset({"assigned", "releasing"})


def type_facts(ctx: Ctx) -> dict[str, tuple[str, str]]:
    """Give name and family of every licence type."""
    query = select(LicenseType.key, LicenseType.name, LicenseType.family).where(LicenseType.portal_id == ctx.portal.id)
    return {key: (name, family) for key, name, family in db.session.execute(query)}


def live(seat: Seat) -> dict[str, Any]:
    """Write a live seat the way ledger entries keep theirs."""
    names = ("license_type", "state", "overage", "source_kind", "rule_id", "rule_name", "policy_version", "user_id")
    dates = {"assigned_at": instant(seat.assigned_at), "since": instant(seat.since)}
    return {name: getattr(seat, name) for name in names} | dates


def seat_row(
    ctx: Ctx,
    as_of: datetime,
    seat: dict[str, Any],
    user: User | None,
    types: dict[str, tuple[str, str]],
    user_name: str | None = None,
) -> dict[str, Any]:
    """Make a row of `seats`; `user_name` is the name at the event, where the row is from the past."""
    document = orjson.loads(user.document) if user else {}
    work = document.get(ENTERPRISE_URN, {})
    manager = work.get("manager") or {}
    name, family = types.get(seat["license_type"], (None, None))
    return {
        "portal": ctx.portal.slug, "as_of": instant(as_of), "user_id": seat["user_id"],
        "external_id": user.external_id if user else None, "user_name": user_name or (user.user_name if user else None),
        "display_name": user.display_name if user else None, "email": user.email if user else None,
        "user_active": user is not None and user.active and user.deleted_at is None, "department": work.get("department"),
        "cost_center": work.get("costCenter"), "manager": manager.get("displayName") or manager.get("value"),
        "license_type": seat["license_type"], "license_name": name, "family": family, "seat_state": seat["state"],
        "effective": seat["state"] in EFFECTIVE, "overage": seat["overage"], "source_kind": seat["source_kind"],
        "source_id": seat["rule_id"], "source_name": seat["rule_name"], "policy_version": seat["policy_version"],
        "assigned_at": instant(seat["assigned_at"]), "state_since": instant(seat["since"]),
    }  # fmt: skip


def ledger_row(ctx: Ctx, entry: SeatEntry) -> dict[str, Any]:
    """Make a row of `ledger`."""
    row = {name: getattr(entry, name) for name in LEDGER_COLUMNS if name not in {"portal", "at"}}
    row |= {"portal": ctx.portal.slug, "at": instant(entry.at)}
    return {name: row[name] for name in LEDGER_COLUMNS}


def instant(moment: datetime | str | None) -> str | None:
    """Write an instant the one way all datasets do."""
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
