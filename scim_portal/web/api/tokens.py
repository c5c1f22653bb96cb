"""Credentials: SCIM tokens of connectors, and API keys. A value is in the answer that made it and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Credential
from scim_portal.services import connectors, tokens
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import OWNERS, Room
from scim_portal.web.api.schemas import connectors as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("tokens", "SCIM tokens and API keys: issued, regenerated, revoked.", writers=OWNERS)


@room.get("/connectors/<id>/tokens")
@room.query(Query)
@room.response(200, list_of(shapes.Credential))
@doors.reads
def list_tokens(ctx: Ctx, query: Body, id: str) -> Body:
    """List a connector's tokens, newest first, dead ones included."""
    connector = connectors.find(ctx, id)
    return lists.short([_shape(one) for one in tokens.of_connector(ctx, connector.id)], query)


@room.post("/connectors/<id>/tokens")
@room.arguments(shapes.NewToken)
@room.response(201, shapes.IssuedToken)
@guards.writes
def issue_token(ctx: Ctx, body: Body, id: str) -> Any:
    """Issue a SCIM token."""
    return tokens.issue_scim(ctx, connectors.find(ctx, id), **body)


@room.post("/tokens/<id>/regenerate")
@room.arguments(shapes.Regeneration)
@room.response(201, shapes.IssuedToken)
@guards.writes
def regenerate_token(ctx: Ctx, body: Body, id: str) -> Any:
    """Give a token a new value; the old one is dead at once, or after the overlap."""
    overlap = timedelta(seconds=body["overlap_seconds"])
    return tokens.regenerate(ctx, _of_kind(ctx, id, "scim").id, expires_at=body["expires_at"], overlap=overlap)


@room.post("/tokens/<id>/revoke")
@room.arguments(shapes.Revocation)
@room.response(200, shapes.Credential)
@guards.writes
def revoke_token(ctx: Ctx, body: Body, id: str) -> Body:
    """End a SCIM token now, for good."""
    return _revoke(ctx, _of_kind(ctx, id, "scim"), body)


@room.get("/api-keys")
@room.query(Query)
@room.response(200, list_of(shapes.Credential))
@doors.reads
def list_api_keys(ctx: Ctx, query: Body) -> Body:
    """List the portal's API keys, newest first, dead ones included."""
    return lists.short([_shape(one) for one in tokens.api_keys(ctx)], query)


@room.post("/api-keys")
@room.arguments(shapes.NewApiKey)
@room.response(201, shapes.IssuedKey)
@guards.writes
def issue_api_key(ctx: Ctx, body: Body) -> Any:
    """Issue an API key with one role."""
    return tokens.issue_api_key(ctx, **body)


@room.post("/api-keys/<id>/revoke")
@room.arguments(shapes.Revocation)
@room.response(200, shapes.Credential)
@guards.writes
def revoke_api_key(ctx: Ctx, body: Body, id: str) -> Body:
    """End an API key now, for good."""
    return _revoke(ctx, _of_kind(ctx, id, "api"), body)


def _of_kind(ctx: Ctx, id: str, kind: str) -> Credential:
    found = tokens.find(ctx, id)
    if found.kind != kind:
        raise errors.NotFound("There is no such token in this portal.", field="id", value=id)
    return found


def _revoke(ctx: Ctx, credential: Credential, body: Body) -> Body:
    tokens.revoke(ctx, credential.id, reason=body.get("reason"))
    return _shape(credential)


def _shape(one: Credential) -> Body:
    names = (
        "id", "name", "role", "created_at", "created_by", "expires_at", "last_used_at", "replaced_by", "revoked_at",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names} | {"masked": tokens.masked(one), "connector": one.connector_id}
