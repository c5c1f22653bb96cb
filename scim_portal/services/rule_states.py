"""Which rules of a document need attention: what happened to their groups says so, not whoever wrote the document (L9).

A document may be older than the groups it names: a version that is restored, a draft, what a program kept. A freeze belongs to
the moment in which a group was deleted, with the people who were in it, so no document can begin one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from rules.policy import DECIDING, Policy, Rule, State
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Group

CHUNK = 500


def as_it_stands(ctx: Ctx, policy: Policy, live: Policy) -> Policy:
    """Give a policy whose rules need attention where a group of theirs is deleted, frozen only as they are in `live`.

    A rule that says it needs attention while all its groups are there is active again. Groups that never were say nothing.
    """
    deciding = [rule for rule in policy.rules if rule.state in DECIDING]
    is_gone = _known(ctx, sorted({id for rule in deciding for id in rule.condition.group_ids}))
    frozen = {rule.id: rule.frozen_until for rule in live.rules}
    rules = tuple(_stated(rule, is_gone, frozen.get(rule.id)) for rule in policy.rules)
    return policy if rules == policy.rules else replace(policy, rules=rules)


def _stated(rule: Rule, is_gone: Mapping[str, bool], until: datetime | None) -> Rule:
    if rule.state not in DECIDING:
        return rule
    if any(is_gone.get(id, False) for id in rule.condition.group_ids):
        until = until if rule.frozen_until == until else None
        return replace(rule, state=State.NEEDS_ATTENTION, frozen_until=until)
    if all(id in is_gone for id in rule.condition.group_ids):
        return replace(rule, state=State.ACTIVE, frozen_until=None)
    return rule


def _known(ctx: Ctx, ids: Sequence[str]) -> dict[str, bool]:
    """Tell of each group that is or was there whether it is deleted."""
    found: dict[str, bool] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(Group.id, Group.deleted_at).where(
            Group.portal_id == ctx.portal.id, Group.id.in_(ids[start : start + CHUNK])
        )
        found |= {id: deleted_at is not None for id, deleted_at in db.session.execute(query)}
    return found
