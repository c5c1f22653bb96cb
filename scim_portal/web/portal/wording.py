"""Conditions, seats and events in words for admins. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scim_portal import clock
from scim_portal.protocol import filters
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.web.portal import zones
from scim_portal.web.portal.terms import CONDITIONS, Term, term_of

EVENTS = {
    "seat.granted": ("got the seat", "armchair", "good"),
    "seat.released": ("lost the seat", "x", "bad"),
    "seat.settling": ("will lose the seat", "clock", "warn"),
    "seat.kept": ("keeps the seat", "armchair", "good"),
    "seat.held": ("left; the seat is held", "history", "plain"),
    "seat.restored": ("is back on the held seat", "armchair", "good"),
    "seat.hold_broken": ("gave the held seat to somebody waiting", "x", "bad"),
    "seat.suspended": ("cannot use the seat: no contract", "player-pause", "warn"),
    "seat.resumed": ("can use the seat again", "player-play", "good"),
    "seat.source_changed": ("keeps the seat for another reason", "refresh", "plain"),
    "ticket.opened": ("waits for a seat", "hourglass", "warn"),
    "ticket.kept": ("has a place kept for a return", "clock", "plain"),
    "ticket.parked": ("no longer waits; the place is kept", "clock", "plain"),
    "ticket.resumed": ("waits again at the old place", "hourglass", "warn"),
    "ticket.changed": ("has another place in the queue", "refresh", "plain"),
    "ticket.closed": ("no longer waits", "check", "plain"),
}
GROUP_CONDITIONS = {"eq": "is", "ne": "is not", "in": "is", "not in": "is neither"}
CAUSES = {
    "scim": "by SCIM",
    "policy": "by a new policy version",
    "admin": "by hand",
    "clock": "by the clock",
    "capacity": "by a change of capacity",
}
SEAT_STATES = {"assigned": "in use", "releasing": "being released", "held": "held", "suspended": "suspended"}
CLASSES = ("pinned", "returning", "in turn")
ROLES = {
    "owner": "May do everything.",
    "license-admin": "May change license types, rules and users, and export; not connectors and tokens.",
    "auditor": "May read and export everything; may change nothing.",
    "helpdesk": "May read and explain, and give people the link to their own page; may change nothing.",
}


def condition(text: str, groups: Mapping[str, str]) -> str:
    """Tell a filter in words, with groups by name; text that is no filter is given back."""
    try:
        return _told(filters.parse(text), groups)
    except InvalidFilter:
        return text


def entry_event(entry: Any) -> tuple[str, str, str]:
    """Say what a ledger entry tells; a ticket that is opened for somebody who left only keeps their place."""
    parked = entry.event == "ticket.opened" and entry.to_state == "parked"
    return event("ticket.kept" if parked else entry.event)


def event(name: str) -> tuple[str, str, str]:
    """Give sentence, icon and tone of a ledger event."""
    return EVENTS.get(name, (name, "info-circle", "plain"))


def cause(entry: Any) -> str:
    """Tell who or what set a ledger entry off."""
    how = CAUSES.get(entry.cause_kind, entry.cause_kind)
    return how if entry.actor_kind == "clock" else f"{entry.actor_name}, {how}"


def seat_state(state: str | None) -> str:
    """Tell the state of a seat; None is no seat."""
    return "no seat" if state is None else SEAT_STATES.get(state, state)


def source(row: Any) -> str:
    """Name what a seat or ticket comes from; `row` has source_kind, rule_name and policy_version."""
    if row.source_kind == "rule":
        return f"rule “{row.rule_name}”, policy version {row.policy_version}"
    return "a pin" if row.source_kind == "pin" else f"the default license, policy version {row.policy_version}"


def ago(moment: datetime) -> str:
    """Tell how long ago something was, roughly; after a day its date."""
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 0:
        return day(moment)
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    return f"{seconds // 3600} h ago" if seconds < 86_400 else day(moment)


def day(moment: datetime) -> str:
    """Write a date in the admin's time zone, such as 6 Dec 2026."""
    moment = zones.local(moment)
    return f"{moment.day} {moment:%b %Y}"


def _told(node: filters.Node, groups: Mapping[str, str]) -> str:
    if (term := term_of(node)) is not None:
        return _term_told(term, groups)
    match node:
        case filters.And(items):
            return " and ".join(_inner(item, groups) for item in items)
        case filters.Or(items):
            return " or ".join(_inner(item, groups) for item in items)
        case filters.Not(item):
            return f"not ({_told(item, groups)})"
    return filters.to_text(node)


def _inner(node: filters.Node, groups: Mapping[str, str]) -> str:
    told = _told(node, groups)
    return f"({told})" if isinstance(node, filters.And | filters.Or) and term_of(node) is None else told


def _term_told(term: Term, groups: Mapping[str, str]) -> str:
    path = term.path.rpartition(":")[2]
    values = [value.strip() for value in term.value.split(",")] if term.op.endswith("in") else [term.value]
    if path in {"groups", "groups.value"} and term.op in GROUP_CONDITIONS:
        return f"group {GROUP_CONDITIONS[term.op]} {' or '.join(groups.get(one, f'unknown ({one})') for one in values)}"
    if term.op.endswith("pr"):
        return f"{path} {CONDITIONS[term.op]}"
    return f"{path} {CONDITIONS[term.op]} {' or '.join(f'“{one}”' for one in values)}"
