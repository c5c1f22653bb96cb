"""Our own extension of User: what the person holds and awaits, read-only (docs/licensing.md)."""

from __future__ import annotations

from scim_portal.protocol.attributes import Attribute, Schema, Type

LICENSE_URN = "urn:scim-portal:schemas:extension:license:1.0:User"


def _told(name: str, description: str, type: Type = "string") -> Attribute:
    return Attribute(name, type=type, mutability="readOnly", returned="request", description=description)


LICENSE_SCHEMA = Schema(
    LICENSE_URN,
    "License",
    "Seats that the user holds and licenses that the user waits for",
    (
        Attribute(
            "licenses",
            type="complex",
            multi_valued=True,
            mutability="readOnly",
            returned="request",
            description="One entry for each seat and each ticket.",
            sub_attributes=(
                _told("value", "Key of the license type."),
                _told("display", "Name of the license type."),
                _told("state", "assigned, releasing, held, suspended or waiting."),
                _told("source", "What it comes from: a rule's name, default or pin."),
                _told("since", "When this state began.", "dateTime"),
                _told("queuePosition", "Place in the queue, from 1, while waiting.", "integer"),
            ),
        ),
    ),
)
