"""The core Group schema as a table (RFC 7643 §4.2, §8.7.1)."""

from __future__ import annotations

from scim_portal.protocol.attributes import Attribute, Schema

GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group"

_MEMBERS = Attribute(
    "members",
    type="complex",
    multi_valued=True,
    description="Members of the group.",
    sub_attributes=(
        Attribute(
            "value",
            case_exact=True,
            mutability="immutable",
            description="Identifier of the member.",
        ),
        Attribute(
            "$ref",
            type="reference",
            case_exact=True,
            mutability="immutable",
            reference_types=("User", "Group"),
            description="URI of the member.",
        ),
        Attribute(
            "display",
            description="Name of the member; only for showing (RFC 7643 §2.4).",
        ),
        Attribute(
            "type",
            mutability="immutable",
            canonical_values=("User", "Group"),
            description="What kind the member is.",
        ),
    ),
)

GROUP_SCHEMA = Schema(
    id=GROUP_URN,
    name="Group",
    description="Group",
    attributes=(
        # §4.2 says REQUIRED although the listing of §8.7.1 says false; the text decides.
        Attribute("displayName", required=True, description="Name of the group for people."),
        _MEMBERS,
    ),
)
