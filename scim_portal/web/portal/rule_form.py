"""What is in the rule editor's form, between a rule of the policy document and the fields of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scim_portal import errors
from scim_portal.services import resource_types, rulebook
from scim_portal.web.portal import dates, door, rule_targets, terms
from scim_portal.web.portal.form_values import as_day
from scim_portal.web.portal.terms import Term

MOST_TERMS = 50


@dataclass(slots=True)
class Form:
    """The editor's fields as typed. `mode` is terms or text; `targets` holds the fields of `rule_targets`."""

    name: str = ""
    mode: str = "terms"
    join: str = "and"
    terms: list[Term] = field(default_factory=lambda: [Term()])
    condition: str = ""
    targets: dict[str, str] = field(default_factory=dict)
    state: str = "active"
    queue_priority: str = "100"
    valid_from: str = ""
    valid_until: str = ""
    connector: str = ""

    @classmethod
    def empty(cls) -> Form:
        """Make the form of a new rule."""
        return cls(terms=[Term(path="groups")])

    @classmethod
    def of_rule(cls, rule: dict[str, Any], groups: Mapping[str, str]) -> Form:
        """Make the form of a rule in the document."""
        form = cls(
            name=rule["name"], condition=rule["condition"], state=rule["state"], queue_priority=str(rule["queue_priority"]),
            valid_from=_day(rule["valid_from"]), valid_until=_day(rule["valid_until"]), connector=rule["connector"] or "",
            targets=rule_targets.of_rule(rule, rulebook.license_types(door.context())),
        )  # fmt: skip
        form.as_terms(rule["condition"], groups)
        return form

    @classmethod
    def posted(cls, typed: Mapping[str, str]) -> Form:
        """Read the form as it was sent."""
        rows = [number for number in range(MOST_TERMS) if f"path.{number}" in typed]
        lines = [Term(*(typed.get(f"{part}.{number}", "") for part in ("path", "op", "value"))) for number in rows]
        plain = (
            "name",
            "mode",
            "join",
            "condition",
            "state",
            "queue_priority",
            "valid_from",
            "valid_until",
            "connector",
        )
        form = cls(terms=lines or [Term()], **{name: typed[name].strip() for name in plain if name in typed})
        form.join = form.join if form.join in {"and", "or"} else "and"
        form.targets = {name: value for name, value in typed.items() if name.startswith(("grant.", "fallback."))}
        return form

    def condition_text(self, groups: Mapping[str, str]) -> str:
        """Write the condition as a filter. Raises `Invalid`; terms that are wrong carry their error."""
        if self.mode == "text":
            return self.condition
        text = terms.to_text(self.terms, self.join, groups, resource_types.user(door.context()))
        if text is None:
            raise errors.Invalid("Complete the terms, or remove those that are not needed.", field="condition")
        return text

    def as_text(self, text: str) -> None:
        """Go over to filter text."""
        self.mode, self.condition = "text", text

    def as_terms(self, text: str, groups: Mapping[str, str]) -> bool:
        """Go over to terms; False, and text it stays, when the filter is more than a flat list of them."""
        found = terms.from_text(text, groups)
        if found is None:
            self.as_text(text)
            return False
        self.mode, (self.join, self.terms) = "terms", found
        return True

    def to_rule(self, rule_id: str, groups: Mapping[str, str]) -> dict[str, Any]:
        """Write the rule for the policy document. Raises `Invalid`."""
        grants, fallback = rule_targets.lists(self.targets)
        starts, ends = as_day("valid_from", self.valid_from), as_day("valid_until", self.valid_until)
        priority = int(self.queue_priority) if self.queue_priority.isascii() and self.queue_priority.isdigit() else -1
        return {
            "id": rule_id, "name": self.name, "state": self.state, "condition": self.condition_text(groups),
            "grants": grants, "fallback": fallback, "queue_priority": priority,
            "valid_from": starts and starts.isoformat(), "valid_until": ends and ends.isoformat(),
            "connector": self.connector or None,
        }  # fmt: skip


def _day(stamp: str | None) -> str:
    return dates.in_form(datetime.fromisoformat(stamp)) if stamp else ""
