"""Why somebody has what they have: the decision made again with its trace, and what it looked at."""

from __future__ import annotations

from rules.decide import decide
from rules.explain import Explanation, explain
from scim_portal.context import Ctx
from scim_portal.errors import NotFound
from scim_portal.services import facts, rulebook, standings


def of_user(ctx: Ctx, user_id: str) -> Explanation:
    """Explain one user under the policy in force; `rules.explain.sentences` tells it in words. Raises `NotFound`."""
    found = facts.load(ctx, [user_id])
    if not found:
        raise NotFound("There is no such user in this portal.", field="id", value=user_id)
    policy = rulebook.in_force(ctx)
    decision = decide(policy, found[0], ctx.now, trace=True)
    return explain(policy, found[0], decision, standings.load(ctx, [user_id])[user_id], now=ctx.now)
