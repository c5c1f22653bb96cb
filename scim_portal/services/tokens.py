"""Credentials: issued once, masked afterwards, regenerated with or without overlap, revoked; checked on every call.

A value is shown in the answer that made it and nowhere else; see `secrets_format` for what it looks like.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from scim_portal.context import ConnectorRef, Ctx, PortalRef, Role
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from scim_portal.ids import is_id, new_id
from scim_portal.models import Connector, Credential, Portal
from scim_portal.prepared import Prepared
from scim_portal.services import audit, secrets_format
from scim_portal.services.audit import Action

LONGEST_LIFE = timedelta(days=3 * 366)
LONGEST_OVERLAP = timedelta(days=7)
STAMP_EVERY = timedelta(minutes=1)
YOUNG = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential and, this once, its value."""

    id: str
    value: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a good credential stands for; `young` ones were issued within a day, or never used."""

    id: str
    name: str
    role: Role | None
    scopes: frozenset[str] | None
    connector: ConnectorRef | None
    needs_stamp: bool
    schema_stamp: str | None
    young: bool


def issue_scim(ctx: Ctx, connector: Connector, *, expires_at: datetime, name: str | None = None) -> Issued:
    """Issue a SCIM token for a connector. Raises `Invalid` for a date in the past or absurdly far."""
    label = name or f"{connector.name} token"
    issued = _issue(ctx, "scim", label, expires_at, connector_id=connector.id)
    audit.record(ctx, Action.TOKEN_ISSUED, "credential", issued.id, label, after={"expires_at": expires_at.isoformat()})
    return issued


def issue_api_key(ctx: Ctx, *, role: Role, expires_at: datetime, name: str | None = None) -> Issued:
    """Issue an API key with one role."""
    label = name or f"{role} key"
    issued = _issue(ctx, "api", label, expires_at, role=role)
    after = {"role": role, "expires_at": expires_at.isoformat()}
    audit.record(ctx, Action.API_KEY_ISSUED, "credential", issued.id, label, after=after)
    return issued


def regenerate(ctx: Ctx, id: str, *, expires_at: datetime, overlap: timedelta = timedelta(0)) -> Issued:
    """Replace a token: the old value dies now, or after the overlap (at most 7 days). Raises `Conflict` for a dead one."""
    old = find(ctx, id)
    if old.revoked_at or old.replaced_by:
        raise Conflict("This token was revoked or replaced already; issue a new one.", field="id", value=id)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Invalid("The overlap may last from 0 to 7 days.", field="overlap", value=str(overlap))
    issued = _issue(ctx, old.kind, old.name, expires_at, connector_id=old.connector_id, role=old.role)
    old.replaced_by, old.regenerated_at = issued.id, ctx.now
    if overlap:
        old.expires_at = min(old.expires_at, ctx.now + overlap)
    else:
        _end(ctx, old, "replaced by a new value")
    after = {"replaced_by": issued.id, "old_value_until": (ctx.now + overlap).isoformat()}
    audit.record(ctx, Action.TOKEN_REGENERATED, "credential", old.id, old.name, after=after)
    return issued


def revoke(ctx: Ctx, id: str, *, reason: str | None = None) -> None:
    """End a credential now, for good; ending it twice changes nothing."""
    credential = find(ctx, id)
    if credential.revoked_at:
        return
    _end(ctx, credential, reason)
    action = Action.TOKEN_REVOKED if credential.kind == "scim" else Action.API_KEY_REVOKED
    audit.record(ctx, action, "credential", credential.id, credential.name, reason=reason)


def find(ctx: Ctx, id: str) -> Credential:
    """Find a credential of this portal by id. Raises `NotFound`."""
    credential = db.session.scalar(scoped(Credential, ctx).where(Credential.id == id)) if is_id(id) else None
    if credential is None:
        raise NotFound("There is no such token in this portal.", field="id", value=id)
    return credential


def of_connector(ctx: Ctx, connector_id: str) -> list[Credential]:
    """List a connector's tokens, newest first, dead ones included."""
    return list(
        db.session.scalars(
            scoped(Credential, ctx).where(Credential.connector_id == connector_id).order_by(Credential.id.desc())
        )
    )


def live(ctx: Ctx) -> dict[str, list[Credential]]:
    """List the SCIM tokens that work now, newest first, by connector: one statement for all of them."""
    query = scoped(Credential, ctx).where(
        Credential.kind == "scim", Credential.revoked_at.is_(None), Credential.expires_at > ctx.now
    )
    found: dict[str, list[Credential]] = {}
    for one in db.session.scalars(query.order_by(Credential.id.desc())):
        found.setdefault(one.connector_id, []).append(one)
    return found


def api_keys(ctx: Ctx) -> list[Credential]:
    """List the portal's API keys, newest first, dead ones included."""
    return list(
        db.session.scalars(scoped(Credential, ctx).where(Credential.kind == "api").order_by(Credential.id.desc()))
    )


def has_valid(ctx: Ctx, connector_id: str) -> bool:
    """Tell whether a connector has a token that works now."""
    live = scoped(Credential, ctx).where(
        Credential.connector_id == connector_id, Credential.revoked_at.is_(None), Credential.expires_at > ctx.now
    )
    return db.session.scalar(live.limit(1)) is not None


def masked(credential: Credential) -> str:
    """Show a value as far as it may be shown."""
    prefix = secrets_format.SCIM_PREFIX if credential.kind == "scim" else secrets_format.API_PREFIX
    return f"{prefix}…{credential.last_four}"


_K, _C, _P = Credential.__table__.c, Connector.__table__.c, Portal.__table__.c
_LOOK_UP = Prepared(
    select(
        _K.id, _K.name, _K.role, _K.scopes, _K.value_hash, _K.created_at, _K.expires_at, _K.revoked_at, _K.replaced_by,
        _K.last_used_at, _C.id.label("connector_id"), _C.kind, _C.name.label("connector_name"), _C.enabled, _C.strict,
        _C.show_licenses, _C.tolerance, _C.conversion, _C.debug_until, _P.schema_stamp,
    )
    .join_from(Credential.__table__, Portal.__table__, _P.id == _K.portal_id)
    .outerjoin(Connector.__table__, (_C.portal_id == _K.portal_id) & (_C.id == _K.connector_id))
    .where(_K.portal_id == bindparam("portal"), _K.id == bindparam("credential"))
)  # fmt: skip


def authenticate(portal: PortalRef, secret: str, prefix: str, value: str | None, now: datetime) -> Bearer:
    """Check a presented value: shape and signature and expiry first, then one look-up for revocation and connector.

    Raises `Unauthorized` whose sentence says what is wrong, or `Forbidden` when the connector is switched off.
    """
    if not value:
        raise Unauthorized("No token was sent. Put it into the Authorization header as: Bearer <token>.")
    claim = secrets_format.read(secret, prefix, value)
    if claim is None:
        raise Unauthorized(
            "The token is not known here. Check that it was copied whole, or issue a new one in the portal."
        )
    _not_expired(claim.expires_at, now)
    row = _LOOK_UP.one_or_none(portal=portal.id, credential=claim.id)
    if row is None or not hmac.compare_digest(row.value_hash, secrets_format.digest(value)):
        raise Unauthorized("The token is not known in this portal. Issue a new one in the portal under Provisioning.")
    return _bearer(row, now)


def stamp(portal: PortalRef, bearer: Bearer, now: datetime, ip: str | None) -> None:
    """Note that a credential was used; callers do so at most once a minute (`needs_stamp`)."""
    used = update(Credential).where(Credential.portal_id == portal.id, Credential.id == bearer.id)
    db.session.execute(used.values(last_used_at=now, last_ip=ip))
    if bearer.connector:
        called = update(Connector).where(Connector.portal_id == portal.id, Connector.id == bearer.connector.id)
        db.session.execute(called.values(last_call_at=now))


def _bearer(row: Any, now: datetime) -> Bearer:
    if row.revoked_at is not None:
        why = "replaced by a new value" if row.replaced_by else "revoked"
        raise Unauthorized(
            f"The token was {why} on {_day(row.revoked_at)}. Use the current one, or issue another in the portal."
        )
    _not_expired(row.expires_at, now)
    connector = None
    if row.connector_id is not None:
        if not row.enabled:
            raise Forbidden(
                f"The connector “{row.connector_name}” is switched off. Switch it on in the portal under Provisioning."
            )
        debug = row.debug_until is not None and row.debug_until > now
        connector = ConnectorRef(
            row.connector_id,
            row.kind,
            row.connector_name,
            row.strict,
            row.show_licenses,
            row.tolerance,
            row.conversion,
            debug,
        )
    stale = row.last_used_at is None or now - row.last_used_at > STAMP_EVERY
    scopes = None if row.scopes is None else frozenset(row.scopes)
    role = Role(row.role) if row.role else None
    young = row.last_used_at is None or now - row.created_at < YOUNG
    return Bearer(row.id, row.name, role, scopes, connector, stale, row.schema_stamp, young)


def _not_expired(expires_at: datetime, now: datetime) -> None:
    if expires_at <= now:
        raise Unauthorized(f"The token expired on {_day(expires_at)}. Regenerate it in the portal under Provisioning.")


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d at %H:%M} UTC"


def _issue(
    ctx: Ctx, kind: str, name: str, expires_at: datetime, *, connector_id: str | None = None, role: str | None = None
) -> Issued:
    expires_at = expires_at.replace(microsecond=0)
    if expires_at <= ctx.now:
        raise Invalid("The expiry date must lie in the future.", field="expires_at", value=expires_at.isoformat())
    if expires_at > ctx.now + LONGEST_LIFE:
        raise Invalid("A token may live for three years at most.", field="expires_at", value=expires_at.isoformat())
    prefix = secrets_format.SCIM_PREFIX if kind == "scim" else secrets_format.API_PREFIX
    id = new_id()
    value = secrets_format.mint(ctx.settings.secret_key, prefix, id, expires_at)
    db.session.add(
        Credential(
            portal_id=ctx.portal.id, id=id, kind=kind, connector_id=connector_id, role=role, name=name,
            value_hash=secrets_format.digest(value), last_four=value[-4:], created_at=ctx.now,
            created_by=ctx.actor.name, expires_at=expires_at,
        )
    )  # fmt: skip
    db.session.flush()
    return Issued(id, value, expires_at)


def _end(ctx: Ctx, credential: Credential, reason: str | None) -> None:
    credential.revoked_at, credential.revoked_by, credential.revoked_reason = ctx.now, ctx.actor.name, reason
