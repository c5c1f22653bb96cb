"""A priority in a queue that an admin gives to one person's ticket, over that of its rule (L6.1).

It belongs to the ticket: evaluating again keeps it, so does a wish that moves to another rule or comes back in time, and it
ends with the ticket. Class and number stay, so nobody is passed over whom a pin or a return puts first. No seat moves: where
somebody waits there is no room, whatever the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from rules.changes import Change
from rules.decide import decide
from rules.policy import HIGHEST_PRIORITY
from rules.reasons import Event, Reason, sentence
from rules.standing import Ticket
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid, NotFound
from scim_portal.models import AdminAction, LicenseType
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, facts, licensing, people, rulebook, seats, standings
from scim_portal.services.audit import Action
from scim_portal.services.seats import Tally

LONGEST_REASON = 500
KEY_STARTS = 37


def ticket_id(user_id: str, license_type: str) -> str:
    """Name a ticket: a person has one of a type at most."""
    return f"{user_id}:{license_type}"


def of_id(id: str) -> tuple[str, str]:
    """Read a ticket's name back: user and license type."""
    return id[: KEY_STARTS - 1], id[KEY_STARTS:]


def give(ctx: Ctx, user_id: str, license_type: str, priority: int | None, *, reason: str) -> Ticket:
    """Give a live or parked ticket a queue priority, or with None that of its rule; the same again writes nothing.

    Raises `NotFound` where the person does not wait for the type, and `Invalid` for a bad number or no reason.
    """
    _check(priority, reason)
    user = people.user(ctx, user_id)
    policy = rulebook.in_force(ctx)
    (person,) = facts.load(ctx, [user_id], locked=True)
    query = scoped(LicenseType, ctx).where(LicenseType.key == license_type).with_for_update(key_share=True)
    rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
    before = next(
        (one for one in standings.load(ctx, [user_id])[user_id].tickets if one.license_type == license_type), None
    )
    if before is None or not rows:
        raise NotFound(
            say("This user does not wait for {license_type}.", license_type=license_type),
            field="license_type",
            value=license_type,
        )
    family = decide(policy, person, ctx.now).families[policy.types[license_type].family]
    of_rule = next(
        (one.queue_priority for one in family.entries if one.license_type == license_type), before.queue_priority
    )
    after = replace(before, given_priority=priority, queue_priority=of_rule if priority is None else priority)
    if after == before:
        return before
    seats.apply(ctx, [_change(before, after)], {license_type: _tally(ctx, rows[0])}, seats.cause_of(ctx))
    told = {"license_type": license_type, "queue_priority": before.queue_priority}
    audit.record(
        ctx, Action.QUEUE_PRIORITY_GIVEN, "user", user_id, user.user_name, before=told,
        after=told | {"queue_priority": after.queue_priority, "given": priority is not None}, reason=reason.strip(),
    )  # fmt: skip
    return after


def latest(ctx: Ctx, user_ids: Sequence[str]) -> dict[tuple[str, str], AdminAction]:
    """Give, by user and license type, the admin's action that last gave a priority."""
    if not user_ids:
        return {}
    mine = (
        AdminAction.portal_id == ctx.portal.id,
        AdminAction.object_kind == "user",
        AdminAction.object_id.in_(user_ids),
    )
    query = select(AdminAction).where(*mine, AdminAction.action == Action.QUEUE_PRIORITY_GIVEN).order_by(AdminAction.id)
    return {(one.object_id or "", (one.after or {})["license_type"]): one for one in db.session.scalars(query)}


def _check(priority: int | None, reason: str) -> None:
    if priority is not None and not 0 <= priority <= HIGHEST_PRIORITY:
        told = f"A queue priority is a number from 0 to {HIGHEST_PRIORITY:,}; lower is served first."
        raise Invalid(told, field="queue_priority", value=priority)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(
            say("Give a reason of 1 to {longest_reason} characters.", longest_reason=LONGEST_REASON), field="reason"
        )


def _tally(ctx: Ctx, row: LicenseType) -> Tally:
    limit = licensing.pools(ctx, [row])[row.key].limit
    return Tally(row.key, limit, row.used, row.held, row.waiting, row.suspended, row.next_ticket, row.next_entry)


def _change(before: Ticket, after: Ticket) -> Change:
    reason = Reason.PRIORITY_TAKEN_BACK if after.given_priority is None else Reason.PRIORITY_GIVEN
    text = sentence(reason, after.license_type, after.source)
    event = Event.TICKET_CHANGED if after.parked_until is None else Event.TICKET_PARKED
    return Change(after.user_id, after.license_type, event, before, after, reason, text, after.source)
