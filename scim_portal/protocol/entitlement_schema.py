"""License types as clients see them: Okta's Entitlement schema, with the seat counts of the roles-and-entitlements draft.

Okta's discovery reads `id`, `displayName`, `type` and `description`; the draft calls the same things `value` and `display`,
so one resource carries both.
"""

from __future__ import annotations

from scim_portal.protocol.attributes import Attribute, ResourceType, Schema, Type

ENTITLEMENT_URN = "urn:okta:scim:schemas:core:1.0:Entitlement"
# Okta wants every entitlement's `type` to be the name of its resource type, and shows that name to the admin.
TYPE_NAME = "License"


def _told(name: str, description: str, type: Type = "string", *, exact: bool = False) -> Attribute:
    return Attribute(name, type=type, case_exact=exact, mutability="readOnly", description=description)


ENTITLEMENT_SCHEMA = Schema(
    ENTITLEMENT_URN,
    "Entitlement",
    "A license type: a product with a number of seats",
    (
        _told("displayName", "Name of the license type."),
        _told("type", "Name of the resource type."),
        _told("description", "The family, and how many seats are in use."),
        _told("value", "Key of the license type; the same as id.", exact=True),
        _told("display", "Name of the license type; the same as displayName."),
        _told("supported", "Whether seats can be given: always.", "boolean"),
        _told("limitedAssignmentsPermitted", "Whether the number of seats is limited.", "boolean"),
        _told("totalAssignmentsPermitted", "How many seats there are; absent when they are not limited.", "integer"),
        _told("totalAssignmentsUsed", "How many seats are in use.", "integer"),
    ),
)

ENTITLEMENT = ResourceType(
    TYPE_NAME, "/Entitlements", "License types that users hold by rule, with live seat counts", ENTITLEMENT_SCHEMA
)
