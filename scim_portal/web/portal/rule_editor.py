"""One rule under edit: builder and filter text, what it gives; kept in the draft. Checks while typing are in `rule_checks`."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from rules.policy import LicenseType
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import connectors, drafts, resource_types, retired_types, rulebook
from scim_portal.services.drafts import Changed
from scim_portal.web.portal import (
    attribute_paths,
    changed_by,
    door,
    rule_checks,
    rule_targets,
    rules,
    terms,
)
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.policy_words import Document
from scim_portal.web.portal.rule_form import Form
from scim_portal.web.telling import told

FIELDS = frozenset({
    "name", "condition", "grants", "fallback", "queue_priority", "valid_from", "valid_until", "connector",
})  # fmt: skip
# What a rule of a document has in any case; a form that tells of less did not see a rule.
PARTS = FIELDS | {"id", "state"}


@blueprint.route("/rules/new", methods=["GET", "POST"], defaults={"rule_id": None})
@blueprint.route("/rules/<rule_id>", methods=["GET", "POST"])
def rule(rule_id: str | None) -> Answer:
    """Show the editor; posted, do what the pressed button asks for."""
    ctx = door.context()
    written = _written(ctx, rule_id) if rule_id else None
    if request.method == "GET":
        groups = rule_checks.group_names(ctx)
        form = Form.of_rule(written, groups) if written else Form.empty()
        return _page(ctx, rule_id, form, was=written)
    form = Form.posted(request.form)
    action = request.form.get("action", "save")
    if action != "save":
        checked = rule_checks.assist(ctx, form, action)
        return _page(ctx, rule_id, form, checked=checked, was=_was()), 422 if checked.error else 200
    return _saved(rule_id, form)


def _saved(rule_id: str | None, form: Form) -> Answer:
    was = _was()
    try:
        door.change(lambda ctx: _save(ctx, rule_id, form, was))
    except Changed as changed:
        return _refused(rule_id, form, was, changed), 409
    except errors.Invalid as error:
        return _page(door.context(), rule_id, form, found=_beside(error), was=was), 422
    flash(_("“%(name)s” is kept in the draft. Preview and publish when you are done.", name=form.name), "success")
    return redirect(rules.address(rule_id))


def _save(ctx: Ctx, rule_id: str | None, form: Form, was: Document | None) -> None:
    if rule_id is not None and was is None:  # a form that does not say what it saw saw what is there
        was = rules.find(drafts.working(ctx), rule_id)
    written = form.to_rule(rule_id, rule_checks.group_names(ctx), was)
    frozen = (
        {"frozen_until": was["frozen_until"]} if was and was.get("frozen_until") and form.state == was["state"] else {}
    )
    drafts.put_rule(ctx, written | frozen, was=was)


def _refused(rule_id: str | None, form: Form, was: Document | None, changed: Changed) -> str:
    """Show the form again as it was typed, and who was there before; saved once more, it stands over theirs."""
    ctx = door.context()
    theirs = {"said": changed_by.of_rule(changed), "parts": changed_by.parts(ctx, was, changed) if was else []}
    return _page(ctx, rule_id if changed.now else None, form, was=changed.now, theirs=theirs)


def _written(ctx: Ctx, rule_id: str) -> Document | None:
    """Find the rule; None while a form is sent that saw it before somebody removed it. Raises `NotFound`."""
    try:
        return rules.find(drafts.working(ctx), rule_id)
    except errors.NotFound:
        was = _was() if request.method == "POST" else None
        if was is None or was.get("id") != rule_id:
            raise
        return None


def _was() -> Document | None:
    """Read the rule as the form saw it."""
    try:
        found = json.loads(request.form.get("was", "null"))
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.keys() >= PARTS else None


def _page(
    ctx: Ctx,
    rule_id: str | None,
    form: Form,
    *,
    found: dict[str, str] | None = None,
    checked: rule_checks.Checked | None = None,
    was: Document | None = None,
    theirs: dict[str, Any] | None = None,
) -> str:
    found = found or {}
    kind = resource_types.user(ctx)
    return door.page(
        "rule.html", section="rules", rule_id=rule_id, form=form, errors=found, was=was, theirs=theirs,
        checked=checked or rule_checks.first_look(ctx, form),
        elsewhere=[told(found[name]) for name in found if name not in FIELDS],
        conditions=list(terms.CONDITIONS.items()), paths=attribute_paths.suggested(kind),
        groups=rule_checks.suggestions(ctx, ""), families=rule_targets.families(_types(ctx, form), form.targets),
        connectors=[("", _("any")), *((one.id, one.name) for one in connectors.everyone(ctx))],
        action_url=url_for("portal.rule", rule_id=rule_id),
    )  # fmt: skip


def _types(ctx: Ctx, form: Form) -> dict[str, LicenseType]:
    """Give the license types to choose among: those in use, and what the rule names already."""
    gone = retired_types.keys(ctx) - set(form.targets.values())
    return {key: one for key, one in rulebook.license_types(ctx).items() if key not in gone}


def _beside(error: errors.Invalid) -> dict[str, str]:
    """Put the sentences of `/rules/2/condition` beside the field `condition`."""
    found: dict[str, str] = {}
    for path, message in error.problems:
        parts = path.split("/")
        name = parts[3] if len(parts) > 3 and parts[1] == "rules" else path
        found.setdefault(name, message if name == path else _("This %(fault)s.", fault=told(message)))
    return found
