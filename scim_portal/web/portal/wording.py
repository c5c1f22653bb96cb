"""Conditions, seats and events in words for admins. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scim_portal import clock
from scim_portal.protocol import filters
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.web import languages
from scim_portal.web.portal import zones
from scim_portal.web.portal.terms import CONDITIONS, Term, term_of

EVENTS = {
    "seat.granted": (_l("got the seat"), "armchair", "good"),
    "seat.released": (_l("lost the seat"), "x", "bad"),
    "seat.settling": (_l("will lose the seat"), "clock", "warn"),
    "seat.kept": (_l("keeps the seat"), "armchair", "good"),
    "seat.held": (_l("left; the seat is held"), "history", "plain"),
    "seat.restored": (_l("is back on the held seat"), "armchair", "good"),
    "seat.hold_broken": (_l("gave the held seat to somebody waiting"), "x", "bad"),
    "seat.suspended": (_l("cannot use the seat: no contract"), "player-pause", "warn"),
    "seat.resumed": (_l("can use the seat again"), "player-play", "good"),
    "seat.source_changed": (_l("keeps the seat for another reason"), "refresh", "plain"),
    "ticket.opened": (_l("waits for a seat"), "hourglass", "warn"),
    "ticket.kept": (_l("has a place kept for a return"), "clock", "plain"),
    "ticket.parked": (_l("no longer waits; the place is kept"), "clock", "plain"),
    "ticket.resumed": (_l("waits again at the old place"), "hourglass", "warn"),
    "ticket.changed": (_l("has another place in the queue"), "refresh", "plain"),
    "ticket.closed": (_l("no longer waits"), "check", "plain"),
}
GROUP_CONDITIONS = {
    "eq": _l("group is %(names)s"), "ne": _l("group is not %(names)s"), "in": _l("group is %(names)s"),
    "not in": _l("group is neither %(names)s"),
}  # fmt: skip
CAUSES = {
    "scim": _l("by SCIM"),
    "policy": _l("by a new policy version"),
    "admin": _l("by hand"),
    "clock": _l("by the clock"),
    "capacity": _l("by a change of capacity"),
}
SEAT_STATES = {
    "assigned": _l("in use"), "releasing": _l("being released"), "held": _l("held"), "suspended": _l("suspended"),
}  # fmt: skip
CLASSES = (_l("pinned"), _l("returning"), _l("in turn"))
ROLES = {
    "owner": _l("May do everything."),
    "license-admin": _l("May change license types, rules and users, and export; not connectors and tokens."),
    "auditor": _l("May read and export everything; may change nothing."),
    "helpdesk": _l("May read and explain, and give people the link to their own page; may change nothing."),
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
    words, icon, tone = EVENTS.get(name, (name, "info-circle", "plain"))
    return str(words), icon, tone


def cause(entry: Any) -> str:
    """Tell who or what set a ledger entry off."""
    how = str(CAUSES.get(entry.cause_kind, entry.cause_kind))
    return how if entry.actor_kind == "clock" else f"{entry.actor_name}, {how}"


def seat_state(state: str | None) -> str:
    """Tell the state of a seat; None is no seat."""
    return _("no seat") if state is None else str(SEAT_STATES.get(state, state))


def source(row: Any) -> str:
    """Name what a seat or ticket comes from; `row` has source_kind, rule_name and policy_version."""
    if row.source_kind == "rule":
        return _("rule “%(rule)s”, policy version %(version)s", rule=row.rule_name, version=row.policy_version)
    if row.source_kind == "pin":
        return _("a pin")
    return _("the default license, policy version %(version)s", version=row.policy_version)


def ago(moment: datetime) -> str:
    """Tell how long ago something was, roughly; after a day its date."""
    seconds = int((clock.now() - moment).total_seconds())
    if seconds < 0:
        return day(moment)
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(minutes)s min ago", minutes=seconds // 60)
    return _("%(hours)s h ago", hours=seconds // 3600) if seconds < 86_400 else day(moment)


def day(moment: datetime) -> str:
    """Write a date in the admin's time zone, such as 6 Dec 2026."""
    return languages.day(zones.local(moment))


def _told(node: filters.Node, groups: Mapping[str, str]) -> str:
    if (term := term_of(node)) is not None:
        return _term_told(term, groups)
    match node:
        case filters.And(items):
            return _(" and ").join(_inner(item, groups) for item in items)
        case filters.Or(items):
            return _(" or ").join(_inner(item, groups) for item in items)
        case filters.Not(item):
            return _("not (%(condition)s)", condition=_told(item, groups))
    return filters.to_text(node)


def _inner(node: filters.Node, groups: Mapping[str, str]) -> str:
    told = _told(node, groups)
    return f"({told})" if isinstance(node, filters.And | filters.Or) and term_of(node) is None else told


def _term_told(term: Term, groups: Mapping[str, str]) -> str:
    path = term.path.rpartition(":")[2]
    values = [value.strip() for value in term.value.split(",")] if term.op.endswith("in") else [term.value]
    either = _(" or ")
    if path in {"groups", "groups.value"} and term.op in GROUP_CONDITIONS:
        names = either.join(groups.get(one) or _("unknown (%(id)s)", id=one) for one in values)
        return str(GROUP_CONDITIONS[term.op]) % {"names": names}
    if term.op.endswith("pr"):
        return f"{path} {CONDITIONS[term.op]}"
    quoted = (_("“%(value)s”", value=one) for one in values)
    return f"{path} {CONDITIONS[term.op]} {either.join(quoted)}"
