"""Connectors: one identity provider's connection each; switched on only when nothing is left undecided."""

from __future__ import annotations

from datetime import datetime, timedelta

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import Connector
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, rulebook, tokens
from scim_portal.services.audit import Action

KINDS = {"okta": "Okta", "entra": "Microsoft Entra ID", "generic": "SCIM 2.0"}
LONGEST_DEBUG = timedelta(hours=24)
TOLERANCES = ("strict", "okta", "entra", "generic")


def everyone(ctx: Ctx) -> list[Connector]:
    """List the portal's connectors, oldest first."""
    return list(db.session.scalars(scoped(Connector, ctx).order_by(Connector.id)))


def find(ctx: Ctx, id: str) -> Connector:
    """Find a connector by id. Raises `NotFound`."""
    connector = db.session.scalar(scoped(Connector, ctx).where(Connector.id == id)) if is_id(id) else None
    if connector is None:
        raise NotFound("There is no such connector in this portal.", field="id", value=id)
    return connector


def of_kind(ctx: Ctx, kind: str) -> Connector | None:
    """Find the first connector of a kind."""
    return db.session.scalar(scoped(Connector, ctx).where(Connector.kind == kind).order_by(Connector.id).limit(1))


def create(ctx: Ctx, *, kind: str, name: str | None = None, tolerance: str | None = None) -> Connector:
    """Create a connector, switched off. Raises `Invalid` for an unknown kind, `Conflict` for a name that is taken."""
    if kind not in KINDS:
        raise Invalid(
            say("There is no kind {kind!r}; choose one of {choices}.", kind=kind, choices=", ".join(KINDS)),
            field="kind",
            value=kind,
        )
    connector = Connector(
        portal_id=ctx.portal.id, id=new_id(), kind=kind, name=_free_name(ctx, name or KINDS[kind]), enabled=False,
        strict=False, show_licenses=False, tolerance=_tolerance(tolerance or kind), created_at=ctx.now,
    )  # fmt: skip
    db.session.add(connector)
    db.session.flush()
    audit.record(ctx, Action.CONNECTOR_CREATED, "connector", connector.id, connector.name, after={"kind": kind})
    return connector


def change(
    ctx: Ctx,
    id: str,
    *,
    name: str | None = None,
    enabled: bool | None = None,
    strict: bool | None = None,
    show_licenses: bool | None = None,
    tolerance: str | None = None,
    debug_for: timedelta | None = None,
) -> Connector:
    """Change what is given. Enabling without a decided default licence and a valid token raises `Invalid`.

    `debug_for` begins debug mode, for 24 hours at most, or with no time at all ends it.
    """
    connector = find(ctx, id)
    before = _state(connector)
    if name is not None and name != connector.name:
        connector.name = _free_name(ctx, name)
    if tolerance is not None:
        connector.tolerance = _tolerance(tolerance)
    connector.strict = connector.strict if strict is None else strict
    connector.show_licenses = connector.show_licenses if show_licenses is None else show_licenses
    if enabled and not connector.enabled and (reason := why_not_enable(ctx, connector)):
        raise Invalid(reason, field="enabled", value=True)
    connector.enabled = connector.enabled if enabled is None else enabled
    if debug_for is not None:
        connector.debug_until = _debug_until(ctx, connector, debug_for)
    db.session.flush()
    if (after := _state(connector)) != before:
        audit.record(ctx, Action.CONNECTOR_CHANGED, "connector", id, connector.name, before=before, after=after)
    return connector


def why_not_enable(ctx: Ctx, connector: Connector) -> str | None:
    """Say what is missing before a connector may be switched on; None when nothing is."""
    has_token = tokens.has_valid(ctx, connector.id)
    return missing(default_is_decided=rulebook.default_is_decided(ctx), has_token=has_token)


def missing(*, default_is_decided: bool, has_token: bool) -> str | None:
    """Say the same of what is known already."""
    if not default_is_decided:
        return say("Decide the default license first: choose a type, or “no license”, under Rules.")
    return None if has_token else say("Issue a token first: without one that is valid now, nobody could call.")


def _free_name(ctx: Ctx, name: str) -> str:
    name = name.strip()
    if not name or len(name) > 100:
        raise Invalid("A connector's name has 1 to 100 characters.", field="name", value=name)
    if db.session.scalar(scoped(Connector, ctx).where(Connector.name == name)):
        raise Conflict(say("There is a connector “{name}” already.", name=name), field="name", value=name)
    return name


def _tolerance(name: str) -> str:
    if name not in TOLERANCES:
        raise Invalid(
            say("There is no tolerance {name!r}; choose one of {choices}.", name=name, choices=", ".join(TOLERANCES)),
            field="tolerance",
            value=name,
        )
    return name


def in_debug_mode(ctx: Ctx, connector: Connector) -> bool:
    """Tell whether the log keeps the bodies of a connector's calls now."""
    return connector.debug_until is not None and bool(connector.debug_until > ctx.now)


def _debug_until(ctx: Ctx, connector: Connector, debug_for: timedelta) -> datetime | None:
    if not timedelta(0) <= debug_for <= LONGEST_DEBUG:
        raise Invalid("Debug mode may last from 0 to 24 hours.", field="debug_hours", value=str(debug_for))
    # One that ends now is kept: bodies may be there, and the clock looks for them where there was a debug mode.
    return ctx.now + debug_for if debug_for or in_debug_mode(ctx, connector) else connector.debug_until


def _state(connector: Connector) -> dict[str, object]:
    plain = {f: getattr(connector, f) for f in ("name", "enabled", "strict", "show_licenses", "tolerance")}
    return plain | {"debug_until": connector.debug_until and connector.debug_until.isoformat()}
