"""The resource types of one portal: what this server knows by itself, and the extensions that the portal's admins declared.

Everybody who reads, folds, filters, sorts or judges a user or a group asks here which attributes there are. Compiled once per
`Portal.schema_stamp`; a portal without declared extensions pays nothing. Declaring them is in `extensions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from scim_portal.context import UNREAD, Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Unavailable
from scim_portal.models import ExtensionSchema, Portal
from scim_portal.protocol import schema_documents
from scim_portal.protocol.attributes import ResourceType, Schema
from scim_portal.protocol.definitions import GROUP, USER

MOST_KEPT = 1000
_PORTAL = Portal.__table__.c
_STAMP = select(_PORTAL.schema_stamp).where(_PORTAL.id == bindparam("portal"))
_SHARED = _STAMP.with_for_update(read=True)


@dataclass(frozen=True, slots=True)
class Types:
    """A portal's users and groups, described."""

    user: ResourceType = USER
    group: ResourceType = GROUP

    @property
    def both(self) -> tuple[ResourceType, ResourceType]:
        """Give users first, then groups."""
        return self.user, self.group


class Outdated(Unavailable):
    """Extensions changed while this unit of work was under way: it has to run again with those of now."""


PLAIN = Types()
_cache: dict[tuple[str, str], Types] = {}


def user(ctx: Ctx) -> ResourceType:
    """Describe the portal's users."""
    return of(ctx).user


def group(ctx: Ctx) -> ResourceType:
    """Describe the portal's groups."""
    return of(ctx).group


def of(ctx: Ctx) -> Types:
    """Describe users and groups; one statement where the context did not bring the stamp along."""
    stamp = ctx.schema_stamp
    return at(ctx, db.session.scalar(_STAMP, {"portal": ctx.portal.id}) if stamp == UNREAD else stamp)


def at(ctx: Ctx, stamp: str | None) -> Types:
    """Describe users and groups as of a stamp that was read from the portal's row."""
    if stamp is None:
        return PLAIN
    key = (ctx.portal.id, stamp)
    if key not in _cache:
        if len(_cache) > MOST_KEPT:
            _cache.clear()
        _cache[key] = built(db.session.scalars(scoped(ExtensionSchema, ctx).order_by(ExtensionSchema.id)))
    return _cache[key]


def built(rows: Iterable[ExtensionSchema]) -> Types:
    """Add declared extensions to what is known anyway, oldest first."""
    found: dict[str, list[Schema]] = {"User": [], "Group": []}
    for row in rows:
        found[row.resource_kind].append(schema_of(row))
    return Types(*(replace(one, extensions=(*one.extensions, *found[one.name])) for one in PLAIN.both))


def declared(kind: ResourceType) -> tuple[Schema, ...]:
    """List the extensions of a resource type that this server does not know by itself."""
    known = {extension.id for one in PLAIN.both for extension in one.extensions}
    return tuple(one for one in kind.extensions if one.id not in known)


def schema_of(row: ExtensionSchema) -> Schema:
    """Read a declared extension back; it was checked when it was stored."""
    return Schema(row.urn, row.name, row.description, schema_documents.read_attributes(row.attributes))


def confirm(ctx: Ctx) -> None:
    """Make sure, until the end of this transaction, that what was folded is folded by the extensions in force.

    For writes that do not read the policy; free for portals without extensions. Raises `Outdated`.
    """
    if ctx.schema_stamp not in (UNREAD, None):
        check(ctx, db.session.scalar(_SHARED, {"portal": ctx.portal.id}))


def check(ctx: Ctx, stamp: str | None) -> None:
    """Compare the stamp that this unit began with to the one read under a lock. Raises `Outdated`."""
    if ctx.schema_stamp not in (UNREAD, stamp):
        raise Outdated("The portal's schemas changed just now. Send the request again.")
