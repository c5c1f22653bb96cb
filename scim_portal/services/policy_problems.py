"""Refusing a policy: one sentence for whoever reads one, and all problems by their place in the document."""

from __future__ import annotations

from collections.abc import Sequence

from scim_portal.errors import Invalid
from scim_portal.protocol.sentences import say


def refusal(problems: Sequence[tuple[str, str]]) -> Invalid:
    """Make the error that points at the nodes; `problems` are (path in the document, what is wrong), at least one."""
    place, problem = problems[0]
    sentence = say("The policy cannot be used: {problem} (at {place}).", problem=problem, place=place or "/")
    return Invalid(sentence, problems=tuple(problems))
