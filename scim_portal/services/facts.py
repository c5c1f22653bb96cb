"""What rules may know about people: the folded resource, its groups, pins and exclusions. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, exists, or_, select

from rules.decide import Facts
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Freeze, Override, Seat, User
from scim_portal.prepared import Prepared
from scim_portal.protocol.folding import fold_text
from scim_portal.services import directory
from scim_portal.services.directory import GroupOf

CHUNK = 500
_USER = User.__table__.c
_WORD = Override.__table__.c
_KEPT = Freeze.__table__.c
_SEAT = Seat.__table__.c
_HAS_FREEZE = exists().where(_KEPT.portal_id == _USER.portal_id, _KEPT.user_id == _USER.id)
_HAS_OVERRIDE = exists().where(_WORD.portal_id == _USER.portal_id, _WORD.user_id == _USER.id)
_PEOPLE = (
    select(
        _USER.id,
        _USER.active,
        _USER.deleted_at,
        _USER.connector_id,
        _USER.folded,
        _HAS_OVERRIDE.label("has_override"),
        _HAS_FREEZE.label("has_freeze"),
    )
    .where(_USER.portal_id == bindparam("portal"), _USER.id.in_(bindparam("users", expanding=True)))
    .order_by(_USER.id)
)
_LOCKED, _UNLOCKED = Prepared(_PEOPLE.with_for_update(key_share=True)), Prepared(_PEOPLE)
_OVERRIDES = select(_WORD.user_id, _WORD.license_type, _WORD.kind).where(
    _WORD.portal_id == bindparam("portal"),
    _WORD.user_id.in_(bindparam("users", expanding=True)),
    or_(_WORD.ends_at.is_(None), _WORD.ends_at > bindparam("now")),
)

_FREEZES = select(_KEPT.user_id, _KEPT.rule_id, _KEPT.through).where(
    _KEPT.portal_id == bindparam("portal"), _KEPT.user_id.in_(bindparam("users", expanding=True))
)
_SEATS = select(_SEAT.user_id, _SEAT.license_type).where(
    _SEAT.portal_id == bindparam("portal"), _SEAT.user_id.in_(bindparam("users", expanding=True))
)


def load(ctx: Ctx, user_ids: Iterable[str], *, locked: bool = False, groupless: bool = False) -> list[Facts]:
    """Read the facts about some users, in the order they were provisioned.

    `locked` keeps others from changing them; `groupless` says that they are known to be in no group.
    """
    found: list[Facts] = []
    ids = sorted(user_ids)
    for start in range(0, len(ids), CHUNK):
        found += _chunk(ctx, ids[start : start + CHUNK], locked, groupless)
    return found


def of_newcomer(columns: Mapping[str, Any], connector_id: str | None) -> Facts:
    """Give the facts about a user whose row was written a moment ago: in no group, without an admin's word or a seat."""
    return Facts(columns["id"], columns["active"], columns["folded"], connector_id)


def _chunk(ctx: Ctx, ids: Sequence[str], locked: bool = False, groupless: bool = False) -> list[Facts]:
    rows = (_LOCKED if locked else _UNLOCKED).all(portal=ctx.portal.id, users=ids)
    groups = {} if groupless else directory.groups_of(ctx, ids)
    # PostgreSQL asks "has an override?" before it waits for a row's lock, so it may say No to what was written meanwhile.
    waited = locked and db.engine.dialect.name == "postgresql"
    overrides = _overrides(ctx, [row.id for row in rows if row.has_override or waited])
    found = [_facts(row, groups.get(row.id, []), overrides.get(row.id, {})) for row in rows]
    frozen = [row.id for row in rows if row.has_freeze]
    return _with_frozen(ctx, found, frozen) if frozen else found


def _facts(row: Any, groups: list[GroupOf], overrides: dict[str, str]) -> Facts:
    listed = [{"value": id, "display": fold_text(name), "type": type} for id, name, type in groups]
    return Facts(
        user_id=row.id,
        active=row.active and row.deleted_at is None,
        resource=row.folded | {"groups": listed} if listed else row.folded,
        connector=row.connector_id,
        pins=frozenset(key for key, kind in overrides.items() if kind == "pin"),
        excluded=frozenset(key for key, kind in overrides.items() if kind == "exclude"),
    )


def _with_frozen(ctx: Ctx, people: list[Facts], ids: Sequence[str]) -> list[Facts]:
    """Add which frozen rules keep somebody, and what those people hold."""
    kept: dict[str, dict[str, bool]] = {}
    held: dict[str, set[str]] = {}
    names = {"portal": ctx.portal.id, "users": ids}
    for user_id, rule_id, through in db.session.execute(_FREEZES, names):
        kept.setdefault(user_id, {})[rule_id] = through
    for user_id, key in db.session.execute(_SEATS, names):
        held.setdefault(user_id, set()).add(key)
    return [
        replace(one, kept_by=kept[one.user_id], held=frozenset(held.get(one.user_id, ())))
        if one.user_id in kept
        else one
        for one in people
    ]


def _overrides(ctx: Ctx, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    if not ids:
        return found
    parameters = {"portal": ctx.portal.id, "users": ids, "now": ctx.now}
    for user_id, key, kind in db.session.execute(_OVERRIDES, parameters):
        found.setdefault(user_id, {})[key] = kind
    return found
