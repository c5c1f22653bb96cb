"""Exceptions for one user: pins and exclusions, with their reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.services import overrides
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint


@dataclass(frozen=True, slots=True)
class Line:
    """An exception as the user's page shows it."""

    id: str
    kind: str
    name: str
    reason: str
    ends_at: datetime | None


@blueprint.post("/users/<user_id>/exceptions/<override_id>/remove")
def override_remove(user_id: str, override_id: str) -> Answer:
    """Take an exception back."""

    def work(ctx: Ctx) -> None:
        if override_id not in {one.id for one in overrides.of_user(ctx, user_id)}:
            raise errors.NotFound("This user has no such exception.", field="id", value=override_id)
        overrides.remove(ctx, override_id)

    return door.attempt(work, said=_("The exception is gone; the rules decide again."), back=_own(user_id))


def of_user(ctx: Ctx, user_id: str, names: dict[str, str]) -> list[Line]:
    """List a user's exceptions."""
    found = overrides.of_user(ctx, user_id)
    return [Line(one.id, one.kind, names[one.license_type], one.reason, one.ends_at) for one in found]


def _own(user_id: str) -> str:
    return url_for("portal.user", user_id=user_id)
