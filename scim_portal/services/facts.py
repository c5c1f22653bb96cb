"""What rules may know about people: the folded resource, its groups, pins and exclusions. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, or_, select

from rules.decide import Facts
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Override, User
from scim_portal.protocol.folding import fold_text
from scim_portal.services import directory

CHUNK = 500
_PEOPLE = (
    select(User.id, User.active, User.deleted_at, User.connector_id, User.folded)
    .where(User.portal_id == bindparam("portal"), User.id.in_(bindparam("users", expanding=True)))
    .order_by(User.id)
)
_LOCKED = _PEOPLE.with_for_update(key_share=True)
_OVERRIDES = select(Override.user_id, Override.license_type, Override.kind).where(
    Override.portal_id == bindparam("portal"),
    Override.user_id.in_(bindparam("users", expanding=True)),
    or_(Override.ends_at.is_(None), Override.ends_at > bindparam("now")),
)


def load(ctx: Ctx, user_ids: Iterable[str], *, locked: bool = False) -> list[Facts]:
    """Read the facts about some users, in the order they were provisioned; `locked` keeps others from changing them."""
    found: list[Facts] = []
    ids = sorted(user_ids)
    for start in range(0, len(ids), CHUNK):
        found += _chunk(ctx, ids[start : start + CHUNK], locked)
    return found


def everybody(ctx: Ctx) -> Iterator[list[Facts]]:
    """Stream the facts about all users of the portal in chunks, deleted ones included (they wish nothing)."""
    after = ""
    while True:
        page = select(User.id).where(and_(User.portal_id == ctx.portal.id, User.id > after))
        ids = list(db.session.scalars(page.order_by(User.id).limit(CHUNK)))
        if not ids:
            return
        yield _chunk(ctx, ids, False)
        after = ids[-1]


def _chunk(ctx: Ctx, ids: Sequence[str], locked: bool) -> list[Facts]:
    rows = db.session.execute(_LOCKED if locked else _PEOPLE, {"portal": ctx.portal.id, "users": ids}).all()
    groups = directory.groups_of(ctx, ids)
    overrides = _overrides(ctx, ids)
    return [_facts(row, groups.get(row.id, []), overrides.get(row.id, {})) for row in rows]


def _facts(row: Row[Any], groups: list[tuple[str, str]], overrides: dict[str, str]) -> Facts:
    listed = [{"value": id, "display": fold_text(name), "type": "direct"} for id, name in groups]
    return Facts(
        user_id=row.id,
        active=row.active and row.deleted_at is None,
        resource=row.folded | {"groups": listed} if listed else row.folded,
        connector=row.connector_id,
        pins=frozenset(key for key, kind in overrides.items() if kind == "pin"),
        excluded=frozenset(key for key, kind in overrides.items() if kind == "exclude"),
    )


def _overrides(ctx: Ctx, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    parameters = {"portal": ctx.portal.id, "users": ids, "now": ctx.now}
    for user_id, key, kind in db.session.execute(_OVERRIDES, parameters):
        found.setdefault(user_id, {})[key] = kind
    return found
