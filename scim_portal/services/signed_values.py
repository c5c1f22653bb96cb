"""Values that leave the house and come back: signed for one purpose in one portal, and good until a date.

What is inside can be read by whoever holds it, so nothing personal goes in. Single use and revocation are their makers' matter.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer

from scim_portal.context import Ctx
from scim_portal.errors import NotFound
from scim_portal.protocol.sentences import say

LONGEST = 1000


class Expired(NotFound):
    """It was good once; `expired_at` tells until when."""

    def __init__(self, expired_at: datetime) -> None:
        super().__init__(say("This link expired on {day:%Y-%m-%d} at {day:%H:%M} UTC.", day=expired_at))
        self.expired_at = expired_at


def sign(ctx: Ctx, purpose: str, *parts: str, until: datetime) -> str:
    """Sign some ids and marks; the value fits into an address."""
    return _serializer(ctx, purpose).dumps([int(until.timestamp()), *parts])


def read(ctx: Ctx, purpose: str, value: str) -> tuple[str, ...]:
    """Give the parts back. Raises `Expired`, and `NotFound` for what was not signed for this purpose in this portal."""
    try:
        until, *parts = _serializer(ctx, purpose).loads(value[:LONGEST])
    except BadData:
        raise NotFound("This link is not known here. Check that it was copied whole.") from None
    expires_at = datetime.fromtimestamp(until, UTC)
    if expires_at <= ctx.now:
        raise Expired(expires_at)
    return tuple(parts)


def fingerprint(*state: object) -> str:
    """Give a short mark of a state, so that a value dies with it."""
    return hashlib.sha256("\0".join(map(str, state)).encode()).hexdigest()[:32]


def _serializer(ctx: Ctx, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        ctx.settings.secret_key, salt=f"{purpose}:{ctx.portal.id}", signer_kwargs={"digest_method": hashlib.sha256}
    )
