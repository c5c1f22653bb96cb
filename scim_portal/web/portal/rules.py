"""The rules in order: the draft over the live version, with whom each rule matches and decides. Changed in `rule_moves`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from rules.grants import NONE
from rules.policy import LicenseType
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import drafts, rule_counts, rulebook
from scim_portal.services.rule_counts import Counts
from scim_portal.web.portal import door, linting, policy_words, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.policy_words import Difference, Vocabulary
from scim_portal.web.telling import told

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a rule gives in one family."""

    name: str
    nothing: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as its line shows it."""

    id: str
    name: str
    words: str
    gives: list[Grant]
    fallback: list[str]
    state: str
    changed: str | None


@dataclass(frozen=True, slots=True)
class Default:
    """What everybody else gets in one family: its options and the one chosen."""

    key: str
    options: list[tuple[str, str]]
    value: str = field(default="")


@blueprint.get("/rules")
def rules() -> Answer:
    """Show the rules of the draft, or of the live version when there is no draft."""
    ctx = door.context()
    values = listed(ctx)
    if request.args.get("counts"):
        values |= counted(ctx)
    return door.page("rules.html", section="rules", focus=request.args.get("focus"), **values)


@blueprint.get("/rules/draft/counts")
def rule_numbers() -> Answer:
    """Send whom each rule matches and decides, for the lines of the list that is open."""
    ctx = door.context()
    return door.page("_rule_counts.html", **counted(ctx))


def listed(ctx: Ctx) -> dict[str, Any]:
    """Give all that the list shows but the numbers."""
    version, live = rulebook.current(ctx)
    document, words = drafts.working(ctx), policy_words.vocabulary(ctx)
    types = rulebook.license_types(ctx)
    return {
        "version": version, "draft": drafts.latest(ctx), "problems": _problems(ctx, document),
        "differences": policy_words.differences(live, document, words), "marks": linting.marks(ctx, document),
        "undoes": undone(ctx, live, words), "defaults_were": document["defaults"],
        "rules": [_line(rule, live, words) for rule in document["rules"]], "families": defaults_of(document, types),
    }  # fmt: skip


def undone(ctx: Ctx, live: Document, words: Vocabulary) -> tuple[int, list[Difference]] | None:
    """Tell what was published since the draft was begun, which publishing the draft would undo; None if there is nothing."""
    overtaken = drafts.overtaken(ctx)
    found = policy_words.differences(overtaken[1], live, words) if overtaken else []
    return (overtaken[0], found) if overtaken and found else None


def counted(ctx: Ctx, *, at_once: bool = True) -> dict[str, Any]:
    """Count for the document that the list shows; nothing when it does not compile, of which the list tells.

    Without `at_once`, only what is known already is given, and the list asks for the rest by itself.
    """
    document = drafts.working(ctx)
    try:
        counts = rule_counts.of(ctx, document) if at_once else rule_counts.remembered(ctx, document)
    except errors.Invalid:
        counts = None
    if counts is None:
        return {"counts": None}
    several = len({one.family for one in rulebook.license_types(ctx).values()}) > 1
    return {"counts": counts, "numbers": {id: _numbers(counts, id, several) for id in counts.rules}, "several": several}


def _numbers(counts: Counts, id: str, several: bool) -> dict[str, Any]:
    one = counts.rules[id]
    return {
        "matches": one.matches, "decides": _by_family(one.decides, several), "seats": _by_family(one.seats, several),
        "waiting": sum(one.waiting.values()),
    }  # fmt: skip


def _by_family(found: Counter[str], several: bool) -> list[tuple[str, int]]:
    """List a number for each family; the only family goes without its name."""
    return sorted(found.items()) if several else [("", sum(found.values()))]


def position(document: Document, rule_id: str) -> int:
    """Find a rule's place from 0. Raises `NotFound`."""
    found = next((index for index, rule in enumerate(document["rules"]) if rule["id"] == rule_id), None)
    if found is None:
        raise errors.NotFound(_("There is no such rule in the draft."), field="id", value=rule_id)
    return found


def find(document: Document, rule_id: str) -> Document:
    """Find a rule. Raises `NotFound`."""
    rule: Document = document["rules"][position(document, rule_id)]
    return rule


def address(rule_id: str | None = None, *, focus: str | None = None) -> str:
    """Give the address of the list, at one rule's line, with the keyboard on one of its controls."""
    return url_for("portal.rules", focus=focus, _anchor=f"rule-{rule_id}" if rule_id else None)


def defaults_of(document: Document, types: dict[str, LicenseType]) -> list[Default]:
    """List what everybody else can get, family by family, and what is chosen."""
    families: dict[str, list[LicenseType]] = {}
    for one in types.values():
        families.setdefault(one.family, []).append(one)
    found = []
    for family, members in sorted(families.items()):
        by_rank = [(one.key, one.name) for one in sorted(members, key=lambda one: -one.rank)]
        value = document["defaults"].get(family, "") if family in document["defaults"] else ""
        chosen = "none" if family in document["defaults"] and value is None else value
        options = [("", _("not decided yet")), ("none", _("no license")), *by_rank]
        found.append(Default(family, options, chosen))
    return found


def _problems(ctx: Ctx, document: Document) -> list[str]:
    try:
        rulebook.compile_document(ctx, document)
    except errors.Invalid as error:
        return [f"{_place(document, path)}: {told(message)}" for path, message in error.problems]
    return []


def _place(document: Document, path: str) -> str:
    parts = path.split("/")
    if len(parts) > 2 and parts[1] == "rules":
        return _("Rule “%(name)s”", name=document["rules"][int(parts[2])].get("name", parts[2]))
    return path or _("The policy")


def _line(rule: Document, live: Document, words: Vocabulary) -> Line:
    return Line(
        rule["id"], rule["name"], wording.condition(rule["condition"], words.groups),
        [Grant(words.type(key), key.startswith(NONE)) for key in rule["grants"]],
        [words.type(key) for key in rule["fallback"]], rule["state"], policy_words.mark(live, rule),
    )  # fmt: skip
