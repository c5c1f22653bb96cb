"""Who acts, where and when: passed to every service, never fetched from the surroundings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from scim_portal import clock
from scim_portal.config import Settings
from scim_portal.ids import new_id

UNREAD: Final = ""


class Role(StrEnum):
    """What an admin or an API key may do, richest first."""

    OWNER = "owner"
    LICENSE_ADMIN = "license-admin"
    AUDITOR = "auditor"
    HELPDESK = "helpdesk"


class ActorKind(StrEnum):
    """Through which door somebody came."""

    SCIM = "scim"
    ADMIN = "admin"
    API_KEY = "api-key"
    COMMAND = "command"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or the clock, on whose behalf a service runs."""

    kind: ActorKind
    id: str | None
    name: str
    role: Role | None = None
    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class PortalRef:
    """A portal as services see it: plain values, safe to keep beyond a session. `base_url` ends without a slash."""

    id: str
    slug: str
    name: str
    base_url: str

    @property
    def scim_base_url(self) -> str:
        """Give the address that an identity provider is told."""
        return f"{self.base_url}/scim/v2"


@dataclass(frozen=True, slots=True)
class ConnectorRef:
    """The identity provider's connection that a SCIM request came through.

    `conversion` is the document of its attribute mapping, if it has one; with `debug` the log keeps bodies.
    """

    id: str
    kind: str
    name: str
    strict: bool = False
    show_licenses: bool = False
    tolerance: str = "generic"
    conversion: dict[str, Any] | None = field(default=None, hash=False)
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Ctx:
    """One unit of work: in which portal, by whom, through which connector, at which instant (aware UTC).

    `effects` collects what the unit did to seats, one line each, for the log of the request that caused it. `schema_stamp`
    is the portal's, where somebody read it on the way in; `UNREAD` otherwise.
    """

    portal: PortalRef
    actor: Actor
    now: datetime
    request_id: str
    settings: Settings = field(repr=False)
    connector: ConnectorRef | None = None
    effects: list[dict[str, str]] = field(default_factory=list, compare=False, repr=False)
    schema_stamp: str | None = UNREAD


def system(portal: PortalRef, settings: Settings, *, kind: ActorKind, name: str) -> Ctx:
    """Make the context of work that no request carries: a command, a job, the clock."""
    return Ctx(portal, Actor(kind, None, name, Role.OWNER), clock.now(), new_id(), settings)


def at(ctx: Ctx, moment: datetime) -> Ctx:
    """Move a context to another instant."""
    return replace(ctx, now=moment)
