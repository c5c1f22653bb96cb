"""API keys: for programs that use the admin API, each with one role and an end. For owners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx, Role
from scim_portal.models import Credential
from scim_portal.services import admins, tokens
from scim_portal.services.tokens import Issued
from scim_portal.web.portal import dates, door, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, required_day, text

SOON = timedelta(days=30)
USUAL_LIFE = timedelta(days=90)
MOST_LISTED, LONGEST_NAME = 200, 100


@dataclass(frozen=True, slots=True)
class Line:
    """A key as its line shows it; its value is gone for good."""

    id: str
    name: str
    role: str
    masked: str
    state: str
    live: bool
    created_by: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@blueprint.get("/api-keys")
def api_keys() -> Answer:
    """List the keys, those that work first."""
    return _show()


@blueprint.post("/api-keys")
def api_key_issue() -> Answer:
    """Issue a key and show its value, this once."""

    def work(ctx: Ctx) -> Issued:
        role = admins.known_role(request.form.get("role", ""))
        name = text("name")
        if name and len(name) > LONGEST_NAME:
            raise errors.Invalid(_("A name has at most %(most)s characters.", most=LONGEST_NAME), field="name")
        return tokens.issue_api_key(ctx, role=role, expires_at=required_day("expires_at"), name=name)

    try:
        return _show(issued=door.change(work))
    except errors.Invalid as error:
        return _show(found=problems(error)), 422


@blueprint.post("/api-keys/<key_id>/revoke")
def api_key_revoke(key_id: str) -> Answer:
    """End a key now, for good."""

    def work(ctx: Ctx) -> None:
        if tokens.find(ctx, key_id).kind != "api":
            raise errors.NotFound("There is no such key in this portal.", field="id", value=key_id)
        tokens.revoke(ctx, key_id)

    said = _("The key is revoked. Calls with it are refused from now on.")
    return door.attempt(work, said=said, back=url_for("portal.api_keys"))


def _show(*, issued: Issued | None = None, found: dict[str, str] | None = None) -> str:
    ctx = door.context()
    lines = sorted((_line(key, ctx.now) for key in tokens.api_keys(ctx)), key=lambda line: not line.live)
    usual = {"role": Role.AUDITOR, "expires_at": dates.in_form(ctx.now + USUAL_LIFE)}
    return door.page(
        "api_keys.html", section="api_keys", keys=lines[:MOST_LISTED], unlisted=len(lines[MOST_LISTED:]), issued=issued,
        roles=wording.ROLES, errors=found or {}, form=request.form if found else usual,
    )  # fmt: skip


def _line(key: Credential, now: datetime) -> Line:
    live = key.revoked_at is None and key.expires_at > now
    state = (
        "revoked" if key.revoked_at
        else "expired" if not live
        else "expires soon" if key.expires_at < now + SOON
        else "valid"
    )  # fmt: skip
    return Line(
        key.id, key.name, key.role or "", tokens.masked(key), state, live, key.created_by, key.created_at, key.expires_at,
        key.last_used_at,
    )  # fmt: skip
