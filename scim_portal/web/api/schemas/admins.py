"""Shapes of admins, invitations, and links to a person's own page."""

from __future__ import annotations

from marshmallow import Schema, fields

from scim_portal.context import Role
from scim_portal.web.api.schemas.pieces import Instant, text, truth


class Admin(Schema):
    """Somebody who signs in to manage the portal."""

    id = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True, metadata={"enum": list(Role)})
    invited = fields.Boolean(required=True, metadata={"description": "Has not accepted the invitation yet."})
    disabled = fields.Boolean(required=True)
    two_factor = fields.Boolean(required=True)
    created_at = Instant(required=True)
    last_sign_in_at = Instant(required=True, allow_none=True)


class NewAdmin(Schema):
    """Somebody to invite."""

    email = text(257, required=True)
    role = fields.Enum(Role, by_value=True, required=True)


class Invited(Admin):
    """Who was invited, and the link they come in by; it is in this answer and never again."""

    invitation_url = fields.String(required=True)
    expires_at = Instant(required=True)


class AdminChanges(Schema):
    """What can be changed of an admin; the last owner stays one, and stays able to come in."""

    role = fields.Enum(Role, by_value=True)
    disabled = truth()


class AccountLink(Schema):
    """A link to a person's own page; it is in this answer and never again."""

    url = fields.String(required=True)
    expires_at = Instant(required=True)
