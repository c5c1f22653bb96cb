"""What lint finds in the draft, as marks beside its rules and on the preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rules.findings import Flaw, Severity
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import policy_checks

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "plain"}
LABELS = {
    Flaw.DEAD: "no effect",
    Flaw.ALWAYS_TRUE: "matches everybody",
    Flaw.SHADOWED: "never decides",
    Flaw.OVERLAPPING: "overlaps",
    Flaw.DISPLAY_NAME: "group by name",
    Flaw.RICHER_FALLBACK: "richer fallback",
    Flaw.DEFAULT_NEVER_USED: "default unused",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding; a quiet one may well be meant, and is shown when asked for."""

    rule_id: str
    label: str
    tone: str
    sentence: str
    quiet: bool


def marks(ctx: Ctx, document: dict[str, Any]) -> list[Mark]:
    """Give the marks of a document, in rule order; none if it does not compile."""
    try:
        found = policy_checks.findings(ctx, document)
    except errors.Invalid:
        return []
    return [
        Mark(one.rule_id, LABELS[one.kind], TONES[one.severity], one.sentence, one.severity is Severity.INFO)
        for one in found
    ]
