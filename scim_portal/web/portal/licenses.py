"""License types, their contract lines, and who waits for them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import catalog, license_fields
from scim_portal.web.portal import charts, contracts, door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, required_whole, text, whole

NUMBERS = ("rank", "hold_days", "settle_seconds")


@blueprint.get("/licenses")
def licenses() -> Answer:
    """List the license types with their use."""
    return door.page("licenses.html", section="licenses", types=catalog.summaries(door.context()))


@blueprint.route("/licenses/new", methods=["GET", "POST"])
def license_new() -> Answer:
    """Create a license type and, with it, its first contract line."""
    found: dict[str, str] = {}
    if request.method == "POST":
        try:
            key = door.change(_create)
        except (errors.Invalid, errors.Conflict) as error:
            found = problems(error)
        else:
            flash("The license type is there. Rules can give it now.", "success")
            return redirect(url_for("portal.license", key=key))
    families = sorted({item.type.family for item in catalog.summaries(door.context())} | {"cal"})
    form: Any = request.form or {"family": "cal", "rank": 10}
    return door.page(
        "license_new.html", section="licenses", families=families, form=form, errors=found
    ), 422 if found else 200


@blueprint.route("/licenses/<key>", methods=["GET", "POST"])
def license(key: str) -> Answer:
    """Show one license type; posted, change its settings."""
    if request.method == "GET":
        return _page(key)
    try:
        door.change(lambda ctx: catalog.change_type(ctx, key, name=text("name") or "", **_settings()))
    except errors.Invalid as error:
        return _page(key, error)
    flash("Saved.", "success")
    return redirect(url_for("portal.license", key=key))


def _create(ctx: Ctx) -> str:
    key = text("key") or ""
    catalog.create_type(ctx, key=key, name=text("name") or "", family=text("family"), rank=whole("rank") or 0)
    catalog.add_line(ctx, key, quantity=whole("quantity"))
    return key


def _settings() -> dict[str, Any]:
    """Read the settings; those that a form has no field for stay as they are."""
    found: dict[str, Any] = {name: required_whole(name) for name in NUMBERS}
    allowance = text("allowance")
    found["allowance"] = allowance if allowance and allowance.endswith("%") else required_whole("allowance")
    found |= {name: text(name) for name in ("unit_cost", "currency") if name in request.form}
    return found | ({"thresholds": _thresholds(text("thresholds") or "")} if "thresholds" in request.form else {})


def _thresholds(typed: str) -> list[int]:
    words = typed.replace("%", " ").replace(",", " ").split()
    if not all(one.isascii() and one.isdigit() and len(one) < 4 for one in words):
        raise errors.Invalid("Give whole numbers, such as 80, 90, 100.", field="thresholds", value=typed)
    return [int(one) for one in words]


def _page(key: str, error: errors.PortalError | None = None) -> Answer:
    ctx = door.context()
    found = problems(error) if error else {}
    item = catalog.summary(ctx, key)
    body = door.page(
        "license.html", section="licenses", item=item, lines=catalog.lines(ctx, key),
        settings=license_fields.told(item.type), form=request.form if error else {}, errors=found,
        chart=charts.of(ctx, item, "portal.license", key=key), contract=contracts.of(ctx, item, catalog.lines(ctx, key)),
    )  # fmt: skip
    return body, 422 if error else 200
