"""Changes of the draft made in the list of rules: order, state, removal, the default, and throwing the draft away.

Scripts get the list again, with a sentence to say and the control that keeps the keyboard; others are sent back to the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import drafts
from scim_portal.services.drafts import Changed
from scim_portal.web.portal import changed_by, door, form_values, rules
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.rules import Document
from scim_portal.web.telling import told

Edit = Callable[[Document], object]


@blueprint.post("/rules/<rule_id>/move")
def rule_move(rule_id: str) -> Answer:
    """Move a rule one place up or down in the draft (`by`), or to a place from 1 (`to`)."""
    control = f"place-{rule_id}"

    def edit(document: Document) -> None:
        nonlocal control
        index, last = rules.position(document, rule_id), len(document["rules"]) - 1
        place = min(max(_wanted(index, last), 0), last)
        document["rules"].insert(place, document["rules"].pop(index))
        if "by" in request.form:
            wants_down = request.form["by"] == "1"
            control = f"{'down' if (wants_down and place < last) or place == 0 else 'up'}-{rule_id}"

    def said(ctx: Ctx) -> str:
        document = drafts.working(ctx)
        place, name = rules.position(document, rule_id) + 1, rules.find(document, rule_id)["name"]
        of = len(document["rules"])
        return _("“%(name)s” is now rule %(place)s of %(of)s.", name=name, place=place, of=of)

    return _edited(edit, said, rule_id, lambda: control)


@blueprint.post("/rules/<rule_id>/state")
def rule_state(rule_id: str) -> Answer:
    """Pause or activate a rule in the draft."""
    state = request.form.get("state", "")

    def said(ctx: Ctx) -> str:
        name = rules.find(drafts.working(ctx), rule_id)["name"]
        if state == "paused":
            return _("“%(name)s” is paused in the draft.", name=name)
        return _("“%(name)s” is active in the draft.", name=name)

    def edit(document: Document) -> None:
        rules.find(document, rule_id)["state"] = state

    return _edited(edit, said, rule_id, lambda: f"state-{rule_id}")


@blueprint.post("/rules/<rule_id>/remove")
def rule_remove(rule_id: str) -> Answer:
    """Take a rule out of the draft."""
    return _edited(
        lambda document: document["rules"].pop(rules.position(document, rule_id)),
        lambda _ctx: _("The rule is out of the draft."),
    )


@blueprint.post("/rules/defaults")
def defaults() -> Answer:
    """Say in the draft what everybody else gets."""
    typed = {
        name.removeprefix("default."): value for name, value in request.form.items() if name.startswith("default.")
    }
    chosen = {family: None if value == "none" else value for family, value in typed.items() if value}
    was = _was()
    try:
        door.change(lambda ctx: drafts.choose_defaults(ctx, chosen, was=was))
    except Changed as changed:
        return _answer(_refused(changed_by.of_default(door.context(), changed)), None, None, tone="warn")
    except errors.Invalid as error:
        return _answer(error.detail, None, None, tone="bad")
    return _answer(_("The default is set in the draft."), None, None)


@blueprint.post("/rules/discard")
def draft_discard() -> Answer:
    """Throw the draft away, unless somebody wrote in it since the page was made."""
    try:
        door.change(lambda ctx: drafts.discard(ctx, seen=request.form.get("seen")))
    except Changed as changed:
        who = changed_by.who(changed.touch)
        said = _("%(who)s changed the draft %(when)s. Look at it, then discard it if you still want to.", **who)
        return _answer(said, None, None, tone="warn")
    return _answer(_("The draft is gone."), None, None)


def _wanted(index: int, last: int) -> int:
    """Read where a rule should go, from 0. Raises `Invalid`."""
    if "by" in request.form:
        return index + (1 if request.form["by"] == "1" else -1)
    place = form_values.whole("to")
    if place is None:
        raise errors.Invalid(_("Give a place from 1 to %(last)s.", last=last + 1), field="to")
    return place - 1


def _edited(
    edit: Edit,
    said: Callable[[Ctx], str],
    rule_id: str | None = None,
    control: Callable[[], str] | None = None,
) -> Answer:
    try:
        door.change(lambda ctx: drafts.edit(ctx, edit))
    except errors.Invalid as error:
        return _answer(error.detail, rule_id, control and control(), tone="bad")
    except errors.NotFound as error:
        if not request.headers.get("HX-Request"):
            raise
        return _answer(error.detail, None, None, tone="warn"), 404
    return _answer(said(door.context()), rule_id, control and control())


def _answer(said: str, rule_id: str | None, control: str | None, *, tone: str = "good") -> Answer:
    said = told(said)
    if request.headers.get("HX-Request"):
        ctx = door.context()
        values = rules.listed(ctx) | rules.counted(ctx, at_once=False)
        return door.page("_rule_list.html", said=said, tone=tone, focus=control, **values)
    flash(said, {"good": "success", "warn": "warning"}.get(tone, "error"))
    return redirect(rules.address(rule_id, focus=control))


def _was() -> dict[str, Any] | None:
    """Read the choice that the form was made with."""
    try:
        found = json.loads(request.form.get("was", "null"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _refused(told: str) -> str:
    return _("%(told)s Nothing was changed; choose again if you still want to.", told=told)
