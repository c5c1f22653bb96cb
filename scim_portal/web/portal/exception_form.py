"""Making an exception on a user's page; one that is refused comes back as it was typed, with the reason beside its field."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import overrides
from scim_portal.web.portal import door, people
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import day, refusal, text

FIELDS = frozenset({"kind", "license_type", "reason", "ends_at"})


@blueprint.post("/users/<user_id>/exceptions")
def override_add(user_id: str) -> Answer:
    """Pin a user to a license type, or exclude them from it."""

    def work(ctx: Ctx) -> None:
        overrides.add(
            ctx, user_id, license_type=text("license_type") or "", kind=text("kind") or "", reason=text("reason") or "",
            ends_at=day("ends_at"),
        )  # fmt: skip

    try:
        door.change(work)
    except (errors.Invalid, errors.Conflict) as error:
        found, status = refusal(error, FIELDS)
        return people.page(user_id, found), status
    flash(_("The exception is made, and the user's seats follow it."), "success")
    return redirect(url_for("portal.user", user_id=user_id))
