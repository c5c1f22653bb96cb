"""The closed vocabulary of what can happen to a seat or ticket, and why, with the sentence for each reason."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from rules.decide import Kind, Source
from scim_portal.protocol.sentences import Sentence, template


class Event(StrEnum):
    """What happened to a seat or a ticket."""

    SEAT_GRANTED = "seat.granted"
    SEAT_RELEASED = "seat.released"
    SEAT_SETTLING = "seat.settling"
    SEAT_KEPT = "seat.kept"
    SEAT_HELD = "seat.held"
    SEAT_RESTORED = "seat.restored"
    SEAT_HOLD_BROKEN = "seat.hold_broken"
    SEAT_SUSPENDED = "seat.suspended"
    SEAT_RESUMED = "seat.resumed"
    SEAT_SOURCE_CHANGED = "seat.source_changed"
    TICKET_OPENED = "ticket.opened"
    TICKET_PARKED = "ticket.parked"
    TICKET_RESUMED = "ticket.resumed"
    TICKET_CHANGED = "ticket.changed"
    TICKET_CLOSED = "ticket.closed"


class Reason(StrEnum):
    """Why it happened."""

    FREE_SEAT = "free_seat"
    WISH_ENDED = "wish_ended"
    WISH_RETURNED = "wish_returned"
    WISH_MOVED = "wish_moved"
    SETTLED = "settled"
    SWAPPED = "swapped"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    HOLD_OVER = "hold_over"
    HOLD_GAVE_WAY = "hold_gave_way"
    LAPSED = "lapsed"
    RENEWED = "renewed"
    NO_ROOM = "no_room"
    GOT_SEAT = "got_seat"
    PARKING_OVER = "parking_over"
    ERASED = "erased"
    PRIORITY_GIVEN = "priority_given"
    PRIORITY_TAKEN_BACK = "priority_taken_back"


# Where the source is told, whole sentences for each kind: other languages inflect it, and its place in a sentence differs.
_SENTENCES: Final[dict[Reason, str | dict[Kind, str]]] = {
    Reason.FREE_SEAT: {
        Kind.RULE: template("The rule “{rule}” gives {type}, and a seat was free."),
        Kind.PIN: template("A pin gives {type}, and a seat was free."),
        Kind.DEFAULT: template("The default license gives {type}, and a seat was free."),
    },
    Reason.WISH_ENDED: {
        Kind.RULE: template("Nothing gives {type} to this person any more; it came from the rule “{rule}”."),
        Kind.PIN: template("Nothing gives {type} to this person any more; it came from a pin."),
        Kind.DEFAULT: template("Nothing gives {type} to this person any more; it came from the default license."),
    },
    Reason.WISH_RETURNED: {
        Kind.RULE: template("The rule “{rule}” gives {type} again, in time."),
        Kind.PIN: template("A pin gives {type} again, in time."),
        Kind.DEFAULT: template("The default license gives {type} again, in time."),
    },
    Reason.WISH_MOVED: {
        Kind.RULE: template("{type} now comes from the rule “{rule}”."),
        Kind.PIN: template("{type} now comes from a pin."),
        Kind.DEFAULT: template("{type} now comes from the default license."),
    },
    Reason.SETTLED: template("Nothing gave {type} back within the settle time."),
    Reason.SWAPPED: template("A preferred license of the same family took the place of {type}."),
    Reason.DEACTIVATED: template("The person was deactivated while {type} was theirs."),
    Reason.REACTIVATED: template("The person returned while {type} was held for them."),
    Reason.HOLD_OVER: template("The person did not return to {type} within the hold."),
    Reason.HOLD_GAVE_WAY: template("The held seat of {type} gave way to someone who was waiting."),
    Reason.LAPSED: template("No contract for {type} is in force."),
    Reason.RENEWED: template("A contract for {type} is in force again."),
    Reason.NO_ROOM: {
        Kind.RULE: template("The rule “{rule}” gives {type}, but no seat is free."),
        Kind.PIN: template("A pin gives {type}, but no seat is free."),
        Kind.DEFAULT: template("The default license gives {type}, but no seat is free."),
    },
    Reason.GOT_SEAT: template("The person has a seat that makes waiting for {type} needless."),
    Reason.PARKING_OVER: template("The wish for {type} did not return in time."),
    Reason.PRIORITY_GIVEN: template("An admin gave this person another place in the queue for {type}."),
    Reason.PRIORITY_TAKEN_BACK: {
        Kind.RULE: template("The place in the queue for {type} follows the rule “{rule}” again."),
        Kind.PIN: template("The place in the queue for {type} follows a pin again."),
        Kind.DEFAULT: template("The place in the queue for {type} follows the default license again."),
    },
    Reason.ERASED: template("The person was erased, so nothing of {type} is kept for them."),
}


def sentence(reason: Reason, license_type: str, source: Source) -> str:
    """Write the reason as one sentence for an admin."""
    found = _SENTENCES[reason]
    text = found if isinstance(found, str) else found[source.kind]
    said = Sentence(text, {"type": license_type, "rule": source.rule_name})
    return said if said[0].isupper() else said[0].upper() + said[1:]


def name(source: Source) -> str:
    """Name a source inside a sentence."""
    if source.kind is Kind.RULE:
        return f"the rule “{source.rule_name}”"
    return "a pin" if source.kind is Kind.PIN else "the default license"
