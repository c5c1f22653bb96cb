"""Extension schemas that a portal's admins declare at run time: said, changed, taken back (RFC 7643 §3.3).

The row of the portal is locked throughout, so that the policy in force always compiles against the extensions in force. Data
of users and groups is never touched here; a job folds it anew (`refolding`). What a declaration may say is in the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import ExtensionSchema, Job, Portal
from scim_portal.protocol import schema_documents
from scim_portal.protocol.attributes import ResourceType, Schema
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, refolding, resource_types, schema_needs, work
from scim_portal.services.audit import Action

KINDS = ("User", "Group")
MOST_SCHEMAS = 50


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared schema, and the job that brings what is stored in line with it (None: nothing to do)."""

    schema: ExtensionSchema
    job: Job | None


def everyone(ctx: Ctx) -> list[ExtensionSchema]:
    """List the portal's declared schemas, oldest first."""
    return list(db.session.scalars(scoped(ExtensionSchema, ctx).order_by(ExtensionSchema.id)))


def find(ctx: Ctx, id: str) -> ExtensionSchema:
    """Find a declared schema by id. Raises `NotFound`."""
    found = db.session.scalar(scoped(ExtensionSchema, ctx).where(ExtensionSchema.id == id)) if is_id(id) else None
    if found is None:
        raise NotFound("There is no such schema in this portal.", field="id", value=id)
    return found


def declare(
    ctx: Ctx, *, urn: str, name: str, attributes: object, description: str = "", resource_kind: str = "User"
) -> Declared:
    """Declare an extension. Raises `Invalid` naming the place, or `Conflict` for a URN that is taken."""
    version, others = _locked(ctx), everyone(ctx)
    schema = _read(urn, name, description, attributes)
    if resource_kind not in KINDS:
        raise Invalid("An extension is for User or for Group.", field="resource_kind", value=resource_kind)
    if len(others) >= MOST_SCHEMAS:
        raise Invalid(say("A portal has at most {most} schemas of its own.", most=MOST_SCHEMAS), field="urn")
    _refuse_taken(schema, others)
    row = ExtensionSchema(
        portal_id=ctx.portal.id, id=new_id(), resource_kind=resource_kind, urn=schema.id, urn_folded=schema.id.lower(),
        name=schema.name, description=schema.description, attributes=_written(schema), created_at=ctx.now,
        updated_at=ctx.now,
    )  # fmt: skip
    schema_needs.keep(ctx, version, _users(others), _users([*others, row]))
    db.session.add(row)
    db.session.flush()
    audit.record(ctx, Action.SCHEMA_DECLARED, "schema", row.id, row.urn, after=_state(row))
    return Declared(row, _announce(ctx, row))


def change(
    ctx: Ctx, id: str, *, name: str | None = None, description: str | None = None, attributes: object = None
) -> Declared:
    """Change what is given; `attributes` is the whole list. Raises `Conflict` naming a rule that needs what would go."""
    version, row = _locked(ctx), find(ctx, id)
    before, was = _state(row), resource_types.schema_of(row)
    schema = _read(
        row.urn,
        row.name if name is None else name,
        row.description if description is None else description,
        row.attributes if attributes is None else attributes,
    )
    _refuse_taken(schema, [one for one in everyone(ctx) if one.id != id])
    refolds, kept = was.attributes != schema.attributes, schema_needs.unchanged(was, schema)
    if refolds:
        users = _users(everyone(ctx))
        for then in (kept, schema):
            schema_needs.keep(ctx, version, users, schema_needs.with_schema(users, then))
    row.name, row.description, row.attributes = schema.name, schema.description, _written(schema)
    if _state(row) == before:
        return Declared(row, None)
    row.updated_at = ctx.now
    db.session.flush()
    audit.record(ctx, Action.SCHEMA_CHANGED, "schema", id, row.urn, before=before, after=_state(row))
    if len(kept.attributes) < len(was.attributes):
        refolding.forget(ctx, row.resource_kind, row.urn)
    return Declared(row, _announce(ctx, row, refolds=refolds))


def remove(ctx: Ctx, id: str) -> None:
    """Take a declaration back; the data stays in the documents. Raises `Conflict` naming a rule that uses it."""
    version, row, others = _locked(ctx), find(ctx, id), everyone(ctx)
    schema_needs.keep(ctx, version, _users(others), _users([one for one in others if one.id != id]))
    db.session.delete(row)
    db.session.flush()
    audit.record(ctx, Action.SCHEMA_REMOVED, "schema", id, row.urn, before=_state(row))
    refolding.forget(ctx, row.resource_kind, row.urn)
    _announce(ctx, row, refolds=False)


def _locked(ctx: Ctx) -> int:
    """Lock the portal against publishing and against writes that would fold by old extensions; give the policy version."""
    query = select(Portal.policy_version).where(Portal.id == ctx.portal.id).with_for_update()
    return db.session.scalars(query).one()


def _announce(ctx: Ctx, row: ExtensionSchema, *, refolds: bool = True) -> Job | None:
    stamp = new_id() if everyone(ctx) else None
    db.session.execute(update(Portal).where(Portal.id == ctx.portal.id).values(schema_stamp=stamp))
    if not refolds:
        return None
    return work.enqueue(ctx, "refold", resource_kind=row.resource_kind, urn=row.urn)


def _read(urn: object, name: object, description: object, attributes: object) -> Schema:
    try:
        return schema_documents.read(urn, name, description, attributes)
    except InvalidValue as refusal:
        raise Invalid(refusal.detail, field=refusal.attribute, value=refusal.value) from None


def _refuse_taken(schema: Schema, others: list[ExtensionSchema]) -> None:
    for other in others:
        if other.urn_folded == schema.id.lower():
            raise Conflict(say("The schema '{urn}' is declared already.", urn=other.urn), field="urn", value=schema.id)
        theirs = resource_types.schema_of(other)
        for one, names in ((schema.id, _paths(theirs)), (theirs.id, _paths(schema))):
            if one.lower() in names:
                raise Conflict(
                    say("'{one}' would be both a schema and an attribute of another.", one=one), field="urn", value=one
                )


def _users(rows: list[ExtensionSchema]) -> ResourceType:
    return resource_types.built(rows).user


def _paths(schema: Schema) -> set[str]:
    return {f"{schema.id}:{one.name}".lower() for one in schema.attributes}


def _written(schema: Schema) -> list[dict[str, Any]]:
    return schema_documents.write_attributes(schema.attributes)


def _state(row: ExtensionSchema) -> dict[str, Any]:
    return {one: getattr(row, one) for one in ("urn", "name", "description", "resource_kind", "attributes")}
