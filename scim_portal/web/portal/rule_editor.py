"""One rule under edit: terms or filter text, whom it matches, what it gives; kept in the draft."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.ids import new_id
from scim_portal.protocol import filters
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.services import connectors, directory, drafts, people, resource_types, rulebook
from scim_portal.web.portal import door, rule_targets, rules, terms
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.rule_form import Form
from scim_portal.web.portal.terms import Term

SAMPLE = 5
PATHS = (
    ("groups", "Group, by name"), ("department", "Department"), ("title", "Title"), ("userType", "User type"),
    ("userName", "User name"), ("emails.value", "Email"), ("displayName", "Display name"), ("name.familyName", "Family name"),
    ("costCenter", "Cost center"), ("division", "Division"), ("organization", "Organization"),
    ("employeeNumber", "Employee number"), ("manager.value", "Manager's id"), ("addresses.country", "Country"),
    ("locale", "Locale"), ("active", "Active"), ("roles.value", "Role"), ("entitlements.value", "Entitlement"),
    ("externalId", "External id"), ("meta.created", "Created (date and time)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matching:
    """Whom the condition matches now: how many of all active users, and some of them."""

    count: int
    total: int
    sample: list[str] = field(default_factory=list)


@blueprint.route("/rules/new", methods=["GET", "POST"], defaults={"rule_id": None})
@blueprint.route("/rules/<rule_id>", methods=["GET", "POST"])
def rule(rule_id: str | None) -> Answer:
    """Show the editor; posted, do what the pressed button asks for."""
    ctx = door.context()
    document = drafts.working(ctx)
    if request.method == "GET":
        form = Form.of_rule(rules.find(document, rule_id), people.group_names(ctx)) if rule_id else Form.empty()
        return _page(ctx, rule_id, form, {})
    form = Form.posted(request.form)
    action = request.form.get("action", "save")
    if action != "save":
        return _assist(ctx, rule_id, form, action)
    try:
        door.change(lambda now: _save(now, rule_id, form))
    except errors.Invalid as error:
        return _page(door.context(), rule_id, form, _beside(error)), 422
    flash(f"“{form.name}” is kept in the draft. Preview and publish when you are done.", "success")
    return redirect(url_for("portal.rules"))


def _assist(ctx: Ctx, rule_id: str | None, form: Form, action: str) -> Answer:
    """Change the form without saving: one more term, one less, the other mode, or a count."""
    found: dict[str, str] = {}
    matching = None
    if action == "add":
        form.terms.append(Term())
    elif action.startswith("remove.") and action[7:].isdigit():
        del form.terms[int(action[7:]) : int(action[7:]) + 1]
        form.terms = form.terms or [Term()]
    else:
        try:
            matching = _switch_or_count(ctx, form, action)
        except (errors.Invalid, InvalidFilter) as error:
            found = {"condition": error.detail}
    return _page(ctx, rule_id, form, found, matching), 422 if found else 200


def _switch_or_count(ctx: Ctx, form: Form, action: str) -> Matching | None:
    groups = people.group_names(ctx)
    if action == "to-terms":
        if not form.as_terms(form.condition, groups):
            raise errors.Invalid(
                "This filter is nested, or not complete: it can only be edited as text.", field="condition"
            )
        return None
    text = form.condition_text(groups)
    if action == "to-text":
        form.as_text(text)
        return None
    return _matching(ctx, text)


def _save(ctx: Ctx, rule_id: str | None, form: Form) -> None:
    document = drafts.working(ctx)
    written = form.to_rule(rule_id or new_id(), people.group_names(ctx))
    if rule_id is None:
        document["rules"].append(written)
    else:
        document["rules"][rules.position(document, rule_id)] = written
    rulebook.save_draft(ctx, document)


def _matching(ctx: Ctx, text: str) -> Matching:
    kind = resource_types.user(ctx)
    active = directory.users(ctx, filters.compiled("active eq true", kind), start_index=1, count=0).total
    bound = filters.compiled(f"active eq true and ({text})", kind)
    found = directory.users(ctx, bound, start_index=1, count=SAMPLE)
    return Matching(found.total, active, [json.loads(row.document)["userName"] for row in found.rows])


def _page(ctx: Ctx, rule_id: str | None, form: Form, found: dict[str, str], matching: Any = None) -> str:
    return door.page(
        "rule.html", section="rules", rule_id=rule_id, form=form, errors=found, matching=matching,
        conditions=list(terms.CONDITIONS.items()), paths=(*PATHS, *_declared(ctx)),
        groups=list(people.group_names(ctx).items())[:500],
        families=rule_targets.families(rulebook.license_types(ctx)),
        connectors=[("", "any"), *((one.id, one.name) for one in connectors.everyone(ctx))],
    )  # fmt: skip


def _declared(ctx: Ctx) -> list[tuple[str, str]]:
    """Offer the attributes that the portal declared itself, each part of a complex one for itself."""
    return [
        (
            f"{schema.id}:{one.name}{f'.{part.name}' if part else ''}",
            f"{schema.name}: {(part or one).description or one.name}",
        )
        for schema in resource_types.declared(resource_types.user(ctx))
        for one in schema.attributes
        for part in one.sub_attributes or (None,)
    ]


def _beside(error: errors.Invalid) -> dict[str, str]:
    """Put the sentences of `/rules/2/condition` beside the field `condition`."""
    found: dict[str, str] = {}
    for path, message in error.problems:
        parts = path.split("/")
        name = parts[3] if len(parts) > 3 and parts[1] == "rules" else path
        found.setdefault(name, message if name == path else f"This {message}.")
    return found
