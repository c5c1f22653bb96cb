"""What an admin does about a rule that froze when a group of its was deleted (L9): relink it, release, or turn seats into pins.

Each is a new version of the policy, whose job settles everybody. How rules freeze and whom they keep is `freezes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from rules.policy import Rule, State
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.models import Freeze, Group, Seat, User
from scim_portal.services import audit, overrides, rulebook
from scim_portal.services.audit import Action
from scim_portal.services.rulebook import Published

MOST_CANDIDATES = 2000
PIN_REASON = "Kept after the group “{group}” was deleted"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A rule that needs attention: which groups of it are gone (id and name), how many people it keeps, and until when."""

    rule_id: str
    name: str
    gone: tuple[tuple[str, str], ...]
    people: int
    until: datetime | None


def everything(ctx: Ctx) -> list[Frozen]:
    """List the rules that need attention, in rule order."""
    policy = rulebook.glance(ctx)
    return [_frozen(ctx, rule) for rule in policy.rules if rule.state is State.NEEDS_ATTENTION]


def find(ctx: Ctx, rule_id: str) -> Frozen:
    """Describe one rule that needs attention. Raises `NotFound`."""
    found = next((one for one in everything(ctx) if one.rule_id == rule_id), None)
    if found is None:
        raise NotFound("There is no such rule that needs attention.", field="id", value=rule_id)
    return found


def kept(ctx: Ctx, rule_id: str, *, most: int) -> list[User]:
    """Give some of the people whom a rule keeps, in the order they were provisioned."""
    query = scoped(User, ctx).join(Freeze, (Freeze.portal_id == User.portal_id) & (Freeze.user_id == User.id))
    return list(db.session.scalars(query.where(Freeze.rule_id == rule_id).order_by(User.id).limit(most)))


def candidates(ctx: Ctx) -> list[tuple[str, str]]:
    """List groups that a rule can be linked to, id and name, by name; of very many only the first."""
    query = select(Group.id, Group.display_name).where(Group.portal_id == ctx.portal.id, Group.deleted_at.is_(None))
    rows = db.session.execute(query.order_by(Group.display_name_folded, Group.id).limit(MOST_CANDIDATES))
    return [(id, name) for id, name in rows]


def relink(ctx: Ctx, rule_id: str, *, gone: str, to: str) -> Published:
    """Put another group into the rule where a deleted one stands; it is active again unless more of its groups are gone.

    Raises `Invalid` when `gone` is no deleted group of the rule, or `to` no group that is there.
    """
    frozen = find(ctx, rule_id)
    if gone not in dict(frozen.gone):
        raise Invalid("The rule names no deleted group by this id.", field="from", value=gone)
    if to not in _present(ctx, to):
        raise Invalid("There is no such group to link to.", field="to", value=to)
    is_last = len(frozen.gone) == 1

    def change(rule: dict[str, Any]) -> dict[str, Any]:
        condition = rule["condition"].replace(f'"{gone}"', f'"{to}"')
        state = {"state": State.ACTIVE.value, "frozen_until": None} if is_last else {}
        return {**rule, "condition": condition, **state}

    return _publish(ctx, rule_id, change, f"relinked from {dict(frozen.gone)[gone]}")


def release(ctx: Ctx, rule_id: str) -> Published:
    """End the freeze now: everybody whom the rule kept is evaluated as its condition stands."""
    find(ctx, rule_id)
    return _publish(ctx, rule_id, lambda rule: {**rule, "frozen_until": None}, "released")


def pin(ctx: Ctx, rule_id: str) -> tuple[int, Published]:
    """Pin everybody whom the rule keeps to what they hold by it, then end the freeze; gives how many were pinned."""
    rulebook.hold(ctx)  # before the people: all others lock in this order
    frozen = find(ctx, rule_id)
    reason = PIN_REASON.format(group=", ".join(name for _, name in frozen.gone))[:500]
    count = 0
    for user_id, key in db.session.execute(_kept_seats(ctx, rule_id)).all():
        try:
            overrides.add(ctx, user_id, license_type=key, kind="pin", reason=reason)
            count += 1
        except Conflict:
            continue  # there is an admin's word about this person and type, or family, already
    return count, release(ctx, rule_id)


def _publish(ctx: Ctx, rule_id: str, change: Any, reason: str) -> Published:
    version, document = rulebook.current(ctx)
    changed = [change(rule) if rule["id"] == rule_id else rule for rule in document["rules"]]
    published = rulebook.publish(ctx, {**document, "rules": changed}, base=version)
    audit.record(ctx, Action.RULE_THAWED, "rule", rule_id, reason=reason)
    return published


def _frozen(ctx: Ctx, rule: Rule) -> Frozen:
    query = scoped(Group, ctx).where(Group.id.in_(rule.condition.group_ids), Group.deleted_at.is_not(None))
    gone = tuple((one.id, one.display_name) for one in db.session.scalars(query.order_by(Group.id)))
    kept = select(func.count()).where(Freeze.portal_id == ctx.portal.id, Freeze.rule_id == rule.id)
    until = rule.frozen_until if rule.is_frozen(ctx.now) else None
    return Frozen(rule.id, rule.name, gone, db.session.scalar(kept) or 0, until)


def _present(ctx: Ctx, id: str) -> set[str]:
    query = select(Group.id).where(Group.portal_id == ctx.portal.id, Group.id == id, Group.deleted_at.is_(None))
    return set(db.session.scalars(query))


def _kept_seats(ctx: Ctx, rule_id: str) -> Any:
    same = (Freeze.portal_id == Seat.portal_id) & (Freeze.user_id == Seat.user_id) & (Freeze.rule_id == Seat.rule_id)
    return (
        select(Seat.user_id, Seat.license_type)
        .join(Freeze, same)
        .where(Seat.portal_id == ctx.portal.id, Freeze.portal_id == ctx.portal.id, Seat.rule_id == rule_id)
        .order_by(Seat.user_id)
    )
