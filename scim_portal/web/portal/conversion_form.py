"""What is in the form of an attribute mapping, between rules of the document and the fields of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask_babel import lazy_gettext as _

from scim_portal import errors
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.conversion_paths import spot
from scim_portal.protocol.conversion_rules import MOST_RULES
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.sentences import Sentence, say

Rule = dict[str, Any]
WAYS = {
    "source": _("the attribute"), "first_of": _("the first of (with commas)"), "constant": _("always the text"),
}  # fmt: skip
CASES = {
    "": _("as it is"), "trim": _("without blanks around"), "lower": _("in lower case"), "upper": _("in upper case"),
    "trim,lower": _("trimmed, in lower case"), "trim,upper": _("trimmed, in upper case"),
}  # fmt: skip
SEPARATORS = {
    "": _("nothing: all of it"),
    " ": _("each blank"),
    ",": _("each comma"),
    "@": _("each @"),
    ".": _("each dot"),
    "-": _("each hyphen"),
}
PARTS = {"1": _("first"), "2": _("second"), "3": _("third"), "-1": _("last"), "-2": _("last but one")}
_PLACE = re.compile(r"/(\d+)(?:/|\Z)")


@dataclass(slots=True)
class Row:
    """One rule as typed; `error` says what is wrong with it."""

    target: str = ""
    way: str = "source"
    value: str = ""
    separator: str = ""
    part: str = "1"
    case: str = ""
    drop: bool = False
    error: str | None = None

    @property
    def blank(self) -> bool:
        """Tell whether nothing was typed, so that the row means nothing."""
        return not self.target and not self.value

    @classmethod
    def of_rule(cls, rule: Rule) -> Row:
        """Make the row of a rule in the document."""
        way = next(one for one in WAYS if one in rule)
        value, split = rule[way], rule.get("split") or {}
        shown = (
            ", ".join(value) if way == "first_of" else value if isinstance(value, str) else orjson.dumps(value).decode()
        )
        return cls(
            rule["target"], way, shown, split.get("separator", ""), str(split.get("part", 1)),
            ",".join(rule.get("transforms", [])), rule.get("drop_source", False),
        )  # fmt: skip

    @classmethod
    def posted(cls, typed: Mapping[str, str], number: int) -> Row:
        """Read a row as it was sent."""
        names = ("target", "way", "value", "separator", "part", "case")
        target, way, value, separator, part, case = (typed.get(f"{name}.{number}", "") for name in names)
        return cls(target.strip(), way, value.strip(), separator, part, case, f"drop.{number}" in typed)

    def to_rule(self, kind: ResourceType) -> Rule:
        """Write the rule; whether it is a good one is decided by the service."""
        rule: Rule = {"target": self.target, self.way: self._fed(kind)}
        if self.way == "constant":
            return rule
        if self.separator:
            part = int(self.part) if re.fullmatch(r"-?\d{1,3}", self.part, re.ASCII) else 0
            rule["split"] = {"separator": self.separator, "part": part}
        if self.case:
            rule["transforms"] = self.case.split(",")
        return rule | {"drop_source": True} if self.drop else rule

    def _fed(self, kind: ResourceType) -> Any:
        if self.way == "first_of":
            return [one.strip() for one in self.value.split(",") if one.strip()]
        return _typed(self.value, self.target, kind) if self.way == "constant" else self.value


@dataclass(slots=True)
class Form:
    """The rows of one direction, and the sample they are tried on, as JSON text."""

    rows: list[Row] = field(default_factory=list)
    sample: str = ""

    @classmethod
    def posted(cls, typed: Mapping[str, str]) -> Form:
        """Read the form as it was sent."""
        numbers = [number for number in range(MOST_RULES + 1) if f"target.{number}" in typed]
        return cls([Row.posted(typed, number) for number in numbers], typed.get("sample", ""))

    def rules(self, kind: ResourceType) -> list[Rule]:
        """Write the rows that say something as rules."""
        return [row.to_rule(kind) for row in self.rows if not row.blank]

    def blame(self, problem: errors.Invalid) -> bool:
        """Put a refusal beside the row that it is about; False when it is about none."""
        found = _PLACE.search(problem.field or "")
        filled = [row for row in self.rows if not row.blank]
        if found is None or int(found[1]) >= len(filled):
            return False
        told = problem.detail.values.get("sentence") if isinstance(problem.detail, Sentence) else None
        filled[int(found[1])].error = say("{sentence}.", sentence=told) if told else problem.detail
        return True


def _typed(text: str, target: str, kind: ResourceType) -> Any:
    """Read a constant as what its target takes."""
    try:
        type_ = spot(kind, target).type
    except ScimError:
        return text
    if type_ in ("boolean", "integer", "decimal"):
        try:
            return orjson.loads(text.lower())
        except orjson.JSONDecodeError:
            return text
    return text
