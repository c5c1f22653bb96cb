"""The rule editor's terms: attribute path, condition and matching text on one side, one term of a SCIM filter on the other.

How terms are grouped is in `builder`. Whether a filter may be a rule's condition is decided in `rules.conditions`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER, ResourceType
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.sentences import Sentence, template

CONDITIONS = {
    "eq": _l("equals"),
    "ne": _l("does not equal"),
    "in": _l("is one of"),
    "not in": _l("is none of"),
    "co": _l("contains"),
    "not co": _l("does not contain"),
    "sw": _l("starts with"),
    "not sw": _l("does not start with"),
    "ew": _l("ends with"),
    "not ew": _l("does not end with"),
    "pr": _l("is present"),
    "not pr": _l("is missing"),
    "lt": _l("is before"),
    "gt": _l("is after"),
}
WITHOUT_TERM = {
    "'{path}' in '{term}' is no attribute of {name}.": template("'{path}' is no attribute of {name}."),
    "'{name}' in '{term}' has no part '{sub}'.": template("'{name}' has no part '{sub}'."),
}
GROUP_PATHS = frozenset({"groups", "groups.value"})
PATH = re.compile(r"[A-Za-z][A-Za-z0-9:._$-]{0,255}\Z")


@dataclass(slots=True)
class Term:
    """One line of the editor; `error` says what is wrong with it, `is_unfinished` that only something is missing."""

    path: str = ""
    op: str = "eq"
    value: str = ""
    error: str | None = None
    is_unfinished: bool = False


def to_text(terms: list[Term], join: str, groups: Mapping[str, str], kind: ResourceType = USER) -> str | None:
    """Write terms as a filter over users as `kind` describes them; None when some cannot be written, which carry their error.

    `groups` maps ids to names: a group may be typed by name and is written by id, so that renaming it changes nothing.
    """
    parts = [part(term, groups, kind) for term in terms]
    if not parts or any(one is None for one in parts):
        return None
    return f" {join} ".join(one for one in parts if one)


def part(term: Term, groups: Mapping[str, str], user: ResourceType = USER) -> str | None:
    """Write one term as a filter; None when it cannot be written, with the reason as its error."""
    term.path, term.value = term.path.strip(), term.value.strip()
    if term.path.lower() in GROUP_PATHS:
        term.path = "groups.value"
    bare = term.op.removeprefix("not ")
    term.error, term.is_unfinished = None, False
    text = _bare(term, bare, groups, user) if term.op in CONDITIONS else None
    if text is None:
        term.error = term.error or _("Choose a condition.")
        return None
    return f"not ({text})" if bare != term.op else text


def _bare(term: Term, op: str, groups: Mapping[str, str], user: ResourceType) -> str | None:
    kind = _kind(term, user)
    if kind is None:
        return None
    if op == "pr":
        return f"{term.path} pr"
    values = _values(term, op, groups)
    if not values:
        term.is_unfinished = term.error is None
        term.error = term.error or _("Give the text to compare with.")
        return None
    if op != "in":
        return f"{term.path} {op} {_literal(values[0], kind)}"
    listed = " or ".join(f"{term.path} eq {_literal(value, kind)}" for value in values)
    return f"({listed})" if len(values) > 1 else listed


def _values(term: Term, op: str, groups: Mapping[str, str]) -> list[str]:
    """Split the matching text where several are meant, and turn group names into ids."""
    values = [value.strip() for value in term.value.split(",")] if op == "in" else [term.value]
    values = [value for value in values if value]
    if term.path != "groups.value" or op not in {"eq", "ne", "in"}:
        return values
    found = [_group(term, value, groups) for value in values]
    return [id for id in found if id] if all(found) else []


def _group(term: Term, value: str, groups: Mapping[str, str]) -> str | None:
    """Find the group that an id or a name means; what is wrong becomes the term's error."""
    if value in groups:
        return value
    ids = [id for id, name in groups.items() if name.casefold() == value.casefold()]
    if not ids:
        term.error = _("There is no group “%(name)s”.", name=value)
    elif len(ids) > 1:
        term.error = _("There are %(n)s groups “%(name)s”. Choose one of them from the list.", n=len(ids), name=value)
    return ids[0] if len(ids) == 1 else None


def by_name(term: Term, groups: Mapping[str, str]) -> Term:
    """Show groups by name where the name says which one is meant."""
    if term.path != "groups.value":
        return term
    taken = Counter(name.casefold() for name in groups.values())
    ids = [value.strip() for value in term.value.split(",")]
    clear = {
        id: groups[id] for id in ids if id in groups and taken[groups[id].casefold()] == 1 and "," not in groups[id]
    }
    term.value = ", ".join(clear.get(id, id) for id in ids)
    return term


def _kind(term: Term, user: ResourceType) -> str | None:
    """Find the attribute's type; what is wrong with the path becomes the term's error."""
    if not PATH.match(term.path):
        term.is_unfinished = not term.path
        term.error = _("Give an attribute path, such as department or name.familyName.")
        return None
    try:
        bound = filters.bind(filters.parse(f"{term.path} pr"), user)
    except InvalidFilter as error:
        term.error = _without_term(error.detail)
        return None
    return bound.target.attribute.type if isinstance(bound, filters.BoundPresent) else "string"


def _without_term(detail: str) -> str:
    """Leave the term out of a sentence that stands beside it."""
    shorter = WITHOUT_TERM.get(detail.template) if isinstance(detail, Sentence) else None
    return Sentence(shorter, detail.values) if shorter and isinstance(detail, Sentence) else detail


def _literal(value: str, kind: str) -> str:
    plain = kind in {"boolean", "integer", "decimal"} and re.fullmatch(r"(?i:true|false)|-?\d+(\.\d+)?", value)
    return value.lower() if plain else json.dumps(value, ensure_ascii=False)


def term_of(node: filters.Node) -> Term | None:
    """Read one node as a term; None when it is more than that."""
    if isinstance(node, filters.Not):
        inner = term_of(node.item)
        opposite = "ne" if inner and inner.op == "eq" else f"not {inner.op}" if inner else ""
        return Term(inner.path, opposite, inner.value) if inner and opposite in CONDITIONS else None
    if isinstance(node, filters.Present):
        return Term(str(node.path), "pr")
    if isinstance(node, filters.Or):
        return _one_of(node)
    if isinstance(node, filters.Compare) and node.op in CONDITIONS and node.value is not None:
        return Term(str(node.path), node.op, shown(node.value))
    return None


def _one_of(node: filters.Or) -> Term | None:
    compared = [item for item in node.items if isinstance(item, filters.Compare) and item.op == "eq"]
    paths = {str(item.path) for item in compared}
    values = [shown(item.value) for item in compared]
    if len(compared) < len(node.items) or len(paths) > 1 or any("," in value for value in values):
        return None
    return Term(paths.pop(), "in", ", ".join(values))


def shown(value: filters.Literal) -> str:
    """Write a literal as an admin types it."""
    return value if isinstance(value, str) else json.dumps(value)
