"""People and groups to filter: forty odd ones, stored through SCIM, and their folded copies as Python sees them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Group, User
from scim_portal.protocol import resource
from scim_portal.protocol.definitions import GROUP, USER
from scim_portal.services import directory, facts, mapping
from tests.clients import LoneClient
from tests.portals import ENTERPRISE, PortalUnderTest, a_group, a_patch
from tests.properties.filter_texts import WORDS

PEOPLE = 40


@dataclass(frozen=True)
class Stored:
    """What filters are tried on: folded users and groups by id, and texts and instants that occur in them."""

    ctx: Ctx
    users: dict[str, dict[str, Any]]
    groups: dict[str, dict[str, Any]]
    known: tuple[str, ...]
    moments: tuple[str, ...]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Keep Hypothesis from printing all of it beside a failing filter."""
        printer.text("stored people")

    def filled(self, text: str) -> str:
        """Put real ids and instants where a drawn filter has stand-ins."""
        for mark, values in (("@id", self.known), ("@at", self.moments)):
            for number, value in enumerate(values):
                text = text.replace(f"{mark}{number}", value)
        return text


def store(app: Flask) -> Stored:
    """Fill a portal of its own."""
    portal = PortalUnderTest.create(app)
    portal.client = LoneClient(app, app.response_class)
    chance = random.Random(20)
    ids = [portal.provision(f"{' '.join(_word(chance).split())}-{place}", **_person(chance)) for place in range(PEOPLE)]
    gone = portal.push("Gone", *ids[:5])
    groups = [
        _push(portal, chance, word, chance.sample(ids, place)) for place, word in enumerate(chance.sample(WORDS, 6))
    ]
    nested = _nest(portal, chance, groups, gone)
    assert portal.scim("DELETE", f"/Groups/{gone}").status_code == 204
    assert portal.scim("DELETE", f"/Users/{ids[-1]}").status_code == 204
    groups = [*groups[:1], nested[0], *groups[1:]]
    return _read(portal.ctx(), (*ids[:3], *groups[:3]))


def _push(portal: PortalUnderTest, chance: random.Random, name: str, ids: list[str]) -> str:
    members = [{"value": id} | ({"display": _word(chance)} if chance.random() < 0.7 else {}) for id in ids]
    answer = portal.scim("POST", "/Groups", a_group(name) | {"members": members})
    assert answer.status_code == 201, answer.text
    id: str = answer.json["id"]
    return id


def _nest(portal: PortalUnderTest, chance: random.Random, groups: list[str], gone: str) -> list[str]:
    """Put groups into groups, three levels high, some of them through one that is deleted later; members with a display."""
    lower = portal.push("lower", *groups[2:4])
    upper = portal.push("upper", lower, groups[5], groups[2])
    for group, member in ((upper, groups[0]), (groups[4], lower), (groups[1], gone), (gone, groups[4])):
        change = {"op": "add", "path": "members", "value": [{"value": member, "display": _word(chance)}]}
        assert portal.scim("PATCH", f"/Groups/{group}", a_patch(change)).status_code == 200
    return [lower, upper]


def _person(chance: random.Random) -> dict[str, Any]:
    def maybe(value: Any) -> dict[str, Any]:
        return value if chance.random() < 0.5 else {}

    def some(**parts: Any) -> list[dict[str, Any]]:
        return [
            {name: make() for name, make in parts.items() if chance.random() < 0.8} for _ in range(chance.randrange(4))
        ]

    def word() -> str:
        return _word(chance)

    kinds = iter(chance.sample(("work", "home", "other", "Weg", "Straße", "😀"), 6))
    mails = some(value=word, display=word, type=lambda: next(kinds, "z"))
    return {
        "emails": [one | {"primary": place == 1} for place, one in enumerate(mails)],
        "roles": some(value=word, type=word),
        "addresses": some(locality=word, country=word, type=word),
        "phoneNumbers": some(value=word, type=word),
        "photos": some(value=word),
        "entitlements": some(value=word),
        "active": chance.random() < 0.7,
        "name": maybe({"givenName": word(), "familyName": word(), "formatted": word()}),
        **maybe({"displayName": word(), "title": word(), "profileUrl": word()}),
        **maybe({"nickName": word(), "externalId": word(), "locale": word()}),
        **maybe({"x509Certificates": [{"value": "QUJD"}]}),
        **maybe({ENTERPRISE: {"department": word(), "costCenter": word(), **maybe({"manager": {"value": word()}})}}),
    }  # fmt: skip


def _word(chance: random.Random) -> str:
    return chance.choice(WORDS) + (chance.choice(WORDS) if chance.random() < 0.2 else "")


def _read(ctx: Ctx, known: tuple[str, ...]) -> Stored:
    users = db.session.scalars(select(User).where(User.portal_id == ctx.portal.id, User.deleted_at.is_(None))).all()
    groups = db.session.scalars(select(Group).where(Group.portal_id == ctx.portal.id, Group.deleted_at.is_(None))).all()
    seen = {one.user_id: dict(one.resource) for one in facts.load(ctx, [user.id for user in users])}
    folded = {user.id: resource.fold(USER, orjson.loads(user.document)) for user in users}
    assert {id: {**one, "groups": None} for id, one in seen.items()} == {
        id: {**one, "groups": None} for id, one in folded.items()
    }
    moments = [orjson.loads(user.document)["meta"]["created"] for user in users[:3]]
    return Stored(
        ctx, seen, _with_members(ctx, groups), known, (*moments, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00+02:00")
    )


def _with_members(ctx: Ctx, groups: Any) -> dict[str, dict[str, Any]]:
    members = directory.members_of(ctx, [group.id for group in groups])
    return {
        group.id: resource.fold(GROUP, orjson.loads(group.document))
        | {"members": [_folded_member(*one) for one in members.get(group.id, [])]}
        for group in groups
    }


def _folded_member(id: str, display: str | None, type: str) -> dict[str, Any]:
    return resource.fold(GROUP, {"members": [mapping.member_reference("", id, display, type)]})["members"][0] | {
        "$ref": None  # never stored, so no filter finds it
    }
