"""What lint can find in a policy, and the sentence for each; how it is found belongs in `lint`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rules.policy import Policy, Rule
from scim_portal.protocol.sentences import say


class Flaw(StrEnum):
    """What is odd about a rule."""

    DEAD = "dead"
    ALWAYS_TRUE = "always-true"
    SHADOWED = "shadowed"
    OVERLAPPING = "overlapping"
    DISPLAY_NAME = "display-name"
    RICHER_FALLBACK = "richer-fallback"
    DEFAULT_NEVER_USED = "default-never-used"


class Severity(StrEnum):
    """How much it matters: errors have no effect an admin can have meant, infos may well be meant."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One flaw of one rule.

    `other_rule_id` is the rule it has the flaw because of. `witness` is a small user resource, in the folded form that
    conditions compare, for whom the sentence can be seen to be true; None where there can be no such user.
    """

    kind: Flaw
    severity: Severity
    rule_id: str
    other_rule_id: str | None
    sentence: str
    witness: Mapping[str, Any] | None = None


_SEVERITIES: Final = {
    Flaw.DEAD: Severity.ERROR,
    Flaw.ALWAYS_TRUE: Severity.WARNING,
    Flaw.SHADOWED: Severity.WARNING,
    Flaw.OVERLAPPING: Severity.INFO,
    Flaw.DISPLAY_NAME: Severity.WARNING,
    Flaw.RICHER_FALLBACK: Severity.WARNING,
    Flaw.DEFAULT_NEVER_USED: Severity.INFO,
}


def finding(
    kind: Flaw, rule: Rule, why: str, other: Rule | None = None, witness: Mapping[str, Any] | None = None
) -> Finding:
    """Make a finding; `why`, best a `Sentence`, goes on after the rule's name."""
    sentence = say("The rule “{rule}” {why}.", rule=rule.name, why=why)
    return Finding(kind, _SEVERITIES[kind], rule.id, other.id if other else None, sentence, witness)


def type_name(policy: Policy, key: str) -> str:
    """Name a license type."""
    return policy.types[key].name if key in policy.types else key


def gift(policy: Policy, rule: Rule, family: str) -> str:
    """Name what a rule gives first in a family."""
    chain = rule.chains[family]
    return type_name(policy, chain[0]) if chain else say("no license")
