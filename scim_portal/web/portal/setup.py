"""The set-up guide: one page of steps for each kind of provider, and a wait that its first real call ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Connector
from scim_portal.services import catalog, connectors, people, rulebook, tokens
from scim_portal.services.people import Wanted
from scim_portal.services.tokens import Issued
from scim_portal.web.portal import dates, door, guides, waiting
from scim_portal.web.portal.connectors import USUAL_LIFE
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, required_day
from scim_portal.web.portal.guides import Guide

HOUR = timedelta(hours=1)


@blueprint.get("/setup")
def setup() -> Answer:
    """Let the admin choose what to connect."""
    known: dict[str, Connector] = {}
    for one in connectors.everyone(door.context()):
        known.setdefault(one.kind, one)
    return door.page("setup.html", section="setup", guides=guides.GUIDES, connectors=known)


@blueprint.route("/setup/<kind>", methods=["GET", "POST"])
def setup_guide(kind: str) -> Answer:
    """Show the steps; posted, issue a token, switch the connector on, or have every call told for an hour."""
    guide = guides.find(kind)
    if request.method == "GET":
        return _guide(guide)
    if request.form.get("action") == "enable":
        return _change(
            guide, _("Portal information updated. The connector is on; calls are accepted now."), enabled=True
        )
    if request.form.get("action") == "listen":
        return _change(
            guide, _("Every call is told for an hour. Press the test button at the provider now."), debug_for=HOUR
        )
    try:
        issued = door.change(lambda ctx: _issue(ctx, guide))
    except (errors.Invalid, errors.Conflict) as error:
        return _guide(guide, found=problems(error)), 422
    return _guide(guide, issued=issued)


@blueprint.post("/setup/<kind>/default")
def default_decide(kind: str) -> Answer:
    """Put the default license in force; only while nobody could lose or gain a seat by it."""
    guide = guides.find(kind)
    back = url_for("portal.setup_guide", kind=guide.kind, connector=request.args.get("connector"))
    return door.attempt(_decide, said=_("The default license is decided."), back=back)


@blueprint.get("/setup/<kind>/status")
def setup_status(kind: str) -> Answer:
    """Tell what has arrived: a part of the guide for scripts, nothing when nothing is new, a page of its own otherwise."""
    ctx, guide = door.context(), guides.find(kind)
    wait = waiting.look(ctx, guide, _connector(ctx, guide))
    if not request.headers.get("HX-Request"):
        return door.page("setup_wait.html", section="setup", guide=guide, wait=wait)
    if request.args.get("seen") == wait.mark:
        return Response(status=204)
    return door.page("_setup_wait.html", guide=guide, wait=wait)


def _guide(guide: Guide, *, issued: Issued | None = None, found: dict[str, str] | None = None) -> str:
    ctx = door.context()
    connector = _connector(ctx, guide)
    live = tokens.live(ctx).get(connector.id, []) if connector else []
    form: Any = request.form if found else {"expires_at": dates.in_form(ctx.now + USUAL_LIFE)}
    return door.page(
        "setup_guide.html", section="setup", guide=guide, connector=connector, modes=guides.MODES, form=form,
        errors=found or {}, issued=issued, tokens=[(tokens.masked(one), one) for one in live],
        wait=waiting.look(ctx, guide, connector), **_default(ctx),
    )  # fmt: skip


def _default(ctx: Ctx) -> dict[str, Any]:
    """Say what is decided for everybody no rule decides, or what can be chosen."""
    types = [item for item in catalog.summaries(ctx) if item.type.retired_at is None]
    chosen = rulebook.current(ctx)[1]["defaults"]
    names = {item.type.key: item.type.name for item in types}
    families: dict[str, list[tuple[str, str]]] = {} if types else {"cal": []}
    for item in types:
        families.setdefault(item.type.family, []).append((item.type.key, item.type.name))
    decided = [(family, names.get(key or "", _("no license"))) for family, key in sorted(chosen.items())]
    return {"types": types, "decided": decided, "families": families, "not_here": _why_not_here(ctx)}


def _why_not_here(ctx: Ctx) -> str | None:
    """Say why the default cannot be decided without a preview."""
    if rulebook.draft(ctx):
        return _("A draft of the rules waits. Decide the default in it, and publish it.")
    if people.users(ctx, Wanted(), limit=1).items:
        return _("There are users already. Decide the default under Rules, where a preview shows what it changes.")
    return None


def _decide(ctx: Ctx) -> None:
    if reason := _why_not_here(ctx):
        raise errors.Conflict(reason)
    typed = {
        name.removeprefix("default."): value for name, value in request.form.items() if name.startswith("default.")
    }
    chosen = {family: None if value == "none" else value for family, value in typed.items() if value}
    if not chosen:
        raise errors.Invalid("Choose a license type, or “no license”.", field="default")
    version, document = rulebook.current(ctx)
    rulebook.publish(ctx, document | {"defaults": document["defaults"] | chosen}, base=version)


def _issue(ctx: Ctx, guide: Guide) -> Issued:
    """Issue a token for the guide's connector, which is made and switched on as needed."""
    connector = _connector(ctx, guide) or connectors.create(ctx, kind=guide.connector)
    issued = tokens.issue_scim(ctx, connector, expires_at=required_day("expires_at"))
    if not connector.enabled and not connectors.why_not_enable(ctx, connector):
        connectors.change(ctx, connector.id, enabled=True)
    return issued


def _change(guide: Guide, said: str, **changes: Any) -> Answer:
    connector = _connector(door.context(), guide)
    if connector is None:
        flash(_("Issue a token first; the connector is made with it."), "error")
        return redirect(url_for("portal.setup_guide", kind=guide.kind))
    id, back = connector.id, url_for("portal.setup_guide", kind=guide.kind, connector=request.args.get("connector"))
    return door.attempt(lambda ctx: connectors.change(ctx, id, **changes), said=said, back=back)


def _connector(ctx: Ctx, guide: Guide) -> Connector | None:
    """Find the connector that the address names, or the first of the guide's kind."""
    if not (id := request.args.get("connector")):
        return connectors.of_kind(ctx, guide.connector)
    found = connectors.find(ctx, id)
    if found.kind != guide.connector:
        raise errors.NotFound("This guide is for connectors of another kind.", field="connector", value=id)
    return found
