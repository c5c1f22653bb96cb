"""The rule editor's live checks: the other side follows the one that is typed in, whom the condition matches, or what is wrong.

Everything here reads only. Without scripts the editor's buttons ask for the same (`assist`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.services import resource_types, rule_matches
from scim_portal.services.rule_matches import Matching
from scim_portal.web.portal import door, terms
from scim_portal.web.portal.builder import Builder
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.rule_form import Form

POSITION = re.compile(r"position (\d+)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a filter, and where: the text around the place, which is `at`; all empty where no place is known.

    `is_unfinished` says that something is only missing yet.
    """

    said: str
    before: str = ""
    at: str = ""
    after: str = ""
    is_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: whom the condition matches, or what is wrong with it."""

    matching: Matching | None = None
    error: Fault | None = None


@blueprint.post("/rules/draft/check")
def rule_check() -> Answer:
    """Send what follows from what is typed: the other side, and the count or the fault. A fault leaves the count alone."""
    ctx, form = door.context(), Form.posted(request.form)
    action, by_builder = request.form.get("action", ""), request.form.get("edited") == "builder"
    checked = assist(ctx, form, action or ("to-text" if by_builder else "to-terms"))
    is_typed = not action and by_builder
    return door.page(
        "_rule_check.html", form=form, checked=checked, shows_builder=action or (not by_builder and not checked.error),
        shows_text=(action or by_builder) and not checked.error, shows_faults=is_typed and form.builder,
        conditions=list(terms.CONDITIONS.items()),
    )  # fmt: skip


@blueprint.get("/rules/draft/groups")
def rule_groups() -> Answer:
    """Suggest groups for the text that is typed into a term: names, or ids where a name says too little."""
    typed = next((value for name, value in request.args.items() if name.startswith("value.")), "")
    return door.page("_rule_groups.html", groups=suggestions(door.context(), typed))


def assist(ctx: Ctx, form: Form, action: str) -> Checked:
    """Change the form without saving as a button asks: a term more or less, one side after the other, a count."""
    groups, user = group_names(ctx), resource_types.user(ctx)
    kind, _dot, place = action.partition(".")
    try:
        if kind in {"add", "remove"}:
            return _with_other_terms(ctx, form, kind, place)
        if action == "to-text":
            form.show_builder(groups)
        text = form.condition if action == "to-terms" else form.text(groups)
        found = rule_matches.of(ctx, text, user)
        if action != "to-text":
            form.show_text(text, groups)
    except InvalidFilter as error:
        return Checked(error=fault(form.condition, error))
    except errors.Invalid as error:
        wrong = [term for term in form.builder.terms if term.error] if form.builder else []
        if wrong and all(term.is_unfinished for term in wrong):
            return Checked(error=Fault(_("The condition is not complete yet."), is_unfinished=True))
        return Checked(error=Fault(error.detail))
    return Checked(found)


def _with_other_terms(ctx: Ctx, form: Form, kind: str, place: str) -> Checked:
    """Add or remove a term; a new one is empty, which is no fault yet."""
    form.builder = form.builder or Builder()
    number = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else None
    if kind == "remove" and number is not None:
        form.builder.remove(number)
    elif kind == "add" and number is not None:
        form.builder.add_term(number)
    elif kind == "add":
        form.builder.add_block()
    try:
        form.show_builder(group_names(ctx))
    except errors.Invalid:
        form.builder.forgive()
        return Checked()
    return Checked(rule_matches.of(ctx, form.condition, resource_types.user(ctx)))


def first_look(ctx: Ctx, form: Form) -> Checked:
    """Check a rule that is opened; a new one has nothing to check yet."""
    if not form.condition:
        return Checked()
    try:
        return Checked(rule_matches.of(ctx, form.condition, resource_types.user(ctx)))
    except InvalidFilter as error:
        return Checked(error=fault(form.condition, error))


def fault(text: str, error: InvalidFilter) -> Fault:
    """Find the place of a filter that an error is about: the position it names, or the term."""
    said = error.detail
    if found := POSITION.search(said):
        start = int(found[1]) - 1
        end = next((place for place in range(start, len(text)) if text[place] in " ()"), len(text))
        return Fault(said, text[:start], text[start : max(end, start + 1)], text[end:])
    if said.endswith(("the end.", "the end")):
        return Fault(said, text, "…")
    term = _term_of(error)
    start = text.find(term) if term else -1
    if start < 0:
        return Fault(said)
    return Fault(said, text[:start], text[start : start + len(term)], text[start + len(term) :])


def group_names(ctx: Ctx) -> dict[str, str]:
    """Give the name of every group by id, deleted ones marked, so that a name means the group that is there."""
    return {id: _("%(name)s (deleted)", name=name) if gone else name for id, name, gone in rule_matches.groups(ctx)}


def suggestions(ctx: Ctx, typed: str) -> list[tuple[str, str]]:
    """Complete the last of the names that are typed; gives (what the field will hold, what is shown)."""
    former, comma, last = typed.rpartition(",")
    head = f"{former.strip()}, " if comma else ""
    found = rule_matches.groups_like(ctx, last.strip())
    names = Counter(one.display_name.casefold() for one in found)
    return [
        (head + (one.id if names[one.display_name.casefold()] > 1 or "," in one.display_name else one.display_name),
         one.display_name)
        for one in found
    ]  # fmt: skip


def _term_of(error: InvalidFilter) -> str:
    """Name the term that a binding error quotes, or else its attribute."""
    quoted = [part for part in re.findall(r"'([^']+)'", error.detail) if " " in part]
    return quoted[0] if quoted else error.attribute or ""
