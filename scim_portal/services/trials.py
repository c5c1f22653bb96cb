"""A policy tried on one user: how its rules are read for them, and how those in force are. Nothing is stored, nobody locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.decide import decide
from rules.explain import Explanation, Term, explain
from rules.explain import terms as terms_of
from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.errors import NotFound
from scim_portal.ids import is_id
from scim_portal.protocol import filters
from scim_portal.services import facts, rulebook, standings


@dataclass(frozen=True, slots=True)
class Trial:
    """One user under the policy in force and under a document, with the terms of each of its rules as they read."""

    live: Explanation
    tried: Explanation
    terms: dict[str, tuple[Term, ...]]


def of_user(ctx: Ctx, user_id: str, document: dict[str, Any]) -> Trial:
    """Read a document for one user. Raises `NotFound`, and `Invalid` when the document does not compile."""
    found = facts.load(ctx, [user_id]) if is_id(user_id) else []
    if not found:
        raise NotFound("There is no such user in this portal.", field="user", value=user_id)
    standing = standings.load(ctx, [user_id])[user_id]

    def read(policy: Policy) -> Explanation:
        return explain(policy, found[0], decide(policy, found[0], ctx.now, trace=True), standing)

    tried = rulebook.compile_document(ctx, document)
    resource = found[0].resource
    terms = {
        rule.id: tuple(_terms(filters.parse(rule.condition.text), rule.condition.bound, resource))
        for rule in tried.rules
    }
    return Trial(read(rulebook.glance(ctx)), read(tried), terms)


def _terms(tree: filters.Node, bound: filters.Bound, resource: Mapping[str, Any]) -> Iterator[Term]:
    """Evaluate each term on its own; a negation is one term, true where what it negates is false."""
    match tree, bound:
        case filters.And(items) | filters.Or(items), filters.BoundAnd(inner) | filters.BoundOr(inner):
            for item, part in zip(items, inner, strict=True):
                yield from _terms(item, part, resource)
        case filters.Not(), _:
            seen = (value for term in terms_of(tree, bound, resource) for value in term.seen)
            yield Term(filters.to_text(tree), tuple(dict.fromkeys(seen)), filters.matches(bound, resource))
        case _:
            yield from terms_of(tree, bound, resource)
