"""The attribute mapping of a connector: its rules as rows, tried on a sample, and saved only after that."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Connector
from scim_portal.protocol import reading
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.conversion_rules import DIRECTIONS, KINDS
from scim_portal.protocol.errors import ScimError
from scim_portal.services import connectors, conversions, resource_types
from scim_portal.services.conversions import Preview
from scim_portal.web.portal import conversion_form, conversion_samples, door
from scim_portal.web.portal.conversion_form import Form, Row
from scim_portal.web.portal.door import Answer, blueprint

TITLES = {
    ("user", "requests"): lazy_gettext("Users, incoming"),
    ("user", "answers"): lazy_gettext("Users, answers"),
    ("group", "requests"): lazy_gettext("Groups, incoming"),
    ("group", "answers"): lazy_gettext("Groups, answers"),
}


@blueprint.route("/connectors/<connector_id>/mapping", methods=["GET", "POST"])
def connector_mapping(connector_id: str) -> Answer:
    """Show the rules of one direction; posted, do what the pressed button asks for."""
    ctx = door.context()
    one, kind, direction = connectors.find(ctx, connector_id), *_side()
    if request.method == "GET":
        rules = conversions.document(ctx, connector_id)[kind][direction]
        rows = [Row.of_rule(rule) for rule in rules] or [Row()]
        return _page(one, Form(rows, _pretty(_sample(ctx, one, kind, direction))))
    form, action = Form.posted(request.form), request.form.get("action", "preview")
    if action == "add":
        form.rows.append(Row())
    elif action.startswith("remove.") and action[7:].isdecimal():
        del form.rows[int(action[7:]) : int(action[7:]) + 1]
    else:
        return _try(ctx, one, form, saving=action == "save")
    return _page(one, form)


def _try(ctx: Ctx, one: Connector, form: Form, *, saving: bool) -> Answer:
    """Preview the rules, and keep them when exactly these were previewed before."""
    kind, direction = _side()
    rules = form.rules(_described(ctx, kind))
    content = conversions.document(ctx, one.id) | {}
    content[kind] = content[kind] | {direction: rules}
    try:
        sample = reading.loads(form.sample.encode())
        shown = conversions.preview(ctx, one.id, content, kind=kind, direction=direction, sample=sample)
    except ScimError as problem:
        return _page(one, form, found={"sample": problem.detail}), 422
    except errors.Invalid as problem:
        found = {} if form.blame(problem) else {"": problem.detail}
        return _page(one, form, found=found or {"": _("Nothing was saved. See the rule below.")}), 422
    if not saving:
        return _page(one, form, shown=shown, before=sample, seen=_digest(rules))
    if request.form.get("previewed") != _digest(rules):
        wrong = {"": _("The rules changed since the preview. Look at the new one, then save.")}
        return _page(one, form, shown=shown, before=sample, seen=_digest(rules), found=wrong), 422
    door.change(lambda now: conversions.save(now, one.id, content))
    flash(_("The attribute mapping is saved. It holds from the next call on."), "success")
    return redirect(_address(one.id, kind, direction))


def _page(
    one: Connector,
    form: Form,
    *,
    shown: Preview | None = None,
    before: Any = None,
    seen: str | None = None,
    found: dict[str, str] | None = None,
) -> str:
    kind, direction = _side()
    panes = [(_("Before"), _pretty(before)), (_("After"), _pretty(shown.result))] if shown else []
    if shown and shown.stored is not None:
        panes.append((_("Kept here"), _pretty(shown.stored)))
    sides = [(title, _address(one.id, *side), side == (kind, direction)) for side, title in TITLES.items()]
    return door.page(
        "mapping.html", section="connectors", connector=one, form=form, sides=sides, title=TITLES[kind, direction],
        kind=kind, direction=direction, panes=panes, problem=shown.problem if shown else None, seen=seen,
        errors=found or {}, choices=conversion_form, paths=_paths(_described(door.context(), kind)),
    )  # fmt: skip


def _side() -> tuple[str, str]:
    kind, direction = request.args.get("resource", "user"), request.args.get("direction", "requests")
    if kind not in KINDS or direction not in DIRECTIONS:
        raise errors.NotFound("There is nothing at this address.")
    return kind, direction


def _address(connector_id: str, kind: str, direction: str) -> str:
    return url_for("portal.connector_mapping", connector_id=connector_id, resource=kind, direction=direction)


def _described(ctx: Ctx, kind: str) -> ResourceType:
    return resource_types.user(ctx) if kind == "user" else resource_types.group(ctx)


def _sample(ctx: Ctx, one: Connector, kind: str, direction: str) -> Any:
    stored = conversions.last_user(ctx) if (kind, direction) == ("user", "answers") else None
    return stored or conversion_samples.usual(one.kind, kind)


def _paths(kind: ResourceType) -> list[str]:
    """Name the attributes that can be targets, as paths."""
    found = []
    for schema in (kind.schema, *kind.extensions):
        before = "" if schema is kind.schema else f"{schema.id}:"
        for one in schema.attributes:
            name = f'{before}{one.name}[type eq "work"]' if one.multi_valued else f"{before}{one.name}"
            parts = [sub for sub in one.sub_attributes if not sub.name.startswith("$") and sub.mutability != "readOnly"]
            parts = [sub for sub in parts if sub.name not in ("type", "primary")] if one.multi_valued else parts
            if one.mutability == "readWrite" and one.name != "members":
                found += [f"{name}.{sub.name}" for sub in parts] if parts else [name]
    return ["externalId", *found]


def _pretty(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _digest(rules: list[dict[str, Any]]) -> str:
    return hashlib.sha256(orjson.dumps(rules)).hexdigest()
