"""A policy tried on one user: how its rules are read for them, and how those in force are. Nothing is stored, nobody locked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rules.decide import decide
from rules.explain import Explanation, explain
from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.errors import NotFound
from scim_portal.ids import is_id
from scim_portal.services import facts, rulebook, standings


@dataclass(frozen=True, slots=True)
class Trial:
    """One user under the policy in force and under a document."""

    live: Explanation
    tried: Explanation


def of_user(ctx: Ctx, user_id: str, document: dict[str, Any]) -> Trial:
    """Read a document for one user. Raises `NotFound`, and `Invalid` when the document does not compile."""
    found = facts.load(ctx, [user_id]) if is_id(user_id) else []
    if not found:
        raise NotFound("There is no such user in this portal.", field="user", value=user_id)
    standing = standings.load(ctx, [user_id])[user_id]

    def read(policy: Policy) -> Explanation:
        return explain(policy, found[0], decide(policy, found[0], ctx.now, trace=True), standing)

    return Trial(read(rulebook.glance(ctx)), read(rulebook.compile_document(ctx, document)))
