"""The policy in force and its history: compiled once per version, previewed, published with the preview's token, restored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import bindparam, delete, select, update

from rules import policy as policies
from rules.policy import LicenseType, Policy, PolicyError
from scim_portal import models
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid, NotFound, StaleVersion
from scim_portal.ids import new_id
from scim_portal.models import Freeze, Job, PolicyDraft, PolicyVersion, Portal
from scim_portal.prepared import Prepared
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.sentences import say
from scim_portal.services import (
    audit,
    policy_problems,
    resource_types,
    retired_types,
    rule_connectors,
    rule_states,
    work,
)
from scim_portal.services.audit import Action

EMPTY: dict[str, Any] = {"families": {"cal": {"mode": "first-match"}}, "defaults": {}, "rules": []}


_PORTAL = Portal.__table__.c
_GLANCE = select(_PORTAL.policy_version, _PORTAL.catalog_stamp, _PORTAL.schema_stamp).where(
    _PORTAL.id == bindparam("portal")
)
_IN_FORCE = Prepared(_GLANCE.with_for_update(read=True))
_TO_AMEND = Prepared(_GLANCE.with_for_update(key_share=True))
_AS_IT_STANDS = Prepared(_GLANCE)
_TO_PUBLISH = _GLANCE.with_for_update()


@dataclass(frozen=True, slots=True)
class Published:
    """A new version, and the job that brings everybody in line with it."""

    version: int
    job: Job


def in_force(ctx: Ctx) -> Policy:
    """Give the compiled policy, sharing a lock with other writes so that a publish waits for them, and they for it."""
    return _read(ctx, _IN_FORCE)


def in_force_locked(ctx: Ctx) -> Policy:
    """Give the compiled policy and keep others from settling anybody by it: it is about to be amended."""
    return _read(ctx, _TO_AMEND)


def glance(ctx: Ctx) -> Policy:
    """Give the compiled policy as it stands, with no lock: what it says may be old news by the time it is used."""
    return _read(ctx, _AS_IT_STANDS)


def stamps(ctx: Ctx) -> tuple[int, str, str | None]:
    """Give the numbers of the policy, the catalog and the schemas in force: a policy compiled under them stays good."""
    version, catalog, schemas = db.session.execute(_GLANCE, {"portal": ctx.portal.id}).one()
    return version, catalog, schemas


def hold(ctx: Ctx) -> tuple[int, str, str | None]:
    """Give the same, and keep others from settling anybody until this transaction ends, since a version is about to follow."""
    version, catalog, schemas = db.session.execute(_TO_PUBLISH, {"portal": ctx.portal.id}).one()
    return version, catalog, schemas


def _read(ctx: Ctx, query: Prepared) -> Policy:
    policy_version, catalog_stamp, schema_stamp = query.one_or_none(portal=ctx.portal.id)
    resource_types.check(ctx, schema_stamp)
    return _compiled(ctx, policy_version, catalog_stamp, schema_stamp)


def current(ctx: Ctx) -> tuple[int, dict[str, Any]]:
    """Give the version in force and its document; version 0 is the empty policy of a new portal."""
    version = db.session.scalar(select(Portal.policy_version).where(Portal.id == ctx.portal.id)) or 0
    return version, document(ctx, version)


def document(ctx: Ctx, version: int) -> dict[str, Any]:
    """Give the document of one version. Raises `NotFound`."""
    if version == 0:
        return EMPTY
    found = db.session.scalar(scoped(PolicyVersion, ctx).where(PolicyVersion.version == version))
    if found is None:
        raise NotFound(say("There is no policy version {version}.", version=version), field="version", value=version)
    return found.document


def versions(ctx: Ctx) -> list[PolicyVersion]:
    """List all versions, newest first."""
    return list(db.session.scalars(scoped(PolicyVersion, ctx).order_by(PolicyVersion.version.desc())))


def default_is_decided(ctx: Ctx) -> bool:
    """Tell whether the admin said what everybody else gets, be it nothing, in at least one family."""
    return bool(current(ctx)[1]["defaults"])


def compile_document(ctx: Ctx, content: object, kind: ResourceType | None = None) -> Policy:
    """Compile a document from outside against the portal's licence types. Raises `Invalid` that points at the nodes."""
    rows = _type_rows(ctx)
    try:
        policy = policies.from_document(content, _described(rows), kind or resource_types.user(ctx))
    except PolicyError as error:
        raise policy_problems.refusal([(problem.path, problem.message) for problem in error.problems]) from None
    retired_types.refuse(policy, frozenset(row.key for row in rows if row.retired_at is not None))
    return policy


def compose(ctx: Ctx, content: object, kind: ResourceType | None = None) -> Policy:
    """Compile a document as it would be in force by now, with rules in the state of their groups. Raises `Invalid`."""
    policy = compile_document(ctx, content, kind)
    rule_connectors.refuse(ctx, policy)
    return rule_states.as_it_stands(ctx, policy, glance(ctx))


def license_types(ctx: Ctx) -> dict[str, LicenseType]:
    """Describe the portal's licence types to the rules."""
    return _described(_type_rows(ctx))


def _type_rows(ctx: Ctx) -> list[models.LicenseType]:
    return list(db.session.scalars(scoped(models.LicenseType, ctx).order_by(models.LicenseType.key)))


def _described(rows: list[models.LicenseType]) -> dict[str, LicenseType]:
    return {
        row.key: LicenseType(row.key, row.name, row.family, row.rank, row.hold_days, row.settle_seconds) for row in rows
    }


def publish(
    ctx: Ctx, content: dict[str, Any], *, predicted: dict[str, Any] | None = None, base: int | None = None
) -> Published:
    """Put a document in force as a new immutable version and enqueue the job that settles everybody.

    `base` is the version the author looked at: raises `StaleVersion` when another one was published since.
    """
    version, _, schema_stamp = hold(ctx)
    if base is not None and base != version:
        raise StaleVersion(
            say("Version {version} was published meanwhile; look at the preview again.", version=version), field="base"
        )
    kind = resource_types.at(ctx, schema_stamp).user
    compiled = compose(ctx, policies.with_ids(content, new_id), kind)
    content = policies.to_document(compiled)
    _thaw(ctx, compiled)
    before = document(ctx, version)
    job = work.enqueue(ctx, "settle_all", version=version + 1)
    db.session.add(
        PolicyVersion(
            portal_id=ctx.portal.id, version=version + 1, document=content, author=ctx.actor.name, created_at=ctx.now,
            job_id=job.id, predicted=predicted,
        )
    )  # fmt: skip
    db.session.execute(update(Portal).where(Portal.id == ctx.portal.id).values(**_in_force_from(version + 1)))
    db.session.flush()
    audit.record(ctx, Action.POLICY_PUBLISHED, "policy", str(version + 1), before=before, after=content)
    return Published(version + 1, job)


def amend(ctx: Ctx, content: dict[str, Any]) -> int:
    """Put a document in force that changes nobody's wishes at this moment, so that no job has to settle everybody.

    The caller holds `in_force_locked`. What is amended is the freezing and thawing of rules, by the event that causes it.
    """
    version = current(ctx)[0] + 1
    content = policies.to_document(compile_document(ctx, content))
    db.session.add(
        PolicyVersion(
            portal_id=ctx.portal.id, version=version, document=content, author=ctx.actor.name, created_at=ctx.now
        )
    )
    db.session.execute(update(Portal).where(Portal.id == ctx.portal.id).values(**_in_force_from(version)))
    db.session.flush()
    audit.record(ctx, Action.POLICY_AMENDED, "policy", str(version), before=document(ctx, version - 1), after=content)
    return version


def _in_force_from(version: int) -> dict[str, Any]:
    """Number a version, with a new stamp: what a transaction that failed compiled must not pass for the next of that number."""
    return {"policy_version": version, "catalog_stamp": new_id()}


def restore(ctx: Ctx, version: int) -> Published:
    """Put an old version's document in force again, as a new version."""
    return publish(ctx, document(ctx, version))


def draft(ctx: Ctx) -> tuple[int, dict[str, Any]] | None:
    """Give the draft in writing and the version it is based on; None when there is none."""
    row = db.session.scalar(scoped(PolicyDraft, ctx))
    return None if row is None else (row.base_version, row.document)


def save_draft(ctx: Ctx, content: dict[str, Any]) -> None:
    """Keep a document as the draft. Raises `Invalid` when it does not compile, so a draft can always be previewed."""
    content = policies.to_document(compile_document(ctx, policies.with_ids(content, new_id)))
    row = db.session.scalar(scoped(PolicyDraft, ctx))
    if row is None:
        row = PolicyDraft(portal_id=ctx.portal.id, base_version=current(ctx)[0])
        db.session.add(row)
    row.document, row.author, row.updated_at = content, ctx.actor.name, ctx.now
    db.session.flush()


def drop_draft(ctx: Ctx) -> None:
    """Throw the draft away."""
    row = db.session.scalar(scoped(PolicyDraft, ctx))
    if row is not None:
        db.session.delete(row)
        db.session.flush()


@dataclass(frozen=True, slots=True)
class Signed:
    """What a preview's token says: its base version, its document and outcome by their hashes, the newest user it knew."""

    base: int
    document: str
    outcome: str
    newest: str


def sign_preview(
    ctx: Ctx, *, base: int, sent: dict[str, Any], composed: dict[str, Any], outcome: object, newest: str
) -> str:
    """Sign what a preview saw: portal, base version, the newest user, and by their hashes the outcome and the document.

    The document twice: as it was sent, and as it would be in force, which moves with the portal's families and groups.
    """
    hashes = [fingerprint(one) for one in (sent, composed, outcome)]
    return _previews(ctx).dumps([ctx.portal.id, base, *hashes, newest])


def read_preview(ctx: Ctx, token: str, *written: dict[str, Any]) -> Signed:
    """Check a preview token against a document, however it is written. Raises `Invalid` where it is of another one."""
    try:
        portal, base, sent, composed, outcome, newest = _previews(ctx).loads(token, max_age=86_400)
    except (BadSignature, ValueError):
        raise Invalid(
            "The preview token is not valid, or older than a day: preview again.", field="preview_token"
        ) from None
    if portal != ctx.portal.id or {sent, composed}.isdisjoint(map(fingerprint, written)):
        raise Invalid("The preview token belongs to another document: preview this one.", field="preview_token")
    return Signed(base, composed, outcome, newest)


def fingerprint(value: object) -> str:
    """Hash any JSON value, whatever the order of its members."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _thaw(ctx: Ctx, policy: Policy) -> None:
    """Forget whom rules kept that are not frozen any more (`freezes`); the job of the new version settles everybody."""
    frozen = [rule.id for rule in policy.rules if rule.is_frozen(ctx.now)]
    db.session.execute(delete(Freeze).where(Freeze.portal_id == ctx.portal.id, Freeze.rule_id.not_in(frozen)))


def _previews(ctx: Ctx) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        ctx.settings.secret_key, salt="policy-preview", signer_kwargs={"digest_method": hashlib.sha256}
    )


_cache: dict[tuple[str, int, str, str | None], Policy] = {}


def _compiled(ctx: Ctx, policy_version: int, catalog_stamp: str, schema_stamp: str | None) -> Policy:
    key = (ctx.portal.id, policy_version, catalog_stamp, schema_stamp)
    if key not in _cache:
        written, types = document(ctx, policy_version), license_types(ctx)
        kind = resource_types.at(ctx, schema_stamp).user
        compiled = policies.from_document(written, types, kind, version=policy_version)
        if len(_cache) > 1000:
            _cache.clear()
        _cache[key] = compiled
    return _cache[key]
