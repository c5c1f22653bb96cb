"""Portals made for one test: in process with a Flask client, or on a running server; and the builders that fill them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from scim_portal.config import Settings
from scim_portal.context import ActorKind, Ctx, PortalRef, Role, system
from scim_portal.db import transact
from scim_portal.jobs import runner
from scim_portal.models import Connector
from scim_portal.services import access, catalog, connectors, portals, rulebook, tokens
from tests.servers import Server

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def new_slug() -> str:
    """Name a portal nobody else has."""
    return f"t{secrets.token_hex(6)}"


def a_user(user_name: str = "ann@acme.example", **attributes: Any) -> dict[str, Any]:
    """Okta's create body for one person."""
    return {
        "schemas": [CORE_USER],
        "userName": user_name,
        "name": {"givenName": "Ann", "familyName": "Archer"},
        "emails": [{"primary": True, "value": user_name, "type": "work"}],
        "active": True,
        "groups": [],
        "password": "1mz050nq",
    } | attributes


def a_group(name: str = "Sales", *member_ids: str) -> dict[str, Any]:
    """A group's create body."""
    return {"schemas": [CORE_GROUP], "displayName": name, "members": [{"value": id} for id in member_ids]}


def a_patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH message."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def a_rule(id: str, condition: str, *grants: str, **rest: Any) -> dict[str, Any]:
    """A rule of a policy document."""
    return {"id": id, "name": id.title(), "condition": condition, "grants": list(grants)} | rest


def a_policy(*rules: dict[str, Any], default: str | None = None) -> dict[str, Any]:
    """A policy document for the family `cal`."""
    return {"families": {"cal": {"mode": "first-match"}}, "defaults": {"cal": default}, "rules": list(rules)}


@dataclass
class PortalUnderTest:
    """A portal in process. Calls return Flask's answers; `ctx()` is for calling services directly."""

    app: Flask
    ref: PortalRef
    client: FlaskClient
    keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def create(cls, app: Flask) -> PortalUnderTest:
        """Make an empty portal."""
        slug = new_slug()
        ref = transact(lambda: portals.create(app.config["SETTINGS"], slug, name=slug.title()))
        return cls(app, ref, app.test_client())

    @property
    def slug(self) -> str:
        return self.ref.slug

    @property
    def base(self) -> str:
        return f"/p/{self.slug}"

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.config["SETTINGS"]
        return found

    def ctx(self, kind: ActorKind = ActorKind.COMMAND) -> Ctx:
        """A context of now."""
        return system(self.ref, self.settings, kind=kind, name="test")

    def connector(self, kind: str = "okta", *, enabled: bool = True) -> Connector:
        """A connector, enabled with a decided default and a token."""

        def unit() -> Connector:
            ctx = self.ctx()
            found = connectors.of_kind(ctx, kind) or connectors.create(ctx, kind=kind)
            if enabled and not found.enabled:
                if not rulebook.default_is_decided(ctx):
                    rulebook.publish(ctx, rulebook.current(ctx)[1] | {"defaults": {"cal": None}})
                tokens.issue_scim(ctx, found, expires_at=ctx.now + timedelta(days=1))
                connectors.change(ctx, found.id, enabled=True)
            return found

        return transact(unit)

    def scim_token(self, kind: str = "okta", *, lives: timedelta = timedelta(days=30)) -> str:
        """A fresh SCIM token of an enabled connector."""
        connector = self.connector(kind)
        return transact(lambda: tokens.issue_scim(self.ctx(), connector, expires_at=self.ctx().now + lives)).value

    @cached_property
    def token(self) -> str:
        """The SCIM token that `scim` uses."""
        return self.scim_token()

    def api_key(self, role: str = "owner") -> str:
        """An API key with a role, the same one each time."""
        if role not in self.keys:
            expires = self.ctx().now + timedelta(days=30)
            issued = transact(lambda: tokens.issue_api_key(self.ctx(), role=Role(role), expires_at=expires))
            self.keys[role] = issued.value
        return self.keys[role]

    def admin(self, role: str = "owner") -> tuple[str, str]:
        """An admin: e-mail and one-time password."""
        email = f"{role}@{self.slug}.example"
        return email, transact(lambda: access.create_admin(self.ctx(), email=email, role=role))[1]

    def scim(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """Call SCIM as Okta would."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json; charset=utf-8"}
        headers |= options.pop("headers", {})
        json = {} if body is None else {"json": body}
        return self.client.open(f"{self.base}/scim/v2{path}", method=method, headers=headers, **json, **options)

    def api(self, method: str, path: str, body: Any = None, *, role: str = "owner", **options: Any) -> Any:
        """Call the admin API."""
        headers = {"Authorization": f"Bearer {self.api_key(role)}"} | options.pop("headers", {})
        json = {} if body is None else {"json": body}
        return self.client.open(f"{self.base}/api/v1{path}", method=method, headers=headers, **json, **options)

    def provision(self, user_name: str, **attributes: Any) -> str:
        """Create a user by SCIM and give the id."""
        answer = self.scim("POST", "/Users", a_user(user_name, **attributes))
        assert answer.status_code == 201, answer.text
        id: str = answer.json["id"]
        return id

    def push(self, name: str, *member_ids: str) -> str:
        """Create a group by SCIM and give the id."""
        answer = self.scim("POST", "/Groups", a_group(name, *member_ids))
        assert answer.status_code == 201, answer.text
        id: str = answer.json["id"]
        return id

    def license(self, key: str, capacity: int | None, *, rank: int = 10, family: str = "cal", **rest: int) -> None:
        """A licence type with one contract line; settle time 0 unless said otherwise."""

        def unit() -> None:
            ctx = self.ctx()
            rest.setdefault("settle_seconds", 0)
            catalog.create_type(ctx, key=key, name=key.title(), family=family, rank=rank, **rest)
            if capacity != 0:
                catalog.add_line(ctx, key, quantity=capacity)

        transact(unit)

    def publish(self, document: dict[str, Any]) -> None:
        """Put a policy in force and settle everybody."""
        transact(lambda: rulebook.publish(self.ctx(), document))
        self.run_due()

    def run_due(self) -> None:
        """Do what the worker would do."""
        runner.run_portal(self.ref, self.settings)

    def usage(self) -> dict[str, tuple[int, int]]:
        """Seats used and tickets waiting, by type."""
        return {one.type.key: (one.type.used, one.type.waiting) for one in catalog.summaries(self.ctx())}


@dataclass
class LivePortal:
    """A portal on a running server, reached over real HTTP."""

    server: Server
    slug: str
    url: str
    scim_base_url: str
    token: str
    api_key: str
    admin_email: str
    admin_password: str

    @property
    def database(self) -> str:
        return self.server.database.kind

    @classmethod
    def create(cls, server: Server, *, connector: str = "okta") -> LivePortal:
        """Make a portal in the running server's database; what the commands print is tried in tests/commands."""
        with server.app.app_context():
            portal = PortalUnderTest.create(server.app)
            email, password = portal.admin()
            url = f"{server.url}/p/{portal.slug}"
            token, key = portal.scim_token(connector), portal.api_key()
            return cls(server, portal.slug, url, f"{url}/scim/v2", token, key, email, password)
