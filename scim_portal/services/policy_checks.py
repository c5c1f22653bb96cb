"""What is odd about a policy, before it meets anybody: `rules.lint` over the live document or another one.

Answers are remembered, since a page is looked at more often than a policy changes. Previews over people are in `previews`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from rules.findings import Finding
from rules.lint import lint
from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.services import resource_types, rulebook


def findings(ctx: Ctx, content: dict[str, Any] | None = None) -> tuple[Finding, ...]:
    """Look at a document, or at the live one, as of now. Raises `Invalid` when it does not compile."""
    document = rulebook.current(ctx)[1] if content is None else content
    kind = resource_types.user(ctx)
    policy = rulebook.compile_document(ctx, document, kind)
    stages = tuple(
        (one.is_open(ctx.now), one.is_frozen(ctx.now), _is_over(one.valid_until, ctx.now)) for one in policy.rules
    )
    seen = (ctx.portal.id, rulebook.fingerprint(document), frozenset(policy.types.items()), kind, stages)
    return _findings(_Question(seen, policy, ctx.now))


@dataclass(frozen=True, slots=True)
class _Question:
    """A policy at a moment; equal questions have equal answers."""

    seen: Hashable
    policy: Policy = field(compare=False)
    now: datetime = field(compare=False)


@lru_cache(maxsize=64)
def _findings(question: _Question) -> tuple[Finding, ...]:
    return lint(question.policy, question.now)


def _is_over(end: datetime | None, now: datetime) -> bool:
    return end is not None and end <= now
