"""What a protected application asks on every sign-in: may this person use that product now? One indexed read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import Seat, User
from scim_portal.protocol.folding import fold_text

EFFECTIVE = frozenset({"assigned", "releasing"})
_CHECK = (
    select(User.active, Seat.state)
    .outerjoin(
        Seat,
        and_(Seat.portal_id == User.portal_id, Seat.user_id == User.id, Seat.license_type == bindparam("license_type")),
    )
    .where(User.portal_id == bindparam("portal"), User.user_name_folded == bindparam("name"), User.deleted_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to let somebody in, and the state of their seat (None without one)."""

    allowed: bool
    state: str | None


def check(ctx: Ctx, *, user_name: str, license_type: str) -> Verdict:
    """Judge by the seat alone; an unknown user and an unknown type are not allowed either."""
    parameters = {"portal": ctx.portal.id, "name": fold_text(user_name), "license_type": license_type}
    row = db.session.execute(_CHECK, parameters).one_or_none()
    if row is None:
        return Verdict(False, None)
    return Verdict(row.active and row.state in EFFECTIVE, row.state)
