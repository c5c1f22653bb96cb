"""Frozen rules (L9): what a rule keeps for people after a group that it names was deleted, and for how long.

Deleting the group marks the rules that name it; whoever matched through it is written down and keeps seats and places, and
nothing new is given, until an admin decides or a week has passed. What admins can decide is `frozen_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from rules.keeping import left_by
from rules.policy import DECIDING, Policy, Rule, State
from scim_portal.context import Ctx
from scim_portal.db import db, insert
from scim_portal.models import Freeze, Group, Seat, Ticket
from scim_portal.services import facts, rulebook, work

LASTS = timedelta(days=7)
CHUNK = 500
_F = Freeze.__table__
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Matched:
    """Who matched the rules that name a group, before it was deleted: rule id to user ids."""

    policy: Policy
    people: dict[str, set[str]]


def before_delete(ctx: Ctx, group_id: str, members: Callable[[], Collection[str]]) -> Matched | None:
    """Note who of a group's members matches the rules that name it; None when no rule in force does."""
    if not _named(rulebook.in_force(ctx), group_id):  # waits for a publish that may be about to name it
        return None
    policy = rulebook.in_force_locked(ctx)
    named = _named(policy, group_id)
    people = {rule.id: _matching(ctx, rule, facts.load(ctx, members(), locked=True)) for rule in named}
    return Matched(policy, people) if named else None


def after_delete(ctx: Ctx, group_id: str, matched: Matched) -> set[str]:
    """Freeze the rules, now that the group is gone, for those who matched through it and those who hold seats by them.

    Gives everybody concerned, to be settled: whoever waits by a frozen rule waits no more, in whatever group they are, and
    the places of those whom the rule kept since an earlier group of its was deleted are kept as long as the rest.
    """
    until, concerned = ctx.now + LASTS, set[str]()
    for rule_id, people in matched.people.items():
        rule = next(one for one in matched.policy.rules if one.id == rule_id)
        still = _matching(ctx, rule, facts.load(ctx, people, locked=True))
        _write(ctx, rule_id, group_id, people - still, through=True)
        _write(ctx, rule_id, group_id, _having(ctx, rule_id, Seat) - (people - still), through=False)
        concerned |= people | _having(ctx, rule_id, Ticket)
        own = (Freeze.portal_id == ctx.portal.id) & (Freeze.rule_id == rule_id)
        db.session.execute(_F.update().where(own).values(until=until))
    marked = {rule_id: (State.NEEDS_ATTENTION, until.isoformat()) for rule_id in matched.people}
    rulebook.amend(ctx, _with_states(ctx, marked))
    kept = select(Freeze.user_id).where(Freeze.portal_id == ctx.portal.id, Freeze.rule_id.in_(list(marked)))
    return concerned | set(db.session.scalars(kept))


def group_back(ctx: Ctx, group_id: str) -> set[str]:
    """Let rules that name a group decide again when it came back, unless another group of theirs is gone.

    Gives whom they kept, to be settled. Whom they held off, which may be anybody who came to match meanwhile, a job settles.
    """
    waiting = [rule for rule in _named(rulebook.glance(ctx), group_id) if rule.state is State.NEEDS_ATTENTION]
    gone = _deleted(ctx, {id for rule in waiting for id in rule.condition.group_ids})
    whole = [rule.id for rule in waiting if not rule.condition.group_ids & gone]
    if not whole:
        return set()
    rulebook.in_force_locked(ctx)
    rulebook.amend(ctx, _with_states(ctx, dict.fromkeys(whole, (State.ACTIVE, None))))
    work.enqueue(ctx, "settle_all")
    return end(ctx, whole)


def leave(ctx: Ctx, policy: Policy, people: Iterable[facts.Facts]) -> dict[str, facts.Facts]:
    """Forget whom frozen rules kept for seats that they do not hold any more; gives those people as they are without."""
    left: dict[str, facts.Facts] = {}
    for one in people:
        rules = left_by(policy, one) if one.active and one.kept_by else ()
        if rules:
            mine = (Freeze.portal_id == ctx.portal.id) & (Freeze.user_id == one.user_id) & Freeze.rule_id.in_(rules)
            db.session.execute(delete(Freeze).where(mine))
            kept_by = {rule_id: through for rule_id, through in one.kept_by.items() if rule_id not in rules}
            left[one.user_id] = replace(one, kept_by=kept_by)
    return left


def end(ctx: Ctx, rule_ids: Iterable[str]) -> set[str]:
    """Forget whom some rules kept; gives those people, to be settled."""
    mine = (Freeze.portal_id == ctx.portal.id) & Freeze.rule_id.in_(list(rule_ids))
    return set(db.session.scalars(delete(Freeze).where(mine).returning(Freeze.user_id)))


def _named(policy: Policy, group_id: str) -> list[Rule]:
    return [rule for rule in policy.rules if rule.state in DECIDING and group_id in rule.condition.group_ids]


def _matching(ctx: Ctx, rule: Rule, people: Collection[facts.Facts]) -> set[str]:
    """Name those whom a rule keeps or matches, whatever rule decides them in the end.

    It matches nobody outside its window; while it is frozen only those whom it keeps, unless all it does is to withhold. Of
    those who are not active it matches whoever has something by it, which is held for their return (L8).
    """
    is_frozen, gives = rule.is_frozen(ctx.now), any(rule.chains.values())
    is_anybody_away = not all(one.active for one in people)
    having = _having(ctx, rule.id, Seat) | _having(ctx, rule.id, Ticket) if is_anybody_away else set[str]()
    found = set[str]()
    for one in people if rule.is_open(ctx.now) else ():
        through = one.kept_by.get(rule.id) if is_frozen else None
        matches = through or (not (is_frozen and gives and through is None) and rule.condition.holds(one.resource))
        is_due = one.active or one.user_id in having
        if is_due and rule.connector in (None, one.connector) and matches:
            found.add(one.user_id)
    return found


def _having(ctx: Ctx, rule_id: str, what: type[Seat] | type[Ticket]) -> set[str]:
    """Name those who hold, or await, something by a rule."""
    found = select(what.user_id).where(what.portal_id == ctx.portal.id, what.rule_id == rule_id)
    return set(db.session.scalars(found))


def _write(ctx: Ctx, rule_id: str, group_id: str, users: Collection[str], *, through: bool) -> None:
    made = insert(_F)
    new = made.on_conflict_do_nothing()
    if through:
        same = ["portal_id", "rule_id", "user_id"]
        new = made.on_conflict_do_update(index_elements=same, set_={"through": True, "group_id": group_id})
    rows = [
        {"portal_id": ctx.portal.id, "rule_id": rule_id, "user_id": user, "group_id": group_id, "through": through,
         "until": ctx.now + LASTS}
        for user in sorted(users)
    ]  # fmt: skip
    for start in range(0, len(rows), CHUNK):
        db.session.connection().execute(new, rows[start : start + CHUNK])


def _with_states(ctx: Ctx, states: dict[str, tuple[State, str | None]]) -> Document:
    """Copy the document in force with other states and ends of freezes for some rules."""

    def changed(rule: Document) -> Document:
        if rule["id"] not in states:
            return rule
        state, until = states[rule["id"]]
        return {**rule, "state": state.value, "frozen_until": until}

    document = rulebook.current(ctx)[1]
    return {**document, "rules": [changed(rule) for rule in document["rules"]]}


def _deleted(ctx: Ctx, ids: Collection[str]) -> set[str]:
    query = select(Group.id).where(Group.portal_id == ctx.portal.id, Group.deleted_at.is_not(None))
    return set(db.session.scalars(query.where(Group.id.in_(list(ids)))))
