"""The resource types this server knows by itself, and the one place to import definitions from.

Extensions can be added at run time: `dataclasses.replace(USER, extensions=(*USER.extensions, mine))` is a new value.
"""

from __future__ import annotations

from scim_portal.protocol.attributes import (
    COMMON_ATTRIBUTES,
    Attribute,
    ResourceType,
    Schema,
)
from scim_portal.protocol.enterprise import ENTERPRISE_SCHEMA, ENTERPRISE_URN
from scim_portal.protocol.group_schema import GROUP_SCHEMA, GROUP_URN
from scim_portal.protocol.license_schema import LICENSE_SCHEMA, LICENSE_URN
from scim_portal.protocol.user_schema import USER_SCHEMA, USER_URN

__all__ = [
    "COMMON_ATTRIBUTES",
    "ENTERPRISE_SCHEMA",
    "ENTERPRISE_URN",
    "GROUP",
    "GROUP_SCHEMA",
    "GROUP_URN",
    "LICENSE_SCHEMA",
    "LICENSE_URN",
    "USER",
    "USER_SCHEMA",
    "USER_URN",
    "Attribute",
    "ResourceType",
    "Schema",
]

USER = ResourceType("User", "/Users", "User account", USER_SCHEMA, (ENTERPRISE_SCHEMA, LICENSE_SCHEMA))
GROUP = ResourceType("Group", "/Groups", "Group", GROUP_SCHEMA)
