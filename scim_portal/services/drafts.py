"""The draft of the policy, written by several admins at once: each edit is made on the draft of now, and who made it is kept.

An edit says what its author saw; when that is not what stands there any more, nothing is written and `Changed` tells who was
there before. What a document may say is decided in `rulebook`; publishing it in `previews`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.policy import with_ids
from scim_portal.context import Ctx
from scim_portal.db import db, insert, scoped
from scim_portal.errors import NotFound, StaleVersion
from scim_portal.ids import new_id
from scim_portal.models import PolicyDraft, PolicyVersion
from scim_portal.services import rulebook

Document = dict[str, Any]
DEFAULTS, ORDER = "/defaults", "/order"
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Touch:
    """Who changed a part of the policy last, and when; `version` where that was by publishing."""

    author: str
    at: datetime
    version: int | None = None


class Changed(StaleVersion):
    """What the author of an edit saw is not what stands there; `now` is None where the rule is gone."""

    def __init__(self, now: Document | None, touch: Touch) -> None:
        super().__init__("Somebody else changed this meanwhile.", field="was")
        self.now = now
        self.touch = touch


def working(ctx: Ctx) -> Document:
    """Give a copy of the draft, or of the live document when there is no draft."""
    draft = rulebook.draft(ctx)
    return copy.deepcopy(draft[1] if draft else rulebook.current(ctx)[1])


def edit(ctx: Ctx, change: Callable[[Document], object]) -> None:
    """Apply a change to the draft as it is now. Raises `Invalid` when the outcome does not compile.

    A draft that says nothing but what is live is none.
    """
    row = _locked(ctx)
    before, document = row.document, copy.deepcopy(row.document)
    change(document)
    rulebook.save_draft(ctx, document)
    if row.document == rulebook.current(ctx)[1]:
        rulebook.drop_draft(ctx)
        return
    word = [ctx.actor.name, ctx.now.isoformat()]
    row.touched = (row.touched or {}) | dict.fromkeys(_differing(before, row.document), word)
    db.session.flush()


def put_rule(ctx: Ctx, written: Document, *, was: Document | None) -> None:
    """Write one rule, at its place or as the last one. Raises `Changed` when it is not what its author saw (`was`)."""
    written = with_ids({"rules": [written]}, new_id)["rules"][0]

    def change(document: Document) -> None:
        rules = document["rules"]
        place = next((place for place, rule in enumerate(rules) if rule["id"] == written["id"]), None)
        now = None if place is None else rules[place]
        if now != was:
            raise Changed(now, last_touch(ctx, written["id"]))
        if place is None:
            rules.append(written)
        else:
            rules[place] = written

    edit(ctx, change)


def choose_defaults(ctx: Ctx, chosen: dict[str, str | None], *, was: dict[str, str | None] | None) -> None:
    """Say what everybody else gets, family by family. Raises `Changed` when another choice stands there than `was`."""

    def change(document: Document) -> None:
        if was is not None and was != document["defaults"]:
            raise Changed(document["defaults"], last_touch(ctx, DEFAULTS))
        document["defaults"] = chosen

    edit(ctx, change)


def discard(ctx: Ctx, *, seen: str | None = None) -> None:
    """Throw the draft away. Raises `Changed` when somebody wrote in it since it was `seen` (its `stamp`)."""
    row = db.session.scalar(scoped(PolicyDraft, ctx).with_for_update())
    if row is not None and seen is not None and seen != row.updated_at.isoformat():
        raise Changed(row.document, Touch(row.author, row.updated_at))
    rulebook.drop_draft(ctx)


def hold(ctx: Ctx) -> None:
    """Let no edit of the draft in before this transaction ends."""
    db.session.execute(scoped(PolicyDraft, ctx).with_for_update().execution_options(populate_existing=True))


def overtaken(ctx: Ctx) -> tuple[int, Document] | None:
    """Give the version that the draft was begun over, and its document, if another one is live by now; else None."""
    draft = rulebook.draft(ctx)
    if draft is None or draft[0] == rulebook.current(ctx)[0]:
        return None
    return draft[0], rulebook.document(ctx, draft[0])


def latest(ctx: Ctx) -> Touch | None:
    """Tell who wrote in the draft last; None when there is none."""
    row = db.session.scalar(scoped(PolicyDraft, ctx))
    return None if row is None else Touch(row.author, row.updated_at)


def last_touch(ctx: Ctx, part: str) -> Touch:
    """Tell who changed a rule, `DEFAULTS` or `ORDER` last: in the draft, or else by publishing. Raises `NotFound`."""
    row = db.session.scalar(scoped(PolicyDraft, ctx))
    if row is not None and part in (row.touched or {}):
        author, at = row.touched[part]
        return Touch(author, datetime.fromisoformat(at))
    live = db.session.scalar(scoped(PolicyVersion, ctx).order_by(PolicyVersion.version.desc()).limit(1))
    if live is None:
        raise NotFound("There is no such rule in the draft.", field="id", value=part)
    return Touch(live.author, live.created_at, live.version)


def _locked(ctx: Ctx) -> PolicyDraft:
    """Give the draft's row, made from the live document where there is none, and let no other edit in meanwhile."""
    version, document = rulebook.current(ctx)
    values = {"document": document, "base_version": version, "author": ctx.actor.name, "updated_at": ctx.now}
    made = insert(PolicyDraft).values(portal_id=ctx.portal.id, **values)
    fresh = scoped(PolicyDraft, ctx).with_for_update().execution_options(populate_existing=True)
    for _try in range(MOST_TRIES):  # between the two statements somebody may publish the draft that was there
        db.session.execute(made.on_conflict_do_nothing(index_elements=["portal_id"]))
        found: PolicyDraft | None = db.session.scalar(fresh)
        if found is not None:
            return found
    raise StaleVersion("The draft was published just now. Try again.")


def _differing(before: Document, after: Document) -> list[str]:
    """Name the rules that are not the same in both, and `DEFAULTS` and `ORDER` where those differ."""
    old, new = ({rule["id"]: rule for rule in one["rules"]} for one in (before, after))
    parts = [id for id in {**old, **new} if old.get(id) != new.get(id)]
    if [id for id in old if id in new] != [id for id in new if id in old]:
        parts.append(ORDER)
    return [*parts, DEFAULTS] if before["defaults"] != after["defaults"] else parts
