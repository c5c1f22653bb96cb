"""Commands that create portals, admins and credentials."""

from __future__ import annotations

from datetime import timedelta

import click

from scim_portal.commands import surroundings
from scim_portal.commands.surroundings import Duration, as_json, in_portal, show, write
from scim_portal.context import ActorKind, Ctx, Role, system
from scim_portal.models import Connector
from scim_portal.services import access, audit, connectors, portals, rulebook, tokens
from scim_portal.services.audit import Action
from scim_portal.services.tokens import Issued


@click.group()
def portal() -> None:
    """Create portals."""


@portal.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@as_json
def create_portal(slug: str, name: str, as_json: bool) -> None:
    """Create the portal SLUG."""
    with surroundings.settings() as settings:

        def unit() -> portals.PortalRef:
            made = portals.create(settings, slug, name=name)
            ctx = system(made, settings, kind=ActorKind.COMMAND, name="command line")
            audit.record(ctx, Action.PORTAL_CREATED, "portal", made.id, made.slug)
            return made

        made = write(unit)
        result = {"slug": made.slug, "url": made.base_url, "scim_base_url": made.scim_base_url}
        show(result, f"Portal {made.slug}: {made.base_url}/\nSCIM base URL: {made.scim_base_url}", as_json=as_json)


@click.group()
def admin() -> None:
    """Create admins."""


@admin.command("create")
@in_portal
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@as_json
def create_admin(slug: str, email: str, role: str, as_json: bool) -> None:
    """Create an admin and print the one-time password."""
    with surroundings.portal(slug) as ctx:
        made, password = write(lambda: access.create_admin(ctx, email=email, role=role))
        people = f"{made.email} may sign in with this password, and must change it then: {password}"
        show({"email": made.email, "password": password}, people, as_json=as_json)


@click.group("api-key")
def api_key() -> None:
    """Create API keys."""


@api_key.command("create")
@in_portal
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--expires-in", type=Duration(), required=True, help="Such as 30d.")
@click.option("--name", help="What it is for.")
@as_json
def create_api_key(slug: str, role: str, expires_in: timedelta, name: str | None, as_json: bool) -> None:
    """Create an API key and print its value, once."""
    with surroundings.portal(slug) as ctx:
        made = write(lambda: tokens.issue_api_key(ctx, role=Role(role), expires_at=ctx.now + expires_in, name=name))
        result = {"id": made.id, "key": made.value, "expires_at": _stamp(made)}
        show(result, f"{made.value}\nIt expires at {_stamp(made)} and is not shown again.", as_json=as_json)


@click.group()
def token() -> None:
    """Issue SCIM tokens."""


@token.command("issue")
@in_portal
@click.option("--connector", "kind", type=click.Choice(list(connectors.KINDS)), required=True)
@click.option("--expires-in", type=Duration(), required=True, help="Such as 90d.")
@as_json
def issue_token(slug: str, kind: str, expires_in: timedelta, as_json: bool) -> None:
    """Issue a token; the connector is created and enabled if need be, an undecided default license becomes “no license”."""
    with surroundings.portal(slug) as ctx:
        made = write(lambda: issue(ctx, kind, expires_in))
        result = {"id": made.id, "token": made.value, "expires_at": _stamp(made)}
        show(result, f"{made.value}\nIt expires at {_stamp(made)} and is not shown again.", as_json=as_json)


def issue(ctx: Ctx, kind: str, expires_in: timedelta) -> Issued:
    connector: Connector = connectors.of_kind(ctx, kind) or connectors.create(ctx, kind=kind)
    if not rulebook.default_is_decided(ctx):
        document = rulebook.current(ctx)[1]
        rulebook.publish(ctx, document | {"defaults": {portals.FIRST_FAMILY: None}})
    issued = tokens.issue_scim(ctx, connector, expires_at=ctx.now + expires_in)
    connectors.change(ctx, connector.id, enabled=True)
    return issued


def _stamp(issued: Issued) -> str:
    return issued.expires_at.isoformat().replace("+00:00", "Z")


COMMANDS = (portal, admin, api_key, token)
