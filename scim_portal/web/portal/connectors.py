"""Connectors: one card per identity provider, its switch and its settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Connector, Credential
from scim_portal.services import arrivals, conversions, rulebook, tokens
from scim_portal.services import connectors as services
from scim_portal.services.tokens import Issued
from scim_portal.web.portal import dates, door, expiry, guides
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.expiry import Expiry
from scim_portal.web.portal.form_values import problems, required_whole, text
from scim_portal.web.portal.guides import Guide
from scim_portal.web.telling import told

USUAL_LIFE = timedelta(days=90)
MOST_SHOWN = 50
SETUP = {
    "okta": (
        ("Unique identifier field", "userName"),
        (
            "Supported actions",
            "Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups",
        ),
        ("Authentication Mode", _l("HTTP Header; paste the token into Authorization")),
        (_l("In the provisioning tab"), "To App: Create Users, Update User Attributes, Deactivate Users"),
    ),
    "entra": (
        ("Tenant URL", _l("the SCIM base URL above")),
        ("Secret token", _l("the token, without the word Bearer")),
        ("Provisioning mode", "Automatic"),
    ),
    "generic": (
        (_l("Protocol"), "SCIM 2.0 (RFC 7643, RFC 7644)"),
        (_l("Authentication"), _l("OAuth bearer token in the Authorization header")),
    ),
}


@dataclass(frozen=True, slots=True)
class Card:
    """A connector as its card shows it; `failures` are those of the last 24 hours."""

    id: str
    name: str
    enabled: bool
    last_call_at: Any
    tokens: int
    expires_at: Any
    warning: Expiry | None
    failures: int
    missing: str | None
    debugging: bool
    guides: list[Guide]


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as its line shows it; its value is gone for good."""

    id: str
    masked: str
    state: str
    warning: Expiry | None
    live: bool
    created_by: str
    created_at: Any
    expires_at: Any
    last_used_at: Any


@blueprint.get("/connectors")
def connectors() -> Answer:
    """Show a card for each connector."""
    ctx = door.context()
    live, failed, decided = tokens.live(ctx), arrivals.failures(ctx), rulebook.default_is_decided(ctx)
    cards = [_card(one, live.get(one.id, []), failed, decided) for one in services.everyone(ctx)]
    return door.page(
        "connectors.html", section="connectors", connectors=cards, kinds=services.KINDS, default=default_words(ctx),
        strangers=failed.by_connector.get(None, 0), complete=failed.complete,
    )  # fmt: skip


@blueprint.post("/connectors")
def connector_add() -> Answer:
    """Add a connector, switched off."""
    kind = request.form.get("kind", "")
    try:
        connector_id = door.change(lambda ctx: services.create(ctx, kind=kind, name=_free_name(kind)).id)
    except (errors.Invalid, errors.Conflict) as error:
        flash(told(error.detail), "error")
        return redirect(url_for("portal.connectors"))
    flash(_("The connector is added, switched off. Issue a token next."), "success")
    return redirect(url_for("portal.connector", connector_id=connector_id))


@blueprint.route("/connectors/<connector_id>", methods=["GET", "POST"])
def connector(connector_id: str) -> Answer:
    """Show one connector; posted, change its settings."""
    if request.method == "GET":
        return show(connector_id)
    changes = {
        "name": text("name") or "",
        "tolerance": request.form.get("tolerance"),
        "strict": "strict" in request.form,
        "show_licenses": "show_licenses" in request.form,
    }
    try:
        door.change(lambda ctx: services.change(ctx, connector_id, **changes))
    except (errors.Invalid, errors.Conflict) as error:
        return show(connector_id, found=problems(error)), 422
    flash(_("Portal information updated."), "success")
    return redirect(url_for("portal.connector", connector_id=connector_id))


@blueprint.post("/connectors/<connector_id>/enabled")
def connector_enable(connector_id: str) -> Answer:
    """Switch a connector on or off; on is refused with the reason while something is undecided."""
    on = request.form.get("enabled") == "1"
    said = _("Portal information updated. The connector is off; its calls are refused.")
    if on:
        said = _("Portal information updated. The connector is on; its calls are accepted now.")
    back = url_for("portal.connector", connector_id=connector_id)
    return door.attempt(lambda ctx: services.change(ctx, connector_id, enabled=on), said=said, back=back)


@blueprint.post("/connectors/<connector_id>/debug")
def connector_debug(connector_id: str) -> Answer:
    """Begin or end debug mode: for some hours the log keeps every call with its bodies."""
    back = url_for("portal.connector", connector_id=connector_id)
    said = _("Debug mode is over.") if text("hours") == "0" else _("Debug mode is on. It ends by itself.")
    return door.attempt(lambda ctx: services.change(ctx, connector_id, debug_for=_debug_time()), said=said, back=back)


def show(
    connector_id: str,
    *,
    issued: Issued | None = None,
    found: dict[str, str] | None = None,
    regenerating: str | None = None,
) -> str:
    """Render a connector's page; `issued` is a token just made, whose value is on this one page only."""
    ctx = door.context()
    one = services.find(ctx, connector_id)
    lines = sorted((_line(token) for token in tokens.of_connector(ctx, connector_id)), key=lambda line: not line.live)
    live = [line for line in lines if line.live]
    chosen = next((line for line in live if line.id == (regenerating or request.args.get("regenerate"))), None)
    form = request.form if found else {"expires_at": dates.in_form(ctx.now + USUAL_LIFE), "overlap": "1"}
    return door.page(
        "connector.html", section="connectors", connector=one, tokens=lines[:MOST_SHOWN], more=len(lines) - MOST_SHOWN,
        issued=issued, regenerate=chosen, missing=None if one.enabled else services.why_not_enable(ctx, one),
        setup=SETUP.get(one.kind, ()), form=form, errors=found or {}, debugging=services.in_debug_mode(ctx, one),
        rules=conversions.count(ctx, connector_id), last=max(live, key=lambda line: line.expires_at, default=None),
        guides=guides.of(one.kind), default=default_words(ctx),
    )  # fmt: skip


def default_words(ctx: Ctx) -> str | None:
    """Name what users get whom no rule decides; None while that is not decided."""
    chosen = rulebook.current(ctx)[1]["defaults"]
    names = {key: one.name for key, one in rulebook.license_types(ctx).items()} if chosen else {}
    nothing = _("no license")
    return ", ".join(names.get(chosen[family] or "", nothing) for family in sorted(chosen)) or None


def _card(one: Connector, live: list[Credential], failed: arrivals.Failures, decided: bool) -> Card:
    ctx = door.context()
    last = max((token.expires_at for token in live), default=None)
    missing = None if one.enabled else services.missing(default_is_decided=decided, has_token=bool(live))
    return Card(
        one.id, one.name, one.enabled, one.last_call_at, len(live), last, expiry.warning(last, ctx.now),
        failed.by_connector.get(one.id, 0), missing, services.in_debug_mode(ctx, one), guides.of(one.kind),
    )  # fmt: skip


def _line(token: Credential) -> TokenLine:
    now = door.context().now
    live = token.revoked_at is None and token.expires_at > now
    state = (
        ("replaced" if token.replaced_by else "revoked") if token.revoked_at
        else "expired" if token.expires_at <= now
        else "until replaced" if token.replaced_by
        else "valid"
    )  # fmt: skip
    warning = expiry.warning(token.expires_at, now) if state == "valid" else None
    return TokenLine(
        token.id, tokens.masked(token), state, warning, live and not token.replaced_by, token.created_by,
        token.created_at, token.expires_at, token.last_used_at,
    )  # fmt: skip


def _debug_time() -> timedelta:
    hours = required_whole("hours")
    if not 0 <= hours <= services.LONGEST_DEBUG // timedelta(hours=1):
        raise errors.Invalid("Debug mode may last from 0 to 24 hours.", field="hours", value=hours)
    return timedelta(hours=hours)


def _free_name(kind: str) -> str | None:
    """Number the second connector of a kind, since names are unique."""
    taken = {one.name for one in services.everyone(door.context())}
    base = services.KINDS.get(kind)
    numbered = (f"{base} {number}" for number in range(2, 1000))
    return base if base not in taken else next(name for name in numbered if name not in taken)
