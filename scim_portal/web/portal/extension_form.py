"""What is in the form of an extension schema: rows of attributes, between what is stored and what is typed.

A row edits what most attributes need; whatever else the stored attribute says stays as it is. What may be declared is decided
in the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _

from scim_portal.models import ExtensionSchema
from scim_portal.protocol.schema_documents import MOST_ATTRIBUTES, TYPES

BLANK_ROWS = 5
MOST_ROWS = MOST_ATTRIBUTES + BLANK_ROWS
WORDS = {
    "string": _("text"), "boolean": _("true or false"), "decimal": _("number"), "integer": _("whole number"),
    "dateTime": _("date and time"), "binary": _("binary"), "reference": _("address or id"), "complex": _("several parts"),
}  # fmt: skip
SIMPLE = tuple(one for one in TYPES if one != "complex")


@dataclass(slots=True)
class Row:
    """One attribute; `was` is its stored name, `parts` names what a complex one is made of."""

    name: str = ""
    type: str = "string"
    multi: bool = False
    exact: bool = False
    about: str = ""
    was: str = ""
    parts: str = ""
    error: str | None = None

    @classmethod
    def of_attribute(cls, one: Mapping[str, Any]) -> Row:
        """Show a stored attribute."""
        parts = ", ".join(part["name"] for part in one.get("subAttributes", ()))
        exact = one.get("caseExact", False)
        return cls(one["name"], one["type"], one["multiValued"], exact, one["description"], one["name"], parts)

    @property
    def types(self) -> list[tuple[str, str]]:
        """Give the types to choose from; what complex attributes are made of is not edited here."""
        return [(one, str(WORDS.get(one, one))) for one in ((*SIMPLE, "complex") if self.parts else SIMPLE)]


@dataclass(slots=True)
class Form:
    """The form of one schema."""

    urn: str = ""
    name: str = ""
    description: str = ""
    resource_kind: str = "User"
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def empty(cls) -> Form:
        """Make the form of a new schema."""
        form = cls()
        form.add_rows()
        return form

    @classmethod
    def of_schema(cls, schema: ExtensionSchema) -> Form:
        """Show a stored schema, with blank rows for more."""
        rows = [Row.of_attribute(one) for one in schema.attributes]
        form = cls(schema.urn, schema.name, schema.description, schema.resource_kind, rows)
        form.add_rows()
        return form

    @classmethod
    def posted(cls, typed: Mapping[str, str], stored: ExtensionSchema | None = None) -> Form:
        """Read the form as it was sent; the URN of a stored schema stays what it is."""
        plain = {name: typed.get(name, "").strip() for name in ("urn", "name", "description", "resource_kind")}
        known = {one["name"]: Row.of_attribute(one).parts for one in stored.attributes} if stored else {}
        rows = [_row(typed, number) for number in range(MOST_ROWS) if f"name.{number}" in typed]
        for row in rows:
            row.parts = known.get(row.was, "")
        if stored:
            plain |= {"urn": stored.urn, "resource_kind": stored.resource_kind}
        return cls(**plain, rows=rows)

    def add_rows(self) -> None:
        """Offer some more blank rows."""
        self.rows += [Row() for _ in range(min(BLANK_ROWS, MOST_ROWS - len(self.rows)))]

    def attributes(self, stored: ExtensionSchema | None = None) -> list[dict[str, Any]]:
        """Write the rows that have a name as a list of attributes."""
        known = {one["name"]: one for one in stored.attributes} if stored else {}
        return [_document(row, known.get(row.was, {})) for row in self._named()]

    def note(self, place: str, sentence: str) -> bool:
        """Put a refusal beside its row, if `place` leads to one (`attributes/2/name`)."""
        parts = place.split("/")
        if parts[0] != "attributes" or len(parts) < 2 or not parts[1].isdigit():
            return False
        self._named()[int(parts[1])].error = sentence
        return True

    def _named(self) -> list[Row]:
        return [row for row in self.rows if row.name]


def _row(typed: Mapping[str, str], number: int) -> Row:
    def said(part: str) -> str:
        return typed.get(f"{part}.{number}", "").strip()

    return Row(
        said("name"), said("type") or "string", bool(said("multi")), bool(said("exact")), said("about"), said("was")
    )


def _document(row: Row, stored: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(stored) if stored.get("type") == row.type else {}
    said = {"name": row.name, "type": row.type, "multiValued": row.multi, "description": row.about}
    return kept | said | ({} if row.type == "complex" else {"caseExact": row.exact})
