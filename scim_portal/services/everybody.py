"""Everybody of a portal, as facts and standings, in few cheap statements: for previews and for jobs that plan.

Read in ranges of ids over the primary keys, a few statements for thousands of people, and nothing that the policy does
not read. What the facts about somebody are is said in `facts`; this gives the same, so far as a decision depends on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from json import loads as loads_anything
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, cast, or_, select

from rules.decide import Facts, Kind, Source
from rules.policy import Policy
from rules.standing import Seat, SeatState, Standing, Ticket
from scim_portal import models
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Ancestry, Freeze, Group, Membership, Override, User
from scim_portal.protocol.folding import fold_text

CHUNK = 2000
Grouped = dict[str, list[Any]]
_USER, _GROUP = User.__table__.c, Group.__table__.c
_SEAT, _TICKET = models.Seat.__table__.c, models.Ticket.__table__.c
_WORD, _KEPT = Override.__table__.c, Freeze.__table__.c
_MEMBER, _ABOVE = Membership.__table__.c, Ancestry.__table__.c
_PORTAL = bindparam("portal")
_NAMES = (_USER.id, _USER.active, _USER.deleted_at, _USER.connector_id)


def _page(*columns: Any) -> Any:
    mine = select(*columns).where(_USER.portal_id == _PORTAL, _USER.id > bindparam("after"))
    return mine.order_by(_USER.id).limit(bindparam("size"))


def _range(table: Any, *columns: Any) -> Any:
    """Select rows of the users after one id and up to another."""
    between = (table.user_id > bindparam("after"), table.user_id <= bindparam("last"))
    return select(table.user_id, *columns).where(table.portal_id == _PORTAL, *between)


_PEOPLE = _page(*_NAMES, cast(_USER.folded, Text))
_PEOPLE_WITHOUT_ATTRIBUTES = _page(*_NAMES)
_SOURCE = ("source_kind", "rule_id", "rule_name", "policy_version")
_SEATS = _range(
    _SEAT, _SEAT.license_type, _SEAT.state, _SEAT.assigned_at, _SEAT.since, _SEAT.due_at, _SEAT.overage,
    *(_SEAT[name] for name in _SOURCE),
)  # fmt: skip
_TICKETS = _range(
    _TICKET, _TICKET.license_type, _TICKET.klass, _TICKET.queue_priority, _TICKET.number, _TICKET.entry, _TICKET.since,
    _TICKET.parked_until, _TICKET.given_priority, *(_TICKET[name] for name in _SOURCE),
)  # fmt: skip
_MEMBERSHIPS = _range(_MEMBER, _MEMBER.group_id)
_OVERRIDES = _range(_WORD, _WORD.license_type, _WORD.kind).where(
    or_(_WORD.ends_at.is_(None), _WORD.ends_at > bindparam("now"))
)
_FREEZES = _range(_KEPT, _KEPT.rule_id, _KEPT.through)
_GROUPS = select(_GROUP.id, _GROUP.display_name, _GROUP.deleted_at).where(_GROUP.portal_id == _PORTAL)
_ANCESTRY = select(_ABOVE.group_id, _ABOVE.ancestor_id).where(_ABOVE.portal_id == _PORTAL)


def stream(ctx: Ctx, policy: Policy) -> Iterator[list[tuple[Facts, Standing]]]:
    """Give everybody in the order they were provisioned, deleted ones too (they wish nothing), some thousand at a time."""
    reader = _Reader(ctx, policy)
    after = ""
    while chunk := reader.chunk(after):
        yield chunk
        after = chunk[-1][0].user_id


class _Reader:
    """Reads people for one policy; remembers groups and sources, which many people share."""

    def __init__(self, ctx: Ctx, policy: Policy) -> None:
        self.ctx = ctx
        self.reads_attributes = bool(policy.reads - {"groups"})
        self.groups = _Groups(ctx) if "groups" in policy.reads else None
        self.has_frozen = policy.has_frozen(ctx.now)
        self._sources: dict[tuple[str, str | None, str | None, int], Source] = {}

    def chunk(self, after: str) -> list[tuple[Facts, Standing]]:
        statement = _PEOPLE if self.reads_attributes else _PEOPLE_WITHOUT_ATTRIBUTES
        rows = self._rows(statement, after=after, size=CHUNK)
        if not rows:
            return []
        span = {"after": after, "last": rows[-1][0]}
        groups = self.groups.of(self._rows(_MEMBERSHIPS, **span)) if self.groups else {}
        words = _grouped(self._rows(_OVERRIDES, **span, now=self.ctx.now))
        kept = _grouped(self._rows(_FREEZES, **span)) if self.has_frozen else {}
        standings = self._standings(span)
        found = []
        for id, active, deleted_at, connector, *folded in rows:
            resource = _loaded(folded[0]) if folded else {}
            if id in groups:
                resource["groups"] = groups[id]
            standing = standings.get(id) or Standing(id)
            found.append((Facts(id, active and deleted_at is None, resource, connector), standing))
        if words or kept:
            found = [(_with_words(facts, standing, words, kept), standing) for facts, standing in found]
        return found

    def _standings(self, span: dict[str, Any]) -> dict[str, Standing]:
        seats: dict[str, list[Seat]] = {}
        tickets: dict[str, list[Ticket]] = {}
        for id, key, state, assigned_at, since, due_at, overage, *source in self._rows(_SEATS, **span):
            seat = Seat(id, key, _STATES[state], assigned_at, since, self._source(*source), due_at, overage)
            seats.setdefault(id, []).append(seat)
        for id, key, klass, priority, number, entry, since, parked, given, *source in self._rows(_TICKETS, **span):
            ticket = Ticket(id, key, klass, priority, number, entry, since, self._source(*source), parked, given)
            tickets.setdefault(id, []).append(ticket)
        ids = seats.keys() | tickets.keys()
        return {id: Standing(id, tuple(seats.get(id, ())), tuple(tickets.get(id, ()))) for id in ids}

    def _source(self, kind: str, rule_id: str | None, rule_name: str | None, version: int) -> Source:
        key = (kind, rule_id, rule_name, version)
        if key not in self._sources:
            self._sources[key] = Source(Kind(kind), rule_id, rule_name, version)
        return self._sources[key]

    def _rows(self, statement: Any, **parameters: str | int | datetime) -> list[Any]:
        connection = db.session.connection()
        return list(connection.execute(statement, {"portal": self.ctx.portal.id, **parameters}))


_STATES = {str(state): state for state in SeatState}


@dataclass(slots=True)
class _Groups:
    """All groups of a portal as conditions see them from below: each is one value, shared by everybody in it."""

    direct: dict[str, dict[str, str]]
    indirect: dict[str, dict[str, str]]
    above: dict[str, list[str]]

    def __init__(self, ctx: Ctx) -> None:
        mine = {"portal": ctx.portal.id}
        rows = list(db.session.connection().execute(_GROUPS, mine))
        values = {id: {"value": id, "display": fold_text(name)} for id, name, _ in rows}
        self.direct = {id: values[id] | {"type": "direct"} for id, _, deleted_at in rows if deleted_at is None}
        self.indirect = {id: one | {"type": "indirect"} for id, one in values.items()}
        self.above = {}
        for id, ancestor in db.session.connection().execute(_ANCESTRY, mine):
            self.above.setdefault(id, []).append(ancestor)

    def of(self, memberships: list[Any]) -> dict[str, list[dict[str, str]]]:
        """Give everybody's groups, direct ones first, each once."""
        direct: Grouped = {}
        indirect: dict[str, set[str]] = {}
        for user_id, group_id in memberships:
            if group_id in self.direct:
                direct.setdefault(user_id, []).append(group_id)
            if group_id in self.above:
                indirect.setdefault(user_id, set()).update(self.above[group_id])
        found = {id: [self.direct[one] for one in sorted(groups)] for id, groups in direct.items()}
        for id, groups in indirect.items():
            further = sorted(groups.difference(direct.get(id, ())))
            found.setdefault(id, []).extend(self.indirect[one] for one in further)
        return {id: listed for id, listed in found.items() if listed}


def _with_words(facts: Facts, standing: Standing, words: Grouped, kept: Grouped) -> Facts:
    """Add pins, exclusions and the frozen rules that keep somebody, with what they hold."""
    id = facts.user_id
    if id not in words and id not in kept:
        return facts
    held = frozenset(seat.license_type for seat in standing.seats) if id in kept else frozenset[str]()
    return Facts(
        id, facts.active, facts.resource, facts.connector,
        frozenset(key for _, key, kind in words.get(id, ()) if kind == "pin"),
        frozenset(key for _, key, kind in words.get(id, ()) if kind == "exclude"),
        {rule_id: through for _, rule_id, through in kept.get(id, ())}, held,
    )  # fmt: skip


def _grouped(rows: list[Any]) -> Grouped:
    found: Grouped = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _loaded(text: str) -> dict[str, Any]:
    """Read a folded copy; the quick reader refuses what Python's own can write, such as half a surrogate pair."""
    try:
        loaded: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        loaded = loads_anything(text)
    return loaded
