"""What a policy would change for everybody, before it is in force: nothing is stored, everything is counted (L10).

The very functions that settle people run here, over everybody at once; the token signs what was seen, and publishing with it is
refused when the outcome is another one by then. Looking at everybody takes its time, so whoever publishes looks first
(`check`), while others write, and then puts the version in force in a moment (`put_in_force`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import func, select

from rules.compare import Preview, compare
from rules.policy import to_document, with_ids
from scim_portal.context import Ctx
from scim_portal.db import db, scoped, snapshot
from scim_portal.errors import StaleVersion
from scim_portal.ids import new_id
from scim_portal.models import ContractLine, Group, LicenseType, Override, User
from scim_portal.services import everybody, licensing, rulebook
from scim_portal.services.garbage import seldom_collected
from scim_portal.services.rulebook import Published

T = TypeVar("T")
# How long an admin's publish looks again because data moved while it looked; after that the last look counts.
PATIENCE_SECONDS = 10.0
MOST_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview as shown: the document as it would be published, its outcome, and the token that publishes it.

    `newest` is the user provisioned last of those it looked at; `stamp` tells whether data moved since.
    """

    document: dict[str, Any]
    base_version: int
    outcome: Preview
    token: str
    newest: str = ""
    stamp: tuple[Any, ...] = field(default=(), repr=False)


class StalePreview(StaleVersion):
    """The outcome is another one than was previewed; `shown` is the new preview."""

    def __init__(self, shown: Shown) -> None:
        super().__init__("Something changed since the preview; look at the new one.", field="preview_token")
        self.shown = shown


class MovedError(StaleVersion):
    """Data moved between the check and the transaction that was to put the policy in force."""

    def __init__(self) -> None:
        super().__init__(
            "People or licenses changed while the policy was checked; publish again.", field="preview_token"
        )


def preview(ctx: Ctx, content: dict[str, Any]) -> Shown:
    """Evaluate everybody under a document, at one moment. Raises `Invalid` that points at the wrong nodes."""
    snapshot()
    content = with_ids(content, new_id)
    policy = rulebook.compose(ctx, content)
    document, base, stamp = to_document(policy), rulebook.current(ctx)[0], _stamp(ctx)
    newest = _last(ctx, User.id) or ""
    types = db.session.scalars(scoped(LicenseType, ctx).order_by(LicenseType.key)).all()
    people = chain.from_iterable(everybody.stream(ctx, policy))
    with seldom_collected():
        outcome = compare(policy, people, licensing.pools(ctx, types).values(), ctx.now)
        essence = _essence(outcome, newest)
    token = rulebook.sign_preview(ctx, base=base, sent=content, composed=document, outcome=essence, newest=newest)
    return Shown(document, base, outcome, token, newest, stamp)


def check(ctx: Ctx, content: dict[str, Any], *, token: str) -> Shown:
    """Look whether a document would still do what was previewed to the people who were there then; stores nothing.

    People who came later are settled by the new policy like by any other, so they make no preview stale, unless they
    change what it means for the others. Raises `StalePreview`, also where the same document would be put in force otherwise,
    with a family that is new or a rule whose group was deleted; and `Invalid` for the token of another document.
    """
    content = with_ids(content, new_id)
    seen = rulebook.read_preview(ctx, token, content, to_document(rulebook.compose(ctx, content)))
    again = preview(ctx, content)
    now = (again.base_version, *map(rulebook.fingerprint, (again.document, _essence(again.outcome, seen.newest))))
    if (seen.base, seen.document, seen.outcome) != now:
        raise StalePreview(again)
    return again


def put_in_force(ctx: Ctx, checked: Shown, *, whatever_moved: bool = False) -> Published:
    """Publish what was checked a moment ago. Raises `MovedError` when data moved since, unless told not to mind."""
    rulebook.hold(ctx)
    if not whatever_moved and _stamp(ctx) != checked.stamp:
        raise MovedError
    counts = checked.outcome.counts
    published = rulebook.publish(ctx, checked.document, predicted=counts, base=checked.base_version)
    rulebook.drop_draft(ctx)
    return published


def publish(ctx: Ctx, content: dict[str, Any], *, token: str) -> Published:
    """Check and publish in the transaction that is open, which keeps others waiting; see `publish_checked`."""
    return put_in_force(ctx, check(ctx, content, token=token))


def publish_checked(look: Callable[[], Shown], put: Callable[[Shown, bool], T]) -> T:
    """Check outside of any transaction, then put in force in a short one; again where data moved in between, in bounds.

    `look` makes the `check`; `put` runs `put_in_force` in a transaction of its own, and is told whether to mind what moved.
    Where people are written all day, the last of a few looks counts, moments old: what moved since is settled as if it
    came after the publish.
    """
    begun = time.monotonic()
    for _ in range(MOST_LOOKS - 1):
        checked = look()
        if time.monotonic() - begun > PATIENCE_SECONDS:
            return put(checked, True)
        try:
            return put(checked, False)
        except MovedError:
            continue
    return put(look(), True)


def _stamp(ctx: Ctx) -> tuple[Any, ...]:
    """Read what moves with whatever a preview depends on: people, groups, words of admins, seats, capacities, the policy."""
    types = scoped(LicenseType, ctx).with_only_columns(LicenseType.key, LicenseType.next_entry, LicenseType.next_ticket)
    bought = scoped(ContractLine, ctx).with_only_columns(
        ContractLine.id, ContractLine.quantity, ContractLine.starts_at, ContractLine.ends_at
    )
    newest = [_last(ctx, column) for column in (User.id, User.updated_at, Group.id, Group.updated_at, Override.id)]
    words = db.session.scalar(select(func.count()).where(Override.portal_id == ctx.portal.id))
    rows = (sorted(map(tuple, db.session.execute(query)), key=str) for query in (types, bought))
    return (rulebook.stamps(ctx), *newest, words, *rows)


def _last(ctx: Ctx, column: Any) -> Any:
    """Give the highest value of a column, read from the end of its index."""
    mine = select(column).where(column.class_.portal_id == ctx.portal.id)
    return db.session.scalar(mine.order_by(column.desc()).limit(1))


def _essence(outcome: Preview, newest: str) -> list[Any]:
    """Reduce an outcome to what would really happen to those who were there: who moves from where to where."""
    rows = (
        [row.user_id, row.license_type, row.change.value, row.before or "", row.after or ""]
        for row in outcome.changes
        if row.user_id <= newest
    )
    return sorted(rows)
