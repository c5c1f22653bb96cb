"""Previews as they were shown, kept a while by their tokens, so that all pages of one are of the same moment.

Each process remembers a few; one that never saw a token makes the preview anew, which publishing does in any case.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rules.compare import Effect, Row
from rules.policy import to_document
from scim_portal.context import Ctx
from scim_portal.services import drafts, previews, rulebook
from scim_portal.services.previews import Shown

KEPT_FOR = timedelta(minutes=30)
MOST_KEPT = 4
FEW = 10
LESSER = "lesser"
KINDS = ("grant", "swap", "queue", LESSER, "release")


@dataclass(frozen=True, slots=True)
class Seen:
    """A preview and when it was made."""

    shown: Shown
    at: datetime

    @property
    def rows(self) -> tuple[Row, ...]:
        """The changes, person by person."""
        return self.shown.outcome.changes

    @property
    def lost(self) -> int:
        """How many people lose the seat they have, with or without a lesser one in its place."""
        return self.shown.outcome.counts[Effect.RELEASE]

    @property
    def is_large_loss(self) -> bool:
        """Tell whether more than ten people, or more than one seat in ten, would be lost."""
        used = sum(one.before for one in self.shown.outcome.usage.values())
        return self.lost > FEW or self.lost * 10 > used > 0


_kept: OrderedDict[tuple[str, str], Seen] = OrderedDict()


def of_draft(ctx: Ctx, token: str | None = None) -> Seen:
    """Preview the draft, or show again what was seen with a token while the draft says the same. Raises `Invalid`."""
    seen = find(ctx, token) if token else None
    document = of_now(ctx)
    if seen is not None and seen.shown.document == document:
        return seen
    return keep(ctx, previews.preview(ctx, document))


def of_now(ctx: Ctx) -> dict[str, Any]:
    """Give the document that a preview of this moment is of: the draft's, with the families there are now. Raises `Invalid`."""
    return to_document(rulebook.compose(ctx, drafts.working(ctx)))


def keep(ctx: Ctx, shown: Shown) -> Seen:
    """Remember a preview."""
    found = _kept[ctx.portal.id, shown.token] = Seen(shown, ctx.now)
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return found


def find(ctx: Ctx, token: str) -> Seen | None:
    """Give a preview that was shown a while ago, if this process remembers it."""
    found = _kept.get((ctx.portal.id, token))
    return found if found is not None and ctx.now - found.at < KEPT_FOR else None


def kind(row: Row) -> str:
    """Name how a change is shown: a seat lost for a poorer one is no seat lost."""
    return LESSER if row.change is Effect.RELEASE and row.after else str(row.change)


def by_kind(rows: Iterable[Row]) -> dict[str, int]:
    """Count changes as they are shown."""
    found = Counter(map(kind, rows))
    return {one: found[one] for one in KINDS}


def waits(rows: Iterable[Row]) -> Counter[str]:
    """Count who would begin to wait, by license type."""
    return Counter(row.after for row in rows if row.change is Effect.QUEUE and row.after)


def moved(before: Sequence[Row], after: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Tell two previews apart: changes that are new in the second, and those it has no longer."""
    old, new = {_essence(row) for row in before}, {_essence(row) for row in after}
    return [row for row in after if _essence(row) not in old], [row for row in before if _essence(row) not in new]


def _essence(row: Row) -> tuple[Any, ...]:
    return row.user_id, row.license_type, str(row.change), row.before, row.after
