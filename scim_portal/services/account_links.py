"""Links by which provisioned users reach their own page until single sign-on does: signed, good for seven days, revocable.

Which link of a user is the present one stands in the record of admin actions: a newer one, or its end, is a newer line there.
What the page shows is put together in `web.portal.person`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, NotFound
from scim_portal.ids import new_id
from scim_portal.models import AdminAction, User
from scim_portal.services import audit, people, signed_values, throttling
from scim_portal.services.audit import Action

LIVES = timedelta(days=7)
PURPOSE = "account"
VIEWS, GUESSES = 120, 60


@dataclass(frozen=True, slots=True)
class AccountLink:
    """A link to a person's own page; its address is shown this once."""

    user: User
    url: str
    expires_at: datetime


def make(ctx: Ctx, user_id: str) -> AccountLink:
    """Make a link to a user's own page; an older one is dead. Raises `NotFound`, and `Conflict` for who has no access."""
    user = people.user(ctx, user_id)
    if not _may_come(user):
        raise Conflict("Only an active user has a page of their own.", field="id", value=user_id)
    expires_at, mark = (ctx.now + LIVES).replace(microsecond=0), new_id()
    after = {"link": mark, "expires_at": expires_at.isoformat()}
    audit.record(ctx, Action.ACCOUNT_LINK_MADE, "user", user.id, user.user_name, after=after)
    value = signed_values.sign(ctx, PURPOSE, user.id, mark, until=expires_at)
    return AccountLink(user, f"{ctx.portal.base_url}/account/{value}", expires_at)


def end(ctx: Ctx, user_id: str) -> None:
    """End a user's link; ending it twice changes nothing."""
    user = people.user(ctx, user_id)
    if good_until(ctx, user_id):
        audit.record(ctx, Action.ACCOUNT_LINK_ENDED, "user", user.id, user.user_name)


def good_until(ctx: Ctx, user_id: str) -> datetime | None:
    """Tell until when a user's present link is good; None when there is none."""
    line = _latest(ctx, user_id)
    if line is None or line.action != Action.ACCOUNT_LINK_MADE:
        return None
    expires_at = datetime.fromisoformat((line.after or {})["expires_at"])
    return expires_at if expires_at > ctx.now else None


def person(ctx: Ctx, value: str) -> User:
    """Tell whose page a link opens. Raises `NotFound` when it is not, or no longer, good, or the user has no access."""
    user_id, mark = signed_values.read(ctx, PURPOSE, value)
    user, line = people.user(ctx, user_id), _latest(ctx, user_id)
    present = line is not None and line.action == Action.ACCOUNT_LINK_MADE and (line.after or {}).get("link") == mark
    if not present or not _may_come(user):
        raise NotFound("This link was ended or replaced by a newer one.")
    return user


def visit(ctx: Ctx, value: str) -> User:
    """Tell whose page a link opens, and count the look at it. Raises `NotFound`, and `TooMany` in ten minutes."""
    user = person(ctx, value)
    throttling.spend(ctx, f"page:{user.id}", most=VIEWS)
    return user


def count_guess(ctx: Ctx) -> None:
    """Count one link that was not good, by the address it came from. Raises `TooMany` at too many in ten minutes."""
    throttling.spend(ctx, f"links:{ctx.actor.ip}", most=GUESSES)


def _may_come(user: User) -> bool:
    return user.active and user.deleted_at is None


def _latest(ctx: Ctx, user_id: str) -> AdminAction | None:
    links = (Action.ACCOUNT_LINK_MADE, Action.ACCOUNT_LINK_ENDED)
    query = scoped(AdminAction, ctx).where(
        AdminAction.object_kind == "user", AdminAction.object_id == user_id, AdminAction.action.in_(links)
    )
    line: AdminAction | None = db.session.scalar(query.order_by(AdminAction.id.desc()).limit(1))
    return line
