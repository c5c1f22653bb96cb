"""Two portals with one of everything, and how a route's parameters are filled with their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.routing import Rule

from scim_portal.context import Ctx
from scim_portal.db import Model, db, transact
from scim_portal.services import (
    access,
    account_links,
    bulk,
    catalog,
    exports,
    extensions,
    invitations,
    notices,
    overrides,
    queue_places,
    sessions,
    tokens,
)
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_patch, a_policy, a_rule, a_user

PARAMETER = re.compile(r"/([A-Za-z0-9-]+)/<(?:[^:<>]+:)?([a-z_]+)>")
SAME_EVERYWHERE = {"Schemas", "ResourceTypes", "static", "setup"}
PASSWORD = "a long enough passphrase"
LATER = "2027-01-01T00:00:00Z"
RENAME = a_patch({"op": "replace", "path": "displayName", "value": "Stolen"})
BODIES: dict[str, Any] = {
    "scim.replace_user": a_user("thief@x.example"), "scim.modify_user": RENAME, "scim.replace_group": a_group("Stolen"),
    "scim.modify_group": RENAME, "scim.create_user": a_user("new@x.example"), "scim.create_group": a_group("New"),
    "tokens.issue_token": {"expires_at": LATER}, "tokens.regenerate_token": {"expires_at": LATER},
    "overrides.add_override": {"license_type": "pro", "kind": "pin", "reason": "theft"},
    "license-types.add_contract_line": {"quantity": 1}, "license-types.change_contract_line": {"quantity": 9},
    "license-types.change_license_type": {"name": "Stolen"}, "connectors.change_connector": {"name": "Stolen"},
    "schemas.change_schema": {"name": "Stolen"}, "portal.schema": {"name": "Stolen", "name.0": "stolen"},
    "portal.override_add": {"license_type": "pro", "kind": "pin", "reason": "theft"}, "portal.line_add": {"quantity": "1"},
    "portal.token_issue": {"expires_at": "2027-01-01"}, "portal.token_regenerate": {"expires_at": "2027-01-01",
    "overlap": "0"},
    "portal.license": {"name": "Stolen", "rank": "1", "hold_days": "1", "settle_seconds": "1", "allowance": "1"},
    "portal.connector": {"name": "Stolen"}, "portal.connector_enable": {"enabled": "1"}, "portal.rule_move": {"to": "up"},
    "portal.rule": {"name": "Stolen", "mode": "text", "condition": "title pr", "grant.pro": "1", "state": "active",
    "queue_priority": "1"},
    "portal.rule_state": {"state": "paused"}, "frozen-rules.relink_rule": {"from": "x", "to": "y"},
    "portal.connector_debug": {"hours": "1"}, "portal.setup_guide": {"expires_at": "2027-01-01"},
    "portal.default_decide": {"default.cal": "none"},
    "mapping.put_mapping": {"user": {"requests": [{"constant": "x", "target": "title"}]}},
    "portal.waitlist_priority": {"queue_priority": "1", "reason": "theft"},
    "records.change_ticket": {"queue_priority": 1, "reason": "theft"}, "portal.bulk_run": {"action": "deactivate"},
    "portal.bulk_preview": {"action": "deactivate", "scope": "page"},
    "admins.change_admin": {"role": "auditor"}, "portal.admin_role": {"role": "auditor"},
    "mapping.preview_mapping": {"resource": "user", "sample": {}},
}  # fmt: skip


@dataclass(frozen=True)
class Furnished:
    """A portal, its credentials, and the id of one thing of every kind, by the path segment before it."""

    portal: PortalUnderTest
    session: str
    ids: dict[str, str]

    def headers(self, path: str) -> dict[str, str]:
        """Give the credential that a path takes."""
        if path.startswith("/scim/"):
            return {"Authorization": f"Bearer {self.portal.token}"}
        if path.startswith("/api/"):
            return {"Authorization": f"Bearer {self.portal.api_key()}"}
        return {"Cookie": f"session={self.session}"}

    def rows(self) -> dict[str, list[Any]]:
        """Read everything the portal has but evidence of calls."""
        db.session.rollback()
        noted = {"portal", "throttle", "provisioning_entry", "credential", "connector", "admin_session", "admin_action"}
        tables = {name: table for name, table in Model.metadata.tables.items() if name not in noted}
        return {name: self._of(table) for name, table in tables.items()}

    def _of(self, table: Any) -> list[Any]:
        mine = select(table).where(table.c.portal_id == self.portal.ref.id)
        return list(db.session.execute(mine.order_by(*table.primary_key)))


def furnish(portal: PortalUnderTest, mark: str, versions: int) -> Furnished:
    """Fill a portal; `mark` makes its names its own."""
    portal.client = LoneClient(portal.app, portal.app.response_class, use_cookies=False)
    portal.license("pro", 5)
    portal.license(f"only-{mark}", 5)
    for number in range(versions):
        portal.publish(a_policy(a_rule(f"rule-{mark}", f'title eq "{number}"', "pro"), default="pro"))
    user, connector = portal.provision(f"{mark}@x.example"), portal.connector().id
    found = {"user": user, "group": portal.push(f"Group {mark}", user), "connectors": connector}
    portal.api_key()
    found |= transact(lambda: _made(portal, user, connector))
    found |= {"rule": f"rule-{mark}", "type": f"only-{mark}", "version": str(versions), "setup": "entra"}
    alike = {
        "Users": "user",
        "users": "user",
        "Groups": "group",
        "groups": "group",
        "rules": "rule",
        "licenses": "type",
        "frozen-rules": "rule",
        "Entitlements": "type",
    }
    alike |= {"license-types": "type", "versions": "version", "history": "version", "exceptions": "overrides"}
    session = _session(portal)
    found |= transact(lambda: _people(portal, user, session))
    return Furnished(portal, session, found | {segment: found[name] for segment, name in alike.items()})


def _made(portal: PortalUnderTest, user: str, connector: str) -> dict[str, str]:
    ctx = portal.ctx()
    export = exports.begin(ctx, exports.Request("seats", "csv"))
    token = tokens.of_connector(ctx, connector)[0].id
    return {
        "contract-lines": catalog.lines(ctx, "pro")[0].id,
        "overrides": overrides.add(ctx, user, license_type="pro", kind="pin", reason="kept").id,
        "tokens": token,
        "api-keys": tokens.api_keys(ctx)[0].id,
        "exports": export.id,
        "notices": _told(ctx),
        "jobs": export.id,
        "bulk": bulk.begin(ctx, bulk.Order(bulk.Action.DEACTIVATE), [user]).id,
        "tickets": queue_places.ticket_id(user, "pro"),
        "schemas": extensions.declare(
            ctx, urn=f"urn:acme:{portal.slug}", name="Acme", attributes=[{"name": "badge"}]
        ).schema.id,
    }


def _people(portal: PortalUnderTest, user: str, session: str) -> dict[str, str]:
    """An owner and their session, somebody invited, and a link to a user's page."""
    ctx = portal.ctx()
    owner = sessions.who(ctx, session)
    assert owner is not None
    invitation = invitations.invite(ctx, email=f"invited@{portal.slug}.example", role="auditor")
    link = account_links.make(ctx, user)
    return {
        "admins": invitation.admin.id,
        "sessions": owner[1].id,
        "invitation": invitation.url.rpartition("/")[2],
        "account": link.url.rpartition("/")[2],
    }


def _told(ctx: Ctx) -> str:
    """Have the expiry of the keys told."""
    notices.sweep(ctx)
    found: str = notices.listed(ctx).items[0].id
    return found


def _session(portal: PortalUnderTest) -> str:
    email, password = portal.admin()
    admin = transact(lambda: access.sign_in(portal.ctx(), email=email, password=password))
    assert admin is not None
    return transact(lambda: access.change_password(portal.ctx(), admin.admin.id, old=password, new=PASSWORD))


def parameters(rule: Rule) -> list[tuple[str, str]]:
    """Give (segment before, parameter name) of each parameter of a route."""
    found = PARAMETER.findall(rule.rule)
    assert len(found) == rule.rule.count("<"), f"cannot read the parameters of {rule.rule}"
    return found


def filled(rule: Rule, values: dict[str, str]) -> str:
    """Put values, by the segment before them, into a route. Raises KeyError for a segment that nobody furnished."""
    path = rule.rule
    for segment, name in parameters(rule):
        path = re.sub(rf"<(?:[^:<>]+:)?{name}>", values[segment], path)
    return path
