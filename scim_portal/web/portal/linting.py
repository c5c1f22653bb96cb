"""What lint finds in the draft, as marks beside its rules and on the preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from rules.findings import Flaw, Severity
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import policy_checks
from scim_portal.web.telling import told

TONES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "plain"}
LABELS = {
    Flaw.DEAD: _l("no effect"),
    Flaw.ALWAYS_TRUE: _l("matches everybody"),
    Flaw.SHADOWED: _l("never decides"),
    Flaw.OVERLAPPING: _l("overlaps"),
    Flaw.DISPLAY_NAME: _l("group by name"),
    Flaw.RICHER_FALLBACK: _l("richer fallback"),
    Flaw.DEFAULT_NEVER_USED: _l("default unused"),
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
        Mark(one.rule_id, str(LABELS[one.kind]), TONES[one.severity], told(one.sentence), one.severity is Severity.INFO)
        for one in found
    ]
