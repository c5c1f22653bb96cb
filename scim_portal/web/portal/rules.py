"""The rules in order: a draft over the live version, moved, paused and given a default; published elsewhere."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from rules.grants import NONE
from rules.policy import LicenseType
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import people, rulebook
from scim_portal.web.portal import door, linting, policy_words, wording
from scim_portal.web.portal.door import Answer, blueprint

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
    version, live = rulebook.current(ctx)
    document = working(ctx)
    types = rulebook.license_types(ctx)
    names = people.group_names(ctx)
    changes = policy_words.differences(live, document)
    return door.page(
        "rules.html", section="rules", version=version, drafted="; ".join(changes), problems=_problems(ctx, document),
        rules=[_line(rule, live, types, names) for rule in document["rules"]], families=_defaults(document, types),
        has_draft=rulebook.draft(ctx) is not None, marks=linting.marks(ctx, document),
    )  # fmt: skip


@blueprint.post("/rules/<rule_id>/move")
def rule_move(rule_id: str) -> Answer:
    """Move a rule one place up or down in the draft."""
    by = 1 if request.form.get("by") == "1" else -1

    def edit(document: Document) -> None:
        index = position(document, rule_id)
        other = min(max(index + by, 0), len(document["rules"]) - 1)
        document["rules"].insert(other, document["rules"].pop(index))

    name = find(working(door.context()), rule_id)["name"]
    said = f"“{name}” moved {'down' if by == 1 else 'up'} in the draft."
    return _edited(edit, said=said, anchor=f"rule-{rule_id}")


@blueprint.post("/rules/<rule_id>/state")
def rule_state(rule_id: str) -> Answer:
    """Pause or activate a rule in the draft."""
    state = request.form.get("state", "")

    def edit(document: Document) -> None:
        find(document, rule_id)["state"] = state

    return _edited(edit, said=f"The rule is {state} in the draft.", anchor=f"rule-{rule_id}")


@blueprint.post("/rules/<rule_id>/remove")
def rule_remove(rule_id: str) -> Answer:
    """Take a rule out of the draft."""
    return _edited(
        lambda document: document["rules"].pop(position(document, rule_id)), said="The rule is out of the draft."
    )


@blueprint.post("/rules/defaults")
def defaults() -> Answer:
    """Say in the draft what everybody else gets."""

    def edit(document: Document) -> None:
        for name, value in request.form.items():
            if name.startswith("default."):
                family = name.removeprefix("default.")
                document["defaults"].pop(family, None)
                if value:
                    document["defaults"][family] = None if value == "none" else value

    return _edited(edit, said="The default is set in the draft.")


@blueprint.post("/rules/discard")
def draft_discard() -> Answer:
    """Throw the draft away."""
    return door.attempt(rulebook.drop_draft, said="The draft is gone.", back=url_for("portal.rules"))


def working(ctx: Ctx) -> Document:
    """Give a copy of the draft, or of the live document when there is no draft."""
    draft = rulebook.draft(ctx)
    return copy.deepcopy(draft[1] if draft else rulebook.current(ctx)[1])


def edit_draft(ctx: Ctx, edit: Callable[[Document], object]) -> None:
    """Apply an edit to the draft and keep it. Raises `Invalid` when the outcome does not compile."""
    document = working(ctx)
    edit(document)
    rulebook.save_draft(ctx, document)


def position(document: Document, rule_id: str) -> int:
    """Find a rule's place from 0. Raises `NotFound`."""
    found = next((index for index, rule in enumerate(document["rules"]) if rule["id"] == rule_id), None)
    if found is None:
        raise errors.NotFound("There is no such rule in the draft.", field="id", value=rule_id)
    return found


def find(document: Document, rule_id: str) -> Document:
    """Find a rule. Raises `NotFound`."""
    rule: Document = document["rules"][position(document, rule_id)]
    return rule


def _edited(edit: Callable[[Document], object], *, said: str, anchor: str | None = None) -> Answer:
    return door.attempt(lambda ctx: edit_draft(ctx, edit), said=said, back=url_for("portal.rules", _anchor=anchor))


def _problems(ctx: Ctx, document: Document) -> list[str]:
    try:
        rulebook.compile_document(ctx, document)
    except errors.Invalid as error:
        return [f"{_place(document, path)}: {message}" for path, message in error.problems]
    return []


def _place(document: Document, path: str) -> str:
    parts = path.split("/")
    if len(parts) > 2 and parts[1] == "rules":
        return f"Rule “{document['rules'][int(parts[2])].get('name', parts[2])}”"
    return path or "The policy"


def _line(rule: Document, live: Document, types: dict[str, LicenseType], names: dict[str, str]) -> Line:
    gives = [
        Grant("no license", True) if key.startswith(NONE) else Grant(_type(types, key), False) for key in rule["grants"]
    ]
    return Line(
        rule["id"], rule["name"], wording.condition(rule["condition"], names), gives,
        [_type(types, key) for key in rule["fallback"]], rule["state"], policy_words.mark(live, rule),
    )  # fmt: skip


def _type(types: dict[str, LicenseType], key: str) -> str:
    return types[key].name if key in types else key


def _defaults(document: Document, types: dict[str, LicenseType]) -> list[Default]:
    families: dict[str, list[LicenseType]] = {}
    for one in types.values():
        families.setdefault(one.family, []).append(one)
    found = []
    for family, members in sorted(families.items()):
        listed = [(one.key, one.name) for one in sorted(members, key=lambda one: -one.rank)]
        value = document["defaults"].get(family, "") if family in document["defaults"] else ""
        chosen = "none" if family in document["defaults"] and value is None else value
        found.append(Default(family, [("", "not decided yet"), ("none", "no license"), *listed], chosen))
    return found
