"""When a frozen rule lets go of whom it kept for a seat (L9). Whom it keeps until then is said by `decide`."""

from __future__ import annotations

from rules.decide import Facts, has_seat
from rules.policy import Policy


def left_by(policy: Policy, facts: Facts) -> tuple[str, ...]:
    """Name the frozen rules that kept an active person for a seat and have no reason to any more.

    They must be forgotten for this person, or they would take over whatever another rule gives next (I4).
    """
    for_seats = (rule for rule in policy.rules if facts.kept_by.get(rule.id) is False)
    return tuple(rule.id for rule in for_seats if not (has_seat(rule, facts) and rule.condition.holds(facts.resource)))
