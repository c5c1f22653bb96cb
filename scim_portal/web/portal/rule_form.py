"""What is in the rule editor's form, between a rule of the policy document and the fields of the page.

The condition is there twice, as builder and as text, and `text_was` is the text of when both said the same: the side that was
changed since is the one that counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.protocol.attributes import ResourceType
from scim_portal.services import resource_types, rulebook
from scim_portal.web.portal import builder, dates, door, rule_targets
from scim_portal.web.portal.builder import Builder
from scim_portal.web.portal.form_values import as_day
from scim_portal.web.portal.terms import Term

PLAIN = (
    "name", "condition", "text_was", "state", "queue_priority", "valid_from", "valid_until", "connector",
)  # fmt: skip
Groups = Mapping[str, str]


@dataclass(slots=True)
class Form:
    """The editor's fields as typed. `builder` is None while the text cannot be shown in it; `targets` is `rule_targets`'."""

    name: str = ""
    builder: Builder | None = field(default_factory=Builder)
    condition: str = ""
    text_was: str = ""
    targets: dict[str, str] = field(default_factory=dict)
    state: str = "active"
    queue_priority: str = "100"
    valid_from: str = ""
    valid_until: str = ""
    connector: str = ""

    @classmethod
    def empty(cls) -> Form:
        """Make the form of a new rule."""
        form = cls()
        form.builder = Builder([builder.Block([Term(path="groups")])])
        return form

    @classmethod
    def of_rule(cls, rule: dict[str, Any], groups: Groups) -> Form:
        """Make the form of a rule in the document."""
        form = cls(
            name=rule["name"], state=rule["state"], queue_priority=str(rule["queue_priority"]),
            valid_from=_day(rule["valid_from"]), valid_until=_day(rule["valid_until"]), connector=rule["connector"] or "",
            targets=rule_targets.of_rule(rule, rulebook.license_types(door.context())),
        )  # fmt: skip
        form.show_text(rule["condition"], groups)
        return form

    @classmethod
    def posted(cls, typed: Mapping[str, str]) -> Form:
        """Read the form as it was sent. A NUL, which no database takes, is shown as U+FFFD."""
        clean = {name: value.replace("\0", "\ufffd") for name, value in typed.items()}
        for name in ("condition", "text_was"):  # a filter is one line, however it is laid out
            clean[name] = clean.get(name, "").replace("\r\n", " ").replace("\n", " ")
        form = cls(builder=builder.posted(clean), **{name: clean[name].strip() for name in PLAIN if name in clean})
        form.targets = {name: value for name, value in clean.items() if name.startswith(("grant.", "fallback."))}
        return form

    def show_text(self, text: str, groups: Groups) -> None:
        """Put a filter into both sides; into the text alone if the builder cannot say it."""
        self.condition = self.text_was = text
        self.builder = builder.from_text(text, groups, _kind())

    def show_builder(self, groups: Groups) -> None:
        """Make the text say what the builder says. Raises `Invalid`; terms that are wrong carry their error."""
        if self.builder is None:
            raise errors.Invalid(_("This filter can only be edited as text."), field="condition")
        self.condition = self.text_was = self._built(groups)

    def text(self, groups: Groups) -> str:
        """Give the condition as a filter, from the side that was changed. Raises `Invalid`."""
        if self.builder is None or not self._builder_changed(groups):
            return self.condition
        built = self._built(groups)
        if self.condition not in (self.text_was, built):
            raise errors.Invalid(
                _("The builder and the text were both changed. Take one of them over to the other side first."),
                field="condition",
            )
        return built

    def to_rule(self, rule_id: str | None, groups: Groups, was: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Write the rule for the policy document; a date that is as the rule `was` keeps its time of day. Raises `Invalid`."""
        grants, fallback = rule_targets.lists(self.targets)
        priority = int(self.queue_priority) if self.queue_priority.isascii() and self.queue_priority.isdigit() else -1
        return {
            "id": rule_id, "name": self.name, "state": self.state, "condition": self.text(groups),
            "grants": grants, "fallback": fallback, "queue_priority": priority,
            "valid_from": _stamp("valid_from", self.valid_from, was),
            "valid_until": _stamp("valid_until", self.valid_until, was),
            "connector": self.connector or None,
        }  # fmt: skip

    def _builder_changed(self, groups: Groups) -> bool:
        shown = builder.from_text(self.text_was, groups, _kind())
        return self.builder is not None and (shown is None or not builder.same_fields(self.builder, shown))

    def _built(self, groups: Groups) -> str:
        text = builder.to_text(self.builder, groups, _kind()) if self.builder else None
        if text is None:
            raise errors.Invalid(_("Complete the terms, or remove those that are not needed."), field="condition")
        return text


def _kind() -> ResourceType:
    return resource_types.user(door.context())


def _day(stamp: str | None) -> str:
    return dates.in_form(datetime.fromisoformat(stamp)) if stamp else ""


def _stamp(name: str, typed: str, was: Mapping[str, Any] | None) -> str | None:
    stored = was and was.get(name)
    with suppress(TypeError, ValueError):  # what a form says that it saw can be anything
        if stored and typed == _day(stored):
            return str(stored)
    day = as_day(name, typed)
    return day and day.isoformat()
