"""The closed vocabulary of what can happen to a seat or ticket, and why, with the sentence for each reason."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from rules.decide import Kind, Source


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


_SENTENCES: Final = {
    Reason.FREE_SEAT: "{source} gives {type}, and a seat was free.",
    Reason.WISH_ENDED: "Nothing gives {type} to this person any more; it came from {source}.",
    Reason.WISH_RETURNED: "{source} gives {type} again, in time.",
    Reason.WISH_MOVED: "{type} now comes from {source}.",
    Reason.SETTLED: "Nothing gave {type} back within the settle time.",
    Reason.SWAPPED: "A preferred license of the same family took the place of {type}.",
    Reason.DEACTIVATED: "The person was deactivated while {type} was theirs.",
    Reason.REACTIVATED: "The person returned while {type} was held for them.",
    Reason.HOLD_OVER: "The person did not return to {type} within the hold.",
    Reason.HOLD_GAVE_WAY: "The held seat of {type} gave way to someone who was waiting.",
    Reason.LAPSED: "No contract for {type} is in force.",
    Reason.RENEWED: "A contract for {type} is in force again.",
    Reason.NO_ROOM: "{source} gives {type}, but no seat is free.",
    Reason.GOT_SEAT: "The person has a seat that makes waiting for {type} needless.",
    Reason.PARKING_OVER: "The wish for {type} did not return in time.",
    Reason.PRIORITY_GIVEN: "An admin gave this person another place in the queue for {type}.",
    Reason.PRIORITY_TAKEN_BACK: "The place in the queue for {type} follows {source} again.",
    Reason.ERASED: "The person was erased, so nothing of {type} is kept for them.",
}


def sentence(reason: Reason, license_type: str, source: Source) -> str:
    """Write the reason as one sentence for an admin."""
    text = _SENTENCES[reason].format(type=license_type, source=name(source))
    return text[0].upper() + text[1:]


def name(source: Source) -> str:
    """Name a source inside a sentence."""
    if source.kind is Kind.RULE:
        return f"the rule “{source.rule_name}”"
    return "a pin" if source.kind is Kind.PIN else "the default license"
