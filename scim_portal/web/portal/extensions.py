"""Extension schemas: the attributes that a portal knows besides the standard ones, declared by its admins."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import ExtensionSchema
from scim_portal.protocol.definitions import ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA
from scim_portal.services import extensions as services
from scim_portal.services.extensions import Declared
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.extension_form import Form
from scim_portal.web.telling import told

KNOWN = (USER_SCHEMA, ENTERPRISE_SCHEMA, GROUP_SCHEMA)


@blueprint.get("/schemas")
def schemas() -> Answer:
    """List the declared schemas, and those that are always there."""
    return door.page("extensions.html", section="schemas", schemas=services.everyone(door.context()), known=KNOWN)


@blueprint.route("/schemas/new", methods=["GET", "POST"])
def schema_new() -> Answer:
    """Declare a schema."""
    if request.method == "GET":
        return _page(Form.empty())
    form = Form.posted(request.form)

    def declare(ctx: Ctx) -> Declared:
        return services.declare(
            ctx,
            urn=form.urn,
            name=form.name,
            description=form.description,
            resource_kind=form.resource_kind,
            attributes=form.attributes(),
        )

    return _answered(form, None, declare)


@blueprint.route("/schemas/<schema_id>", methods=["GET", "POST"])
def schema(schema_id: str) -> Answer:
    """Show a schema; posted, change it."""
    stored = services.find(door.context(), schema_id)
    if request.method == "GET":
        return _page(Form.of_schema(stored), stored)
    form = Form.posted(request.form, stored)
    attributes = form.attributes(stored)

    def change(ctx: Ctx) -> Declared:
        return services.change(ctx, schema_id, name=form.name, description=form.description, attributes=attributes)

    return _answered(form, stored, change)


@blueprint.post("/schemas/<schema_id>/remove")
def schema_remove(schema_id: str) -> Answer:
    """Take a schema back."""
    ctx = door.context()
    urn = services.find(ctx, schema_id).urn
    try:
        door.change(lambda now: services.remove(now, schema_id))
    except errors.Conflict as error:
        flash(told(error.detail), "error")
        return redirect(url_for("portal.schema", schema_id=schema_id))
    flash(_("“%(urn)s” is no longer declared. What came in by it is kept.", urn=urn), "success")
    return redirect(url_for("portal.schemas"))


def _answered(form: Form, stored: ExtensionSchema | None, work: Callable[[Ctx], Declared]) -> Answer:
    """Do what the pressed button asks for: more rows, or save."""
    if request.form.get("action") == "more":
        form.add_rows()
        return _page(form, stored)
    try:
        declared = door.change(work)
    except (errors.Invalid, errors.Conflict) as error:
        found = {} if form.note(error.field or "", error.detail) else {error.field or "": error.detail}
        return _page(form, stored, found, refused=True), 422
    said = _("Saved. Connectors may send these attributes from now on; what is stored becomes searchable in a moment.")
    flash(said if declared.job else _("Saved."), "success")
    return redirect(url_for("portal.schema", schema_id=declared.schema.id))


def _page(
    form: Form, stored: ExtensionSchema | None = None, found: dict[str, str] | None = None, *, refused: bool = False
) -> str:
    return door.page(
        "extension.html", section="schemas", form=form, stored=stored, kinds=services.KINDS, errors=found or {},
        refused=refused,
    )  # fmt: skip
