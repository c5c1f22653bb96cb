"""The Enterprise User extension as a table (RFC 7643 §4.3, §8.7.1)."""

from __future__ import annotations

from scim_portal.protocol.attributes import Attribute, Schema

ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

ENTERPRISE_SCHEMA = Schema(
    id=ENTERPRISE_URN,
    name="EnterpriseUser",
    description="Enterprise User",
    attributes=(
        Attribute(
            "employeeNumber",
            description="Identifier that the organization gave to the person.",
        ),
        Attribute("costCenter", description="Name of a cost center."),
        Attribute("organization", description="Name of an organization."),
        Attribute("division", description="Name of a division."),
        Attribute("department", description="Name of a department."),
        Attribute(
            "manager",
            type="complex",
            description="The user's manager.",
            sub_attributes=(
                Attribute(
                    "value",
                    case_exact=True,
                    description="Identifier of the manager's User resource.",
                ),
                Attribute(
                    "$ref",
                    type="reference",
                    case_exact=True,
                    reference_types=("User",),
                    description="URI of the manager's User resource.",
                ),
                Attribute(
                    "displayName",
                    mutability="readOnly",
                    description="Name of the manager; only for showing.",
                ),
            ),
        ),
    ),
)
