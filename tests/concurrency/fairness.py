"""Nobody is passed in a queue (L6): read from the ledger alone, as an auditor would.

Whoever got a seat of a type while somebody with a better place waited for it, before and after that change, barged in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from rules.decide import DEFAULT_PRIORITY, NORMAL_CLASS, RULE_PRIORITY
from scim_portal.models import SeatEntry

Place = tuple[int, int, float]
LAST = float("inf")


def passed(entries: Iterable[SeatEntry], priorities: Mapping[str, int]) -> Iterator[str]:
    """Tell of everybody who was passed; `entries` are those of one license type, `priorities` those of rules by id."""
    waiting: dict[str, Place] = {}
    for request, together in groupby(entries, key=lambda entry: entry.request_id):
        before, changes = dict(waiting), list(together)
        for entry in changes:
            _follow(waiting, entry)
        for entry in changes:
            if entry.event == "seat.granted":
                mine = before.get(entry.user_id) or _of_a_newcomer(entry, priorities)
                for user, place in waiting.items():
                    if before.get(user) == place and place < mine:
                        yield f"{entry.license_type} {entry.number}: {user} at {place} was passed at {mine} ({request})"


def _follow(waiting: dict[str, Place], entry: SeatEntry) -> None:
    if not entry.event.startswith("ticket."):
        return
    ticket = entry.after
    if ticket is None or ticket["parked_until"] is not None:
        waiting.pop(entry.user_id, None)
    else:
        waiting[entry.user_id] = (ticket["klass"], ticket["queue_priority"], ticket["number"])


def _of_a_newcomer(entry: SeatEntry, priorities: Mapping[str, int]) -> Place:
    """Give the place that somebody would have got who found a seat at once."""
    by_rule = RULE_PRIORITY if entry.rule_id else DEFAULT_PRIORITY
    return NORMAL_CLASS, priorities.get(entry.rule_id or "", by_rule), LAST
