"""Which program calls: the first read of a program with a young token is told in the log, so that whoever sets a provider up
sees its test call arrive. What is made of it is in `services.arrivals`.

Each process remembers whom it heard, so a program is told once per process and token at most, and only on the first day.
"""

from __future__ import annotations

from flask import g

from scim_portal.context import Ctx
from scim_portal.services import redaction
from scim_portal.services.arrivals import CLIENT as CLIENT
from scim_portal.web import guards

MOST_REMEMBERED = 10_000
_heard: set[tuple[str, str]] = set()


def name() -> str | None:
    """Name the program that calls as it names itself, for the log."""
    return redaction.sentence(guards.user_agent()).replace("\0", "\ufffd") or None


def is_news(ctx: Ctx) -> bool:
    """Tell whether this good call is the first that this process hears of a program with a young token."""
    key = (ctx.actor.id or "", ctx.actor.user_agent or "")
    if not g.get("young") or key in _heard:
        return False
    if len(_heard) >= MOST_REMEMBERED:
        _heard.clear()
    _heard.add(key)
    return True
