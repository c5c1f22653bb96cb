"""Refusing a policy that has a rule for a connector which is not there: it would match nobody, and nobody would know why."""

from __future__ import annotations

from sqlalchemy import select

from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Connector
from scim_portal.protocol.sentences import say
from scim_portal.services import policy_problems


def refuse(ctx: Ctx, policy: Policy) -> None:
    """Refuse a policy that names, by id, a connector this portal does not have. Raises `Invalid` that points at the nodes."""
    named = {rule.connector for rule in policy.rules if rule.connector is not None}
    if not named:
        return
    known = set(db.session.scalars(select(Connector.id).where(Connector.portal_id == ctx.portal.id)))
    problems = [
        (f"/rules/{number}/connector", say("there is no connector with the id {id!r}", id=rule.connector[:64]))
        for number, rule in enumerate(policy.rules)
        if rule.connector is not None and rule.connector not in known
    ]
    if problems:
        raise policy_problems.refusal(problems)
