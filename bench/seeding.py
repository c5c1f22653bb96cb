"""Fills a portal straight through services and tables, for what would take minutes over HTTP: run as a process of its own.

python -m bench.seeding licenses               two types, a default and five rules, so that creates are decided and granted
python -m bench.seeding rules DOCUMENT         publish a policy, given as JSON, without settling anybody
python -m bench.seeding group SIZE SPARE       a group of SIZE members, and SPARE users who are in no group
python -m bench.seeding directory USERS ENTRIES   a large directory with seats and a ledger (`bench.population`)
python -m bench.seeding counted                have the database count its rows
python -m bench.seeding session                an admin who is signed in; gives the value of the cookie

Each prints JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from bench import population, rule_sets
from bench.server import SLUG
from scim_portal import statistics
from scim_portal.commands import surroundings
from scim_portal.context import Ctx
from scim_portal.db import db, transact
from scim_portal.ids import new_id
from scim_portal.jobs import runner
from scim_portal.models import Email, Group, Membership, User
from scim_portal.protocol.definitions import GROUP_URN, USER_URN
from scim_portal.services import access, catalog, emails, mapping, name_terms, rulebook
from scim_portal.services.mapping import Stamp

CHUNK = 5000


def main(arguments: list[str]) -> None:
    """Do what is asked, in the portal of the bench."""
    what, *rest = arguments
    with surroundings.portal(SLUG, "bench") as ctx:
        made = SEEDS[what](ctx, *rest)
        if what in {"group", "directory"}:
            counted(ctx)
        print(json.dumps(made))


def counted(_: Ctx) -> None:
    """Have the database count its rows, as the worker does within seconds of so many."""
    if db.engine.dialect.name == "postgresql":
        transact(lambda: db.session.execute(text("ANALYZE")))
    else:
        statistics.refresh()


def licenses(ctx: Ctx) -> None:
    """Make two types of unlimited capacity, the poorer of them the default, and five rules; nothing is left to settle."""
    transact(lambda: _licenses(ctx))
    runner.run_portal(ctx.portal, ctx.settings)


def _licenses(ctx: Ctx) -> None:
    for key, rank in (("pro", 20), ("view", 10)):
        catalog.create_type(ctx, key=key, name=key.title(), family="cal", rank=rank)
        catalog.add_line(ctx, key, quantity=None)
    rulebook.publish(ctx, rule_sets.ordinary())


def rules(ctx: Ctx, document: str) -> int:
    """Publish a policy; its job stays queued, as no worker runs beside the load."""
    return transact(lambda: rulebook.publish(ctx, json.loads(document))).version


def session(ctx: Ctx) -> str:
    """Make an owner with an open session."""

    def unit() -> str:
        email = f"{new_id()}@bench.example"
        admin, password = access.create_admin(ctx, email=email, role="owner")
        admin.must_change_password = False
        db.session.flush()
        opened = access.sign_in(ctx, email=email, password=password)
        assert opened is not None
        return opened.value

    return transact(unit)


def group(ctx: Ctx, size: str, spare: str) -> dict[str, Any]:
    """Write users, a group and its members."""
    return transact(lambda: _group(ctx, int(size), int(spare)))


def _group(ctx: Ctx, size: int, spare: int) -> dict[str, Any]:
    id = new_id()
    name = f"Group of {size}"
    columns = mapping.group_columns({"schemas": [GROUP_URN], "displayName": name}, _stamp(ctx, id))
    db.session.execute(Group.__table__.insert(), {"portal_id": ctx.portal.id, **columns})
    ids = list(_users(ctx, size + spare, name))
    links = (
        {"portal_id": ctx.portal.id, "group_id": id, "user_id": user, "created_at": ctx.now} for user in ids[:size]
    )
    db.session.connection().execute(Membership.__table__.insert(), list(links))
    return {"group": id, "spare": ids[size:], "member": ids[0]}


def directory(ctx: Ctx, users: str, entries: str) -> dict[str, Any]:
    """Write a large directory in transactions of its own."""
    return population.directory(ctx, int(users), int(entries))


def _users(ctx: Ctx, count: int, name: str) -> Iterator[str]:
    for start in range(0, count, CHUNK):
        rows = [
            _user(ctx, f"{name.replace(' ', '-')}-{n}@bench.example") for n in range(start, min(count, start + CHUNK))
        ]
        db.session.connection().execute(User.__table__.insert(), rows)
        addresses = [one for row in rows for one in emails.rows(ctx.portal.id, row["id"], row["folded"])]
        if addresses:
            db.session.connection().execute(Email.__table__.insert(), addresses)
        for row in rows:
            name_terms.add(ctx, row["id"], mapping.content(row["document"]))
        yield from (row["id"] for row in rows)


def _user(ctx: Ctx, user_name: str) -> dict[str, Any]:
    content = {"schemas": [USER_URN], "userName": user_name, "active": True}
    return {"portal_id": ctx.portal.id, **mapping.user_columns(content, _stamp(ctx, new_id()))}


def _stamp(ctx: Ctx, id: str) -> Stamp:
    return Stamp(id, 1, ctx.now, ctx.now)


SEEDS = {
    "licenses": licenses,
    "rules": rules,
    "group": group,
    "directory": directory,
    "session": session,
    "counted": counted,
}

if __name__ == "__main__":
    main(sys.argv[1:])
