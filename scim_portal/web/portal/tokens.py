"""A connector's tokens: issued with an expiry date, shown once, regenerated with or without overlap, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import connectors as services
from scim_portal.services import tokens
from scim_portal.services.tokens import Issued
from scim_portal.web.portal import connectors, door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, required_day, required_whole, text


@blueprint.post("/connectors/<connector_id>/tokens")
def token_issue(connector_id: str) -> Answer:
    """Issue a token and show its value, this once."""

    def work(ctx: Ctx) -> Issued:
        return tokens.issue_scim(ctx, services.find(ctx, connector_id), expires_at=required_day("expires_at"))

    return _shown_once(connector_id, work)


@blueprint.post("/connectors/<connector_id>/tokens/<token_id>/regenerate")
def token_regenerate(connector_id: str, token_id: str) -> Answer:
    """Replace a token's value; the old one works on for as many days as were chosen."""

    def work(ctx: Ctx) -> Issued:
        _of(ctx, connector_id, token_id)
        overlap = timedelta(days=required_whole("overlap"))
        return tokens.regenerate(ctx, token_id, expires_at=required_day("expires_at"), overlap=overlap)

    return _shown_once(connector_id, work, regenerating=token_id)


@blueprint.post("/connectors/<connector_id>/tokens/<token_id>/revoke")
def token_revoke(connector_id: str, token_id: str) -> Answer:
    """End a token now, for good."""

    def work(ctx: Ctx) -> None:
        _of(ctx, connector_id, token_id)
        tokens.revoke(ctx, token_id, reason=text("reason"))

    back = url_for("portal.connector", connector_id=connector_id)
    return door.attempt(work, said=_("The token is revoked. Calls with it are refused from now on."), back=back)


def _of(ctx: Ctx, connector_id: str, token_id: str) -> None:
    if tokens.find(ctx, token_id).connector_id != services.find(ctx, connector_id).id:
        raise errors.NotFound("This connector has no such token.", field="id", value=token_id)


def _shown_once(connector_id: str, work: Callable[[Ctx], Issued], *, regenerating: str | None = None) -> Answer:
    try:
        issued = door.change(work)
    except (errors.Invalid, errors.Conflict) as error:
        return connectors.show(connector_id, found=problems(error), regenerating=regenerating), 422
    return connectors.show(connector_id, issued=issued)
