"""How soon a token expires, in words: said from 30 days before, louder in the last week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from scim_portal.web.portal import zones

SOON, URGENT = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a token ends, such as “in 12 days”, and how loudly to say so."""

    words: str
    tone: str


def warning(expires_at: datetime | None, now: datetime) -> Expiry | None:
    """Warn of a token that ends within 30 days; None when there is time, or nothing to end."""
    if expires_at is None or not timedelta(0) < expires_at - now <= SOON:
        return None
    left = (zones.local(expires_at).date() - zones.local(now).date()).days
    words = {0: _("today"), 1: _("tomorrow")}.get(left) or _("in %(days)s days", days=left)
    return Expiry(words, "bad" if expires_at - now <= URGENT else "warn")
