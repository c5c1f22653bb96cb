"""The portal `demo` of a first start: license types, a few rules and an Okta connector, so that there is something to see."""

from __future__ import annotations

from datetime import timedelta

from scim_portal.config import Settings
from scim_portal.context import ActorKind, PortalRef, system
from scim_portal.services import access, catalog, connectors, portals, rulebook, tokens
from scim_portal.services.tokens import Issued

SLUG, NAME = "demo", "Demo"
EMAIL = "admin@demo.example"
TYPES = (("creator", "Creator", 30, 8), ("collaborator", "Collaborator", 20, 15), ("viewer", "Viewer", 10, 40))
_DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
RULES = (
    ("contractors", "Contractors get no license", 'userType eq "Contractor"', ["none:cal"], []),
    ("design", "Design creates", 'groups.display eq "Design"', ["creator"], ["collaborator", "viewer"]),
    ("sales", "Sales creates", f'{_DEPARTMENT} eq "Sales"', ["creator"], ["collaborator", "viewer"]),
    ("engineering", "Engineering collaborates", f'{_DEPARTMENT} eq "Engineering"', ["collaborator"], ["viewer"]),
)


def create(settings: Settings) -> tuple[PortalRef, str, Issued]:
    """Create the portal; gives it with the admin's one-time password and the Okta connector's first token."""
    portal = portals.create(settings, SLUG, name=NAME)
    ctx = system(portal, settings, kind=ActorKind.COMMAND, name="first start")
    for key, name, rank, quantity in TYPES:
        catalog.create_type(ctx, key=key, name=name, family=portals.FIRST_FAMILY, rank=rank, settle_seconds=60)
        catalog.add_line(ctx, key, quantity=quantity)
    rulebook.publish(ctx, document())
    connector = connectors.create(ctx, kind="okta")
    token = tokens.issue_scim(ctx, connector, expires_at=ctx.now + timedelta(days=90))
    connectors.change(ctx, connector.id, enabled=True)
    _, password = access.create_admin(ctx, email=EMAIL, role="owner")
    return portal, password, token


def document() -> dict[str, object]:
    """Write the demo's policy."""
    rules = [
        {"id": id, "name": name, "condition": condition, "grants": grants, "fallback": fallback}
        for id, name, condition, grants, fallback in RULES
    ]
    return {"families": {"cal": {"mode": "first-match"}}, "defaults": {"cal": "viewer"}, "rules": rules}
