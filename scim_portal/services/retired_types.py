"""License types that nothing new may name: their keys, and refusing a policy that grants one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import LicenseType
from scim_portal.protocol.sentences import say
from scim_portal.services import policy_problems


def keys(ctx: Ctx) -> frozenset[str]:
    """Name the retired types."""
    query = select(LicenseType.key).where(LicenseType.portal_id == ctx.portal.id, LicenseType.retired_at.is_not(None))
    return frozenset(db.session.scalars(query))


def refuse(policy: Policy, retired: Collection[str]) -> None:
    """Refuse a policy that gives a retired type. Raises `Invalid` that points at the nodes."""
    problems = [
        (path, say("the license type “{key}” is retired; bring it back first", key=key))
        for path, key in named(policy, retired)
    ]
    if problems:
        raise policy_problems.refusal(problems)


def named(policy: Policy, keys: Collection[str]) -> list[tuple[str, str]]:
    """Say where a policy names some types, as (path in the document, key)."""
    found = [(f"/defaults/{family}", key) for family, key in policy.defaults.items() if key in keys]
    for number, rule in enumerate(policy.rules):
        for field, given in (("grants", rule.grants), ("fallback", rule.fallback)):
            found += [(f"/rules/{number}/{field}/{place}", key) for place, key in enumerate(given) if key in keys]
    return [(path, key) for path, key in found if key is not None]
