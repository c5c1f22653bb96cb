"""The record of who did what, written in the transaction of the fact. The vocabulary is closed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import case, update

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.ids import new_id
from scim_portal.models import AdminAction
from scim_portal.services.traces import GONE, Traces


class Action(StrEnum):
    """Everything the record can say: `noun.past_participle`."""

    ADMIN_CREATED = "admin.created"
    ADMIN_SIGNED_IN = "admin.signed_in"
    ADMIN_SIGNED_OUT = "admin.signed_out"
    SIGN_IN_REFUSED = "sign_in.refused"
    PASSWORD_CHANGED = "password.changed"
    ADMIN_INVITED = "admin.invited"
    INVITATION_ACCEPTED = "invitation.accepted"
    ADMIN_CHANGED = "admin.changed"
    ADMIN_DISABLED = "admin.disabled"
    ADMIN_ENABLED = "admin.enabled"
    SESSION_ENDED = "session.ended"
    TWO_FACTOR_TURNED_ON = "two_factor.turned_on"
    TWO_FACTOR_TURNED_OFF = "two_factor.turned_off"
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    ACCOUNT_LINK_MADE = "account_link.made"
    ACCOUNT_LINK_ENDED = "account_link.ended"
    PORTAL_CREATED = "portal.created"
    CONNECTOR_CREATED = "connector.created"
    CONNECTOR_CHANGED = "connector.changed"
    MAPPING_CHANGED = "mapping.changed"
    MAPPING_REMOVED = "mapping.removed"
    TOKEN_ISSUED = "token.issued"
    TOKEN_REGENERATED = "token.regenerated"
    TOKEN_REVOKED = "token.revoked"
    API_KEY_ISSUED = "api_key.issued"
    API_KEY_REVOKED = "api_key.revoked"
    LICENSE_TYPE_CREATED = "license_type.created"
    LICENSE_TYPE_CHANGED = "license_type.changed"
    LICENSE_TYPE_RETIRED = "license_type.retired"
    LICENSE_TYPE_BROUGHT_BACK = "license_type.brought_back"
    CONTRACT_LINE_ADDED = "contract_line.added"
    CONTRACT_LINE_CHANGED = "contract_line.changed"
    CONTRACT_LINE_REMOVED = "contract_line.removed"
    POLICY_PUBLISHED = "policy.published"
    POLICY_AMENDED = "policy.amended"
    RULE_THAWED = "rule.thawed"
    OVERRIDE_ADDED = "override.added"
    QUEUE_PRIORITY_GIVEN = "queue_priority.given"
    OVERRIDE_REMOVED = "override.removed"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    USER_RESTORED = "user.restored"
    USER_ERASED = "user.erased"
    GROUP_RESTORED = "group.restored"
    NOTICE_DISMISSED = "notice.dismissed"
    NOTICE_SETTINGS_CHANGED = "notice_settings.changed"
    NOTICE_TESTED = "notice_settings.tested"
    EXPORT_MADE = "export.made"
    SCHEMA_DECLARED = "schema.declared"
    SCHEMA_CHANGED = "schema.changed"
    SCHEMA_REMOVED = "schema.removed"


def record(
    ctx: Ctx,
    action: Action,
    kind: str,
    id: str | None = None,
    name: str | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write one line: what was done to which object (`kind`, `id`, `name`), with what changed; never a secret."""
    actor = ctx.actor
    db.session.add(
        AdminAction(
            portal_id=ctx.portal.id, id=new_id(), at=ctx.now, action=action, actor_kind=actor.kind, actor_id=actor.id,
            actor_name=actor.name, role=actor.role, object_kind=kind, object_id=id, object_name=name, before=before,
            after=after, reason=reason, ip=actor.ip, user_agent=actor.user_agent, request_id=ctx.request_id,
        )
    )  # fmt: skip


def forget(ctx: Ctx, kind: str, id: str, traces: Traces) -> None:
    """Take a person out of the lines about them: names become the pseudonym, reasons in an admin's own words go."""
    line = AdminAction
    mine = (line.portal_id == ctx.portal.id) & (line.object_kind == kind) & (line.object_id == id)
    named = {"object_name": case((line.object_name.is_not(None), traces.pseudonym))}
    db.session.execute(update(line).where(mine).values(**named, reason=case((line.reason.is_not(None), GONE))))
    for one in db.session.scalars(scoped(line, ctx).where(mine)):
        for name in ("before", "after"):
            if (said := getattr(one, name)) is not None:
                setattr(one, name, traces.covered_in(said))
    db.session.flush()
