"""What a policy would change for everybody, before it is in force: nothing is stored, everything is counted (L10).

The very functions that settle people run here, over everybody at once; the token signs what was seen, and publishing with it is
refused when the outcome is another one by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from rules.compare import Preview, compare
from rules.policy import to_document, with_ids
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import StaleVersion
from scim_portal.ids import new_id
from scim_portal.models import LicenseType
from scim_portal.services import everybody, licensing, rulebook
from scim_portal.services.garbage import seldom_collected
from scim_portal.services.rulebook import Published


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as shown: the document as it would be published, its outcome, and the token that publishes it."""

    document: dict[str, Any]
    base_version: int
    outcome: Preview
    token: str


class StalePreview(StaleVersion):
    """The outcome is another one than was previewed; `shown` is the new preview."""

    def __init__(self, shown: Shown) -> None:
        super().__init__("Something changed since the preview; look at the new one.", field="preview_token")
        self.shown = shown


def preview(ctx: Ctx, content: dict[str, Any]) -> Shown:
    """Evaluate everybody under a document. Raises `Invalid` that points at the wrong nodes."""
    policy = rulebook.compile_document(ctx, with_ids(content, new_id))
    document, base = to_document(policy), rulebook.current(ctx)[0]
    types = db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.key)).all()
    people = chain.from_iterable(everybody.stream(ctx, policy))
    with seldom_collected():
        outcome = compare(policy, people, licensing.pools(ctx, types).values(), ctx.now)
    token = rulebook.sign_preview(ctx, base=base, content=document, outcome=_essence(outcome))
    return Shown(document, base, outcome, token)


def publish(ctx: Ctx, content: dict[str, Any], *, token: str) -> Published:
    """Publish what was previewed. Raises `StalePreview` when the outcome or the base version is another one by now."""
    document = to_document(rulebook.compile_document(ctx, with_ids(content, new_id)))
    base, outcome = rulebook.read_preview(ctx, token, document)
    again = preview(ctx, document)
    if base != again.base_version or outcome != rulebook.fingerprint(_essence(again.outcome)):
        raise StalePreview(again)
    published = rulebook.publish(ctx, document, predicted=again.outcome.counts, base=base)
    rulebook.drop_draft(ctx)
    return published


def _essence(outcome: Preview) -> list[Any]:
    """Reduce an outcome to what would really happen: who moves from where to where."""
    rows = ([row.user_id, row.license_type, row.change.value, row.before, row.after] for row in outcome.changes)
    return [outcome.counts, sorted(rows, key=lambda row: [str(part) for part in row])]
