"""Retiring a license type: nothing may name it any more, its history stays. Refused while something still gives it."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sqlalchemy import func, select

from rules.policy import Policy
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Conflict
from scim_portal.models import LicenseType, Override
from scim_portal.protocol.sentences import Sentence, say
from scim_portal.services import audit, catalog, rulebook
from scim_portal.services.audit import Action


def retire(ctx: Ctx, key: str) -> LicenseType:
    """Retire a type; seats that are still settling or held end in their time. Raises `Conflict` with what names it."""
    type = catalog.find(ctx, key)
    if type.retired_at is not None:
        return type
    policy = rulebook.in_force_locked(ctx)
    if reasons := _reasons(ctx, key, policy):
        detail = say("{name} cannot be retired yet: {reasons}.", name=type.name, reasons=_joined(reasons))
        raise Conflict(detail, field="retired", value=True)
    return _set(ctx, type, is_retired=True)


def bring_back(ctx: Ctx, key: str) -> LicenseType:
    """Let rules, defaults and pins name a type again."""
    type = catalog.find(ctx, key)
    return type if type.retired_at is None else _set(ctx, type, is_retired=False)


def why_not(ctx: Ctx, key: str) -> list[Sentence]:
    """Say what still names a type, each as half a sentence; nothing when it can be retired."""
    return _reasons(ctx, key, rulebook.glance(ctx))


def _reasons(ctx: Ctx, key: str, policy: Policy) -> list[Sentence]:
    found = [
        say("it is the default license of the family “{family}”", family=family)
        for family, one in policy.defaults.items()
        if one == key
    ]
    names = [say("“{name}”", name=rule.name) for rule in policy.rules if key in (*rule.grants, *rule.fallback)]
    if names:
        listed = reduce(lambda told, one: say("{told}, {one}", told=told, one=one), names)
        found.append(
            say("the rule {rule} gives it", rule=listed)
            if len(names) == 1
            else say("the rules {rules} give it", rules=listed)
        )
    if (draft := rulebook.draft(ctx)) and _gives(draft[1], key):
        found.append(say("the draft of the rules names it"))
    pins = db.session.scalar(
        select(func.count()).where(
            Override.portal_id == ctx.portal.id, Override.license_type == key, Override.kind == "pin"
        )
    )
    if pins:
        found.append(
            say("somebody is pinned to it") if pins == 1 else say("{pins:,} people are pinned to it", pins=pins)
        )
    return found


def _joined(reasons: list[Sentence]) -> Sentence:
    return reduce(lambda told, one: say("{told}; {one}", told=told, one=one), reasons)


def _gives(document: dict[str, Any], key: str) -> bool:
    """Look into a document that may not compile any more."""
    given = [one for rule in document["rules"] for one in (*rule.get("grants", ()), *rule.get("fallback", ()))]
    return key in given or key in document["defaults"].values()


def _set(ctx: Ctx, type: LicenseType, *, is_retired: bool) -> LicenseType:
    type.retired_at = ctx.now if is_retired else None
    db.session.flush()
    action = Action.LICENSE_TYPE_RETIRED if is_retired else Action.LICENSE_TYPE_BROUGHT_BACK
    audit.record(ctx, action, "license_type", type.key, type.name)
    return type
