"""Which users a list is to show: search, state, license, connector and group as conditions that stay cheap in any mixture.

A condition that many users meet is tested while the list is walked in its order, which soon fills a page; one that few meet
gives those few, who are then put in order. `Probe.size` tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, union_all

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Invalid
from scim_portal.ids import is_id
from scim_portal.models import Ancestry, LicenseType, Membership, NameTerm, Override, Seat, Ticket, User
from scim_portal.protocol import filters
from scim_portal.protocol.sentences import say
from scim_portal.services import filter_sql, name_terms, resource_types, rosters

STATES = ("active", "inactive", "deleted")
CONCERNS = ("waiting", "attention", "exception")
FEW = 20_000
MOST_WORDS = 5
IN_USE = ("assigned", "releasing")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users are wanted: a SCIM filter, or the portal's search box and chips; all given parts must hold.

    `group_id` is met through groups in that group as well, `member_of` only by the group's own members. `concern` is
    `waiting`, `attention` (active, and waits with nothing in use, or has a suspended seat) or `exception`.
    """

    filter: str | None = None
    search: str | None = None
    state: str | None = None
    concern: str | None = None
    license_type: str | None = None
    connector_id: str | None = None
    group_id: str | None = None
    member_of: str | None = None


@dataclass(frozen=True, slots=True)
class Probe:
    """A condition with an index of its own: a test for one user, and the ids of all who meet it, some twice.

    `size` is how many ids there are, counted no further than `FEW` and one; `is_whole` says that being among the ids is all.
    """

    test: Any
    ids: Any
    size: int
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a user must meet: `plain` conditions on the row, and `probes`."""

    plain: tuple[Any, ...]
    probes: tuple[Probe, ...]

    @property
    def driver(self) -> Probe | None:
        """Give the probe whose ids are few enough to begin with."""
        few = [probe for probe in self.probes if probe.size <= FEW]
        return min(few, key=lambda probe: probe.size, default=None)

    @property
    def all(self) -> list[Any]:
        """Give everything as one list for a WHERE."""
        driver = self.driver
        tests = [probe.test for probe in self.probes if probe is not driver or not probe.is_whole]
        return [*self.plain, *([User.id.in_(driver.ids)] if driver else []), *tests]


def of(ctx: Ctx, wanted: Wanted) -> Conditions:
    """Read what is wanted. Raises `Invalid` for an unknown state or concern, and the protocol's error for a bad filter."""
    plain: list[Any] = [User.portal_id == ctx.portal.id]
    if wanted.filter:
        bound = filters.compiled(wanted.filter, resource_types.user(ctx))
        plain.append(filter_sql.condition(bound, User, db.engine.dialect.name, ctx.portal.id))
    if wanted.state:
        plain.append(_state(wanted.state))
    if wanted.connector_id:
        plain.append(User.connector_id == wanted.connector_id)
    if wanted.concern == "attention":
        plain += [User.active, User.deleted_at.is_(None)]
    return Conditions(tuple(plain), tuple(_probes(ctx, wanted)))


def _state(state: str) -> Any:
    match state:
        case "active":
            return and_(User.active, User.deleted_at.is_(None))
        case "inactive":
            return and_(~User.active, User.deleted_at.is_(None))
        case "deleted":
            return User.deleted_at.is_not(None)
    raise Invalid(
        say("There is no state {state!r}; choose one of {choices}.", state=state, choices=", ".join(STATES)),
        field="state",
        value=state,
    )


def _probes(ctx: Ctx, wanted: Wanted) -> Iterator[Probe]:
    # A search in which nothing is left after folding finds nobody, rather than everybody.
    for word in (name_terms.words(wanted.search) or [wanted.search])[:MOST_WORDS] if wanted.search else ():
        yield _word(ctx, word)
    if wanted.license_type:
        yield _counted(Seat, Seat.license_type == wanted.license_type, _uses(ctx)[0].get(wanted.license_type, 0), ctx)
    if wanted.concern:
        yield _concern(ctx, wanted.concern)
    if wanted.group_id:
        yield _group(ctx, wanted.group_id)
    if wanted.member_of:
        yield _few(ctx, Membership, Membership.group_id == wanted.member_of)


def _word(ctx: Ctx, word: str) -> Probe:
    """Find whose names have a word that begins like this one; a whole id finds its user."""
    if is_id(word):
        return Probe(User.id == word, select(User.id).where(User.portal_id == ctx.portal.id, User.id == word), 1)
    return _few(ctx, NameTerm, and_(NameTerm.term >= word, NameTerm.term < word + "\U0010ffff"))


def _concern(ctx: Ctx, concern: str) -> Probe:
    match concern:
        case "waiting":
            return _counted(Ticket, Ticket.parked_until.is_(None), sum(_uses(ctx)[1].values()), ctx)
        case "exception":
            return _few(ctx, Override, or_(Override.ends_at.is_(None), Override.ends_at > ctx.now))
        case "attention":
            return _attention(ctx)
    raise Invalid(
        say("There is no {concern!r}; choose one of {choices}.", concern=concern, choices=", ".join(CONCERNS)),
        field="concern", value=concern,
    )  # fmt: skip


def _attention(ctx: Ctx) -> Probe:
    _, waiting, suspended = _uses(ctx)
    waits, is_suspended = Ticket.parked_until.is_(None), Seat.state == "suspended"
    stuck = and_(is_suspended, Seat.license_type.in_([key for key, count in suspended.items() if count]))
    test = or_(and_(_has(Ticket, waits), ~_has(Seat, Seat.state.in_(IN_USE))), _has(Seat, is_suspended))
    ids = union_all(_ids(ctx, Ticket, waits), _ids(ctx, Seat, stuck))
    return Probe(test, ids, sum(waiting.values()) + sum(suspended.values()), is_whole=False)


def _group(ctx: Ctx, group_id: str) -> Probe:
    ids = rosters.everybody_in(ctx, group_id)
    below = and_(Ancestry.portal_id == Membership.portal_id, Ancestry.group_id == Membership.group_id)
    through = (
        select(1).select_from(Membership).join(Ancestry, below)
        .where(Membership.portal_id == User.portal_id, Membership.user_id == User.id, Ancestry.ancestor_id == group_id)
    )  # fmt: skip
    return Probe(or_(_has(Membership, Membership.group_id == group_id), exists(through)), ids, _size(ids))


def _uses(ctx: Ctx) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Give how many seats, live tickets and suspended seats each license type has: the counters know."""
    query = select(LicenseType.key, LicenseType.used, LicenseType.waiting, LicenseType.suspended)
    rows = db.session.execute(query.where(LicenseType.portal_id == ctx.portal.id)).all()
    seats = {row.key: row.used + row.suspended for row in rows}
    return seats, {row.key: row.waiting for row in rows}, {row.key: row.suspended for row in rows}


def _counted(model: Any, condition: Any, size: int, ctx: Ctx) -> Probe:
    return Probe(_has(model, condition), _ids(ctx, model, condition), size)


def _few(ctx: Ctx, model: Any, condition: Any) -> Probe:
    ids = _ids(ctx, model, condition)
    return Probe(_has(model, condition), ids, _size(ids))


def _ids(ctx: Ctx, model: Any, condition: Any) -> Any:
    return select(model.user_id).where(model.portal_id == ctx.portal.id, condition)


def _size(ids: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(ids.limit(FEW + 1).subquery())) or 0


def _has(model: Any, condition: Any) -> Any:
    return exists().where(model.portal_id == User.portal_id, model.user_id == User.id, condition)
