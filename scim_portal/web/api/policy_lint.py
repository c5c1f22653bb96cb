"""Looking over a policy: what is odd about its rules. Reads only, so that everybody who may see the policy may ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import policy_checks
from scim_portal.web.api import doors, policy
from scim_portal.web.api.doors import EVERYBODY, Room
from scim_portal.web.api.schemas import policy as shapes

Body = dict[str, Any]
room = Room(
    "policy-lint", "What is odd about a policy: rules that never decide, overlap or match everybody.", writers=EVERYBODY
)


@room.get("/policy/lint")
@room.response(200, shapes.Lint)
@doors.reads
def lint_policy(ctx: Ctx) -> Body:
    """Tell what is odd about the policy in force."""
    return _told(ctx)


@room.post("/policy/lint")
@room.arguments(shapes.LintRequest)
@room.response(200, shapes.Lint)
@doors.reads
def lint_document(ctx: Ctx, body: Body) -> Body:
    """Tell what is odd about a document; nothing is stored."""
    return _told(ctx, policy.identified(ctx, body["document"]))


def _told(ctx: Ctx, document: Body | None = None) -> Body:
    return {"findings": [asdict(one) for one in policy_checks.findings(ctx, document)]}
