"""Attribute mappings: a connector's rules on what feeds what, kept, tried on a sample, and run on every body that goes through.

What a rule means is in `protocol.conversions`; rows and resources are brought together in `mapping`, which is something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Invalid
from scim_portal.models import User
from scim_portal.protocol import conversions, resource
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.conversion_rules import DIRECTIONS, KINDS, ROOT
from scim_portal.protocol.conversions import Conversion
from scim_portal.protocol.errors import InvalidValue, ScimError
from scim_portal.protocol.patch_request import Operation
from scim_portal.protocol.tolerance import NAMED
from scim_portal.services import audit, connectors, directory, resource_types
from scim_portal.services.audit import Action

Document = dict[str, Any]
EMPTY: Document = {kind: {direction: [] for direction in DIRECTIONS} for kind in KINDS}
_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of a sample: as converted, and what would be kept of it; `problem` says why it would be refused."""

    result: Document
    stored: Document | None = None
    problem: str | None = None


def of(ctx: Ctx, kind: ResourceType) -> Conversion | None:
    """Give the rules of the connector that is calling; None, at no cost, when it has none.

    Raises the protocol's InvalidValue when they no longer fit, as when an extension that they name was removed.
    """
    document = ctx.connector.conversion if ctx.connector else None
    if document is None:
        return None
    return _compiled(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), kind)


def incoming(ctx: Ctx, kind: ResourceType, payload: Document) -> Document:
    """Convert the body of a POST or PUT."""
    found = of(ctx, kind)
    return payload if found is None else conversions.incoming(found, payload)


def incoming_patch(ctx: Ctx, kind: ResourceType, operations: Sequence[Operation]) -> Sequence[Operation]:
    """Convert the operations of a PATCH."""
    found = of(ctx, kind)
    return operations if found is None else conversions.incoming_patch(found, operations)


def outgoing(ctx: Ctx, kind: ResourceType, resources: list[bytes]) -> list[bytes]:
    """Convert finished resources for an answer."""
    found = of(ctx, kind)
    if found is None or not found.answers:
        return resources
    return [resource.dumps(conversions.outgoing(found, orjson.loads(one))) for one in resources]


def document(ctx: Ctx, connector_id: str) -> Document:
    """Give a connector's document, every part of it there. Raises `NotFound`."""
    stored = connectors.find(ctx, connector_id).conversion or {}
    return {kind: {side: stored.get(kind, {}).get(side, []) for side in DIRECTIONS} for kind in KINDS}


def count(ctx: Ctx, connector_id: str) -> int:
    """Count a connector's rules."""
    return sum(len(rules) for part in document(ctx, connector_id).values() for rules in part.values())


def save(ctx: Ctx, connector_id: str, content: Document) -> Document:
    """Keep a document; one without rules is none. Raises `Invalid` whose field points at the wrong place."""
    connector = connectors.find(ctx, connector_id)
    _checked(ctx, content)
    before, connector.conversion = connector.conversion, content if _has_rules(content) else None
    db.session.flush()
    if connector.conversion != before:
        action = Action.MAPPING_REMOVED if connector.conversion is None else Action.MAPPING_CHANGED
        audit.record(ctx, action, "connector", connector.id, connector.name, before=before, after=connector.conversion)
    return document(ctx, connector_id)


def preview(ctx: Ctx, connector_id: str, content: Document, *, kind: str, direction: str, sample: Document) -> Preview:
    """Try a document on a sample, exactly as a call of this connector would; nothing is stored. Raises `Invalid`."""
    connector = connectors.find(ctx, connector_id)
    checked = {one.resource_type.name.lower(): one for one in _checked(ctx, content)}
    rules, described = checked[kind], checked[kind].resource_type
    if direction == "answers":
        return Preview(conversions.outgoing(rules, sample))
    result = conversions.incoming(rules, sample)
    try:
        return Preview(result, resource.load(described, result, tolerance=NAMED[connector.tolerance]))
    except ScimError as refused:
        return Preview(result, problem=refused.detail)


def last_user(ctx: Ctx) -> Document | None:
    """Give the user who was provisioned last, as an answer shows them: a sample to try rules on."""
    query = select(User.id, User.version, User.document).where(
        User.portal_id == ctx.portal.id, User.deleted_at.is_(None)
    )
    rows = db.session.execute(query.order_by(User.id.desc()).limit(1)).all()
    found = directory.finished_users(ctx, rows)
    return orjson.loads(found[0]) if found else None


def _checked(ctx: Ctx, content: Document) -> list[Conversion]:
    """Check a document for users and groups. Raises `Invalid` with a JSON pointer to the wrong place."""
    try:
        return [conversions.from_document(content, kind) for kind in resource_types.of(ctx).both]
    except InvalidValue as problem:
        steps = [] if problem.attribute == ROOT else _STEP.findall(problem.attribute or "")
        raise Invalid(problem.detail, field="".join(f"/{step}" for step in steps) or "mapping") from None


@lru_cache(maxsize=256)
def _compiled(content: bytes, kind: ResourceType) -> Conversion:
    try:
        return conversions.from_document(orjson.loads(content), kind)
    except InvalidValue as problem:
        sentence = f"The connector's attribute mapping does not fit any more: {problem.detail}"
        raise InvalidValue(sentence, attribute=problem.attribute) from None


def _has_rules(content: Document) -> bool:
    return any(rules for part in content.values() for rules in part.values())
