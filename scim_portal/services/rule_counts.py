"""How many people each rule of a policy matches and decides, and how many seats it carries: few statements, however many rules.

One statement asks of every active user which conditions they meet and counts those who meet the same ones; who decides
follows from that by `rules.decide` itself, once for each such pattern. Patterns are remembered while nothing moves, two minutes
at most, so that another order of the same rules costs nothing.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, case, exists, func, literal, or_, select, true

from rules.decide import Facts, Kind, decide
from rules.policy import Policy, from_document, to_document
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Departures, Freeze, Group, Override, Seat, Ticket, User
from scim_portal.services import filter_sql, resource_types, rulebook

BITS = 60
KEPT_FOR = timedelta(minutes=2)
MOST_KEPT = 32
Met = frozenset[str]


@dataclass(slots=True)
class Count:
    """The numbers of one rule, or of the default; `decides`, `seats` and `waiting` by family."""

    matches: int = 0
    decides: Counter[str] = field(default_factory=Counter)
    seats: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Counts:
    """All numbers at a moment: of each rule by id, of the default, and how many active users there are."""

    rules: dict[str, Count]
    default: Count
    active: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Pattern:
    """People of whom the same is true, and how many they are."""

    met: Met
    connector: str | None
    number: int


@dataclass(frozen=True, slots=True)
class _Question:
    """A policy, what has to be asked of everybody for it, and a key that is another one as soon as an answer may be."""

    key: tuple[Any, ...]
    policy: Policy
    asked: dict[str, Any]


_kept: OrderedDict[tuple[Any, ...], tuple[datetime, list[_Pattern]]] = OrderedDict()


def of(ctx: Ctx, document: dict[str, Any]) -> Counts:
    """Count for a document. Raises `Invalid` when it does not compile."""
    question = _question(ctx, document)
    if (known := _known(ctx, question)) is None:
        known = _kept[question.key] = ctx.now, list(_counted(ctx, question.asked))
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return _counts(ctx, question.policy, *known)


def remembered(ctx: Ctx, document: dict[str, Any]) -> Counts | None:
    """Count for a document if everybody was asked already: not slow, whatever the portal's size. Raises as `of` does."""
    question = _question(ctx, document)
    known = _known(ctx, question)
    return None if known is None else _counts(ctx, question.policy, *known)


def _question(ctx: Ctx, document: dict[str, Any]) -> _Question:
    kind = resource_types.user(ctx)
    policy = rulebook.compile_document(ctx, document, kind)
    asked = dict(sorted(_conditions(ctx, policy).items()))
    rules = tuple((rule.id, rule.condition.text) for rule in sorted(policy.rules, key=attrgetter("id")))
    revision = tuple(db.session.execute(_revision(ctx)).one())
    return _Question((ctx.portal.id, kind, rules, tuple(asked), revision), policy, asked)


def _known(ctx: Ctx, question: _Question) -> tuple[datetime, list[_Pattern]] | None:
    found = _kept.get(question.key)
    return found if found is not None and ctx.now - found[0] < KEPT_FOR else None


def _counts(ctx: Ctx, policy: Policy, moment: datetime, patterns: list[_Pattern]) -> Counts:
    found = Counts({rule.id: Count() for rule in policy.rules}, Count(), sum(one.number for one in patterns), moment)
    stand_in = _stand_in(policy)
    for pattern in patterns:
        _add(found, policy, stand_in, pattern, ctx.now)
    _add_seats(ctx, found, policy)
    return found


def _add(found: Counts, policy: Policy, stand_in: Policy, pattern: _Pattern, now: datetime) -> None:
    for rule in policy.rules:
        found.rules[rule.id].matches += pattern.number * (f"met {rule.id}" in pattern.met)
    for family, wish in decide(stand_in, _facts(policy, pattern), now).families.items():
        if wish.source is not None and wish.source.kind is Kind.RULE:
            found.rules[str(wish.source.rule_id)].decides[family] += pattern.number
        else:
            found.default.decides[family] += pattern.number


def _stand_in(policy: Policy) -> Policy:
    """Give the policy with each condition asking for a role that `_facts` gives to those who meet it."""
    document = to_document(policy)
    for place, rule in enumerate(document["rules"]):
        rule["condition"] = f'roles.value eq "{place}"'
    return from_document(document, policy.types, version=policy.version)


def _facts(policy: Policy, pattern: _Pattern) -> Facts:
    """Describe somebody of whom a pattern is true."""
    met = pattern.met
    roles = [{"value": str(place)} for place, rule in enumerate(policy.rules) if f"met {rule.id}" in met]
    kept = {rule.id: f"through {rule.id}" in met for rule in policy.rules if f"kept {rule.id}" in met}
    types = policy.types
    return Facts(
        "", True, {"roles": roles}, pattern.connector, excluded=frozenset(key for key in types if f"excluded {key}" in met),
        kept_by=kept, held=frozenset(key for key in types if f"held {key}" in met),
    )  # fmt: skip


def _counted(ctx: Ctx, asked: dict[str, Any]) -> Iterator[_Pattern]:
    names = list(asked)
    words = [names[start : start + BITS] for start in range(0, len(names), BITS)]
    bits = [_word([asked[name] for name in word]).label(f"word_{place}") for place, word in enumerate(words)]
    mine = (User.portal_id == ctx.portal.id, User.active, User.deleted_at.is_(None))
    each = select(User.connector_id, *bits).where(*mine).subquery()
    for connector, *found, number in db.session.execute(select(*each.c, func.count()).group_by(*each.c)):
        met = (name for word, value in zip(words, found, strict=True) for name in _set(word, value))
        yield _Pattern(frozenset(met), connector, number)


def _word(conditions: Sequence[Any]) -> Any:
    """Put yes or no to up to sixty questions into one number."""
    total: Any = literal(0, BigInteger)
    for place, condition in enumerate(conditions):
        total = total + case((condition, literal(1 << place, BigInteger)), else_=literal(0, BigInteger))
    return total


def _set(word: Iterable[str], value: int) -> Iterator[str]:
    return (name for place, name in enumerate(word) if value >> place & 1)


def _conditions(ctx: Ctx, policy: Policy) -> dict[str, Any]:
    """Say in SQL what a decision may depend on: every condition, exclusions, and whom frozen rules keep (L9)."""
    dialect = db.engine.dialect.name
    found = {
        f"met {rule.id}": filter_sql.condition(rule.condition.bound, User, dialect, ctx.portal.id)
        for rule in policy.rules
    }
    excluded = select(Override.license_type).where(Override.portal_id == ctx.portal.id, Override.kind == "exclude")
    for key in db.session.scalars(excluded.distinct()):
        in_force = or_(Override.ends_at.is_(None), Override.ends_at > ctx.now)
        found[f"excluded {key}"] = _has(Override, Override.license_type == key, Override.kind == "exclude", in_force)
    for rule in (one for one in policy.rules if one.is_frozen(ctx.now)):
        found[f"kept {rule.id}"] = _has(Freeze, Freeze.rule_id == rule.id)
        found[f"through {rule.id}"] = _has(Freeze, Freeze.rule_id == rule.id, Freeze.through)
        for key in {key for chain in rule.chains.values() for key in chain}:
            found[f"held {key}"] = _has(Seat, Seat.license_type == key)
    return found


def _has(model: Any, *conditions: Any) -> Any:
    return exists().where(model.portal_id == User.portal_id, model.user_id == User.id, *conditions)


def _revision(ctx: Ctx) -> Any:
    """Ask for what differs as soon as people, groups, overrides or frozen rules did."""
    mine = ctx.portal.id
    parts = [
        select(func.max(User.updated_at)).where(User.portal_id == mine),
        select(func.max(Group.updated_at)).where(Group.portal_id == mine),
        select(func.sum(Departures.count)).where(Departures.portal_id == mine),
        select(func.max(Override.id)).where(Override.portal_id == mine),
        select(func.count()).select_from(Override).where(Override.portal_id == mine),
        select(func.count()).select_from(Freeze).where(Freeze.portal_id == mine),
    ]
    return select(*(part.scalar_subquery() for part in parts))


def _add_seats(ctx: Ctx, found: Counts, policy: Policy) -> None:
    """Add the seats and live tickets that rules and the default carry at this moment, by family."""
    for model, name, live in ((Seat, "seats", true()), (Ticket, "waiting", Ticket.parked_until.is_(None))):
        query = select(model.source_kind, model.rule_id, model.license_type, func.count())
        mine = query.where(model.portal_id == ctx.portal.id, live).group_by(
            model.source_kind, model.rule_id, model.license_type
        )
        for source, rule_id, key, number in db.session.execute(mine):
            count = found.rules.get(rule_id) if rule_id else found.default if source == Kind.DEFAULT else None
            if count is not None and key in policy.types:
                getattr(count, name)[policy.types[key].family] += number
