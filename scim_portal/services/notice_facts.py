"""Reads what notices are about: counters, dates and failures, all of a portal by one statement. Decides nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Integer, Text, bindparam, cast, literal, null, or_, select, union_all

from rules.policy import State
from scim_portal.context import Ctx
from scim_portal.db import UtcDateTime, db
from scim_portal.models import ContractLine, Credential, Job, LicenseType
from scim_portal.services import capacity, license_fields, rulebook
from scim_portal.services.notice_rules import HORIZON, Fact, JobFacts, LineFacts, RuleFacts, TokenFacts, TypeFacts

_K, _L, _T, _J = (model.__table__.c for model in (Credential, ContractLine, LicenseType, Job))
_NO_TEXT, _NO_NUMBER, _NO_TIME = cast(null(), Text), cast(null(), Integer), cast(null(), UtcDateTime)
_NOW, _SINCE, _UNTIL = (bindparam(name, type_=UtcDateTime) for name in ("now", "since", "until"))
_PORTAL = bindparam("portal")
# Each row: what it is, its id, a name, a text, four numbers, an instant.
_TOKENS = select(
    literal("token").label("what"), _K.id.label("id"), _K.name.label("name"), _K.connector_id.label("detail"),
    _NO_NUMBER.label("a"), _NO_NUMBER.label("b"), _NO_NUMBER.label("c"), _NO_NUMBER.label("d"), _K.expires_at.label("at"),
).where(
    _K.portal_id == _PORTAL, _K.revoked_at.is_(None), _K.replaced_by.is_(None), _K.expires_at > _SINCE, _K.expires_at <= _UNTIL
)  # fmt: skip
_LINES = select(
    literal("line"), _L.id, _L.license_type, _NO_TEXT, _L.quantity, _NO_NUMBER, _NO_NUMBER, _NO_NUMBER, _L.ends_at
).where(
    _L.portal_id == _PORTAL,
    or_(_L.starts_at.is_(None), _L.starts_at <= _NOW),
    or_(_L.ends_at.is_(None), _L.ends_at > _SINCE),
)
_TYPES = select(
    literal("type"), _T.key, _T.name, cast(_T.thresholds, Text), _T.used, _T.waiting, _T.allowance, _T.allowance_percent,
    _NO_TIME,
).where(_T.portal_id == _PORTAL)  # fmt: skip
_JOBS = select(
    literal("job"), _J.id, _J.kind, _J.message, _NO_NUMBER, _NO_NUMBER, _NO_NUMBER, _NO_NUMBER, _J.finished_at
).where(_J.portal_id == _PORTAL, _J.state == "failed", _J.finished_at > _SINCE)
_EVERYTHING = union_all(_TOKENS, _LINES, _TYPES, _JOBS)


def read(ctx: Ctx) -> list[Fact]:
    """Read the facts of this moment."""
    parameters = {"portal": ctx.portal.id, "now": ctx.now, "since": ctx.now - HORIZON, "until": ctx.now + HORIZON}
    rows: dict[str, list[Any]] = {"token": [], "line": [], "type": [], "job": []}
    for row in db.session.execute(_EVERYTHING, parameters):
        rows[row.what].append(row)
    names = {row.id: row.name for row in rows["type"]}
    bought = capacity.totals((row.name, row.a) for row in rows["line"] if _in_force(row.at, ctx.now))
    return [
        *(_type(row, bought.get(row.id, 0)) for row in rows["type"]),
        *_rules(ctx),
        *(TokenFacts(row.id, row.name, row.detail, row.at) for row in rows["token"]),
        *(LineFacts(row.id, row.name, names[row.name], row.a, row.at) for row in rows["line"] if row.at),
        *(JobFacts(row.id, row.name, row.detail) for row in rows["job"]),
    ]


def _in_force(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or ends_at > now


def _type(row: Any, bought: int | None) -> TypeFacts:
    stored = orjson.loads(row.detail) if row.detail else None
    limit = capacity.limit(bought, row.c, row.d)
    return TypeFacts(row.id, row.name, row.a, row.b, limit, license_fields.thresholds(stored))


def _rules(ctx: Ctx) -> list[RuleFacts]:
    rules = rulebook.glance(ctx).rules
    return [RuleFacts(one.id, one.name, one.frozen_until) for one in rules if one.state is State.NEEDS_ATTENTION]
