"""Erasing a user from their page; the user name must be typed, since nothing brings the data back."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import lazy_gettext

from scim_portal.context import Ctx
from scim_portal.errors import Invalid
from scim_portal.services import erasure, people
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import text

SAID = lazy_gettext("The user is erased. The ledger keeps what happened, under a pseudonym.")


@blueprint.post("/users/<user_id>/erase")
def user_erase(user_id: str) -> Answer:
    """Remove a user's personal data for good."""
    typed, reason = request.form.get("user_name", ""), text("erase_reason")

    def work(ctx: Ctx) -> None:
        if people.user(ctx, user_id).user_name.strip() != typed.strip():
            raise Invalid("Nothing was erased: what you typed is not the user name.", field="user_name")
        erasure.erase(ctx, user_id, reason=reason)

    return door.attempt(work, said=str(SAID), back=url_for("portal.user", user_id=user_id))
