"""License types, their contract lines, and who waits for them."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import LicenseType
from scim_portal.services import catalog, drafts, license_fields, retirement, rulebook
from scim_portal.web.portal import charts, contracts, door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, required_whole, text, whole

NUMBERS = ("rank", "hold_days", "settle_seconds")


@blueprint.get("/licenses")
def licenses() -> Answer:
    """List the license types with their use."""
    ctx = door.context()
    types = sorted(catalog.summaries(ctx), key=lambda item: item.type.retired_at is not None)
    return door.page("licenses.html", section="licenses", types=types, defaults=_defaults(ctx))


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
            flash(_("The license type is there. Rules can give it now."), "success")
            return redirect(url_for("portal.license", key=key))
    form: Any = request.form or {"family": "cal", "rank": 10}
    return door.page(
        "license_new.html", section="licenses", families=_families(door.context()), form=form, errors=found
    ), 422 if found else 200


@blueprint.route("/licenses/<key>", methods=["GET", "POST"])
def license(key: str) -> Answer:
    """Show one license type; posted, change its settings."""
    if request.method == "GET":
        return _page(key)
    try:
        door.change(lambda ctx: _save(ctx, key, {"name": text("name") or ""} | _settings()))
    except (errors.Invalid, errors.Conflict) as error:
        return _page(key, error)
    flash(_("Saved."), "success")
    return redirect(url_for("portal.license", key=key))


@blueprint.post("/licenses/<key>/retired")
def license_retire(key: str) -> Answer:
    """Retire a type, which is refused while something names it, or bring it back."""
    back = url_for("portal.license", key=key)
    if request.form.get("retired") == "0":
        said = _("The license type can be given again.")
        return door.attempt(lambda ctx: retirement.bring_back(ctx, key), said=said, back=back)
    said = _("The license type is retired. Its history stays.")
    return door.attempt(lambda ctx: retirement.retire(ctx, key), said=said, back=back)


@blueprint.post("/licenses/<key>/default")
def license_default(key: str) -> Answer:
    """Make a type the default of its family in the draft of the rules, and show what that would do."""

    def work(ctx: Ctx) -> None:
        family = catalog.find(ctx, key).family
        drafts.edit(ctx, lambda document: document["defaults"].update({family: key}))

    said = _("The default is set in the draft. Look at what it does, then publish it.")
    return door.attempt(work, said=said, back=url_for("portal.rules_preview"))


def _create(ctx: Ctx) -> str:
    key = text("key") or ""
    catalog.create_type(ctx, key=key, name=text("name") or "", family=text("family"), rank=whole("rank") or 0)
    catalog.add_line(ctx, key, quantity=whole("quantity"))
    return key


def _save(ctx: Ctx, key: str, typed: dict[str, Any]) -> None:
    """Set what the admin changed, so that what others changed since the page was made stays. Raises `Conflict`.

    Where both changed the same, nobody is overruled unseen: the page is shown again, and saved the second time.
    """
    seen, now = _seen(), _told(catalog.find(ctx, key))
    changed = {field: value for field, value in typed.items() if field not in seen or value != seen[field]}
    for field, value in changed.items():
        if field in seen and now[field] not in (seen[field], value):
            sentence = _(
                "Somebody else changed this meanwhile, to %(value)s. Save again to overrule.",
                value=_written(now[field]),
            )
            raise errors.Conflict(sentence, field=field, value=value)
    catalog.change_type(ctx, key, **changed)


def _seen() -> dict[str, Any]:
    """Read the settings that the page showed when it was made; empty if it carries none."""
    try:
        found = json.loads(request.form.get("seen", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _shown(type: LicenseType, error: errors.PortalError | None) -> dict[str, Any]:
    """Give the settings that a page shows: after a mistake those it showed before, but for what the admin was told of."""
    now = _told(type)
    if error is None:
        return now
    return _seen() | ({error.field: now[error.field]} if error.field in now else {})


def _told(type: LicenseType) -> dict[str, Any]:
    return license_fields.told(type) | {"family": type.family}


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str("–" if value is None else value)


def _settings() -> dict[str, Any]:
    """Read the settings; those that a form has no field for stay as they are."""
    found: dict[str, Any] = {name: required_whole(name) for name in NUMBERS}
    allowance = text("allowance")
    found["allowance"] = allowance if allowance and allowance.endswith("%") else required_whole("allowance")
    if "unit_cost" in request.form:
        cost = license_fields.cost(text("unit_cost"))
        found["unit_cost"] = None if cost is None else license_fields.written(cost)
    if "currency" in request.form:
        found["currency"] = (text("currency") or "").upper() or None
    if family := text("family"):
        found["family"] = family
    return found | ({"thresholds": _thresholds(text("thresholds") or "")} if "thresholds" in request.form else {})


def _thresholds(typed: str) -> list[int]:
    words = typed.replace("%", " ").replace(",", " ").split()
    if not all(one.isascii() and one.isdigit() and len(one) < 4 for one in words):
        raise errors.Invalid("Give whole numbers, such as 80, 90, 100.", field="thresholds", value=typed)
    return sorted({int(one) for one in words})


def _defaults(ctx: Ctx) -> set[str | None]:
    """Name the types that people get whom no rule decides."""
    return set(rulebook.current(ctx)[1]["defaults"].values())


def _families(ctx: Ctx) -> list[str]:
    return sorted({item.type.family for item in catalog.summaries(ctx)} | {"cal"})


def _page(key: str, error: errors.PortalError | None = None) -> Answer:
    ctx = door.context()
    item = catalog.summary(ctx, key)
    retired = item.type.retired_at is not None
    body = door.page(
        "license.html", section="licenses", item=item, settings=license_fields.told(item.type),
        seen=json.dumps(_shown(item.type, error)),
        form=request.form if error else {}, errors=problems(error) if error else {},
        chart=charts.of(ctx, item, "portal.license", key=key), contract=contracts.of(ctx, item),
        is_default=key in _defaults(ctx), in_the_way=[] if retired else retirement.why_not(ctx, key), families=_families(ctx),
    )  # fmt: skip
    return body, 422 if error else 200
