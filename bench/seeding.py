"""Fills a portal straight through services and tables, for what would take minutes over HTTP: run as a process of its own.

python -m bench.seeding licenses            types, a default and five rules, so that creates are decided and granted
python -m bench.seeding group SIZE SPARE    a group of SIZE members, and SPARE users who are in no group; prints JSON
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from bench.server import SLUG
from scim_portal.commands import surroundings
from scim_portal.context import Ctx
from scim_portal.db import db, transact
from scim_portal.ids import new_id
from scim_portal.models import Email, Group, Membership, User
from scim_portal.protocol.definitions import GROUP_URN, USER_URN
from scim_portal.services import catalog, emails, mapping, rulebook
from scim_portal.services.mapping import Stamp

CHUNK = 5000
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"


def main(arguments: list[str]) -> None:
    """Do what is asked, in the portal of the bench."""
    with surroundings.portal(SLUG, "bench") as ctx:
        if arguments[0] == "licenses":
            transact(lambda: licenses(ctx))
        else:
            size, spare = int(arguments[1]), int(arguments[2])
            made = transact(lambda: group(ctx, size, spare))
            if db.engine.dialect.name == "postgresql":  # as autovacuum does within a minute of so many rows
                transact(lambda: db.session.execute(text("ANALYZE")))
            print(json.dumps(made))


def licenses(ctx: Ctx) -> None:
    """Make two types of unlimited capacity, the poorer of them the default, and five rules."""
    for key, rank in (("pro", 20), ("view", 10)):
        catalog.create_type(ctx, key=key, name=key.title(), family="cal", rank=rank)
        catalog.add_line(ctx, key, quantity=None)
    rules = [
        {"id": f"rule-{name}", "name": name, "condition": f'{DEPARTMENT} eq "{name}"', "grants": ["pro"]}
        for name in ("Sales", "Design", "Support", "Research", "Finance")
    ]
    rulebook.publish(ctx, {"families": {}, "defaults": {"cal": "view"}, "rules": rules})


def group(ctx: Ctx, size: int, spare: int) -> dict[str, Any]:
    """Write users, a group and its members."""
    id = new_id()
    name = f"Group of {size}"
    columns = mapping.group_columns({"schemas": [GROUP_URN], "displayName": name}, _stamp(ctx, id))
    db.session.execute(Group.__table__.insert(), {"portal_id": ctx.portal.id, **columns})
    ids = list(_users(ctx, size + spare, name))
    links = (
        {"portal_id": ctx.portal.id, "group_id": id, "user_id": user, "created_at": ctx.now} for user in ids[:size]
    )
    db.session.connection().execute(Membership.__table__.insert(), list(links))
    return {"group": id, "spare": ids[size:]}


def _users(ctx: Ctx, count: int, name: str) -> Iterator[str]:
    for start in range(0, count, CHUNK):
        rows = [
            _user(ctx, f"{name.replace(' ', '-')}-{n}@bench.example") for n in range(start, min(count, start + CHUNK))
        ]
        db.session.connection().execute(User.__table__.insert(), rows)
        addresses = [one for row in rows for one in emails.rows(ctx.portal.id, row["id"], row["folded"])]
        if addresses:
            db.session.connection().execute(Email.__table__.insert(), addresses)
        yield from (row["id"] for row in rows)


def _user(ctx: Ctx, user_name: str) -> dict[str, Any]:
    content = {"schemas": [USER_URN], "userName": user_name, "active": True}
    return {"portal_id": ctx.portal.id, **mapping.user_columns(content, _stamp(ctx, new_id()))}


def _stamp(ctx: Ctx, id: str) -> Stamp:
    return Stamp(id, 1, ctx.now, ctx.now)


if __name__ == "__main__":
    main(sys.argv[1:])
