"""Tables: columns, constraints, indexes; no behavior beyond one row's own invariants."""

from scim_portal.models.audit import AdminAction, ProvisioningEntry
from scim_portal.models.directory import (
    Ancestry,
    Departures,
    Email,
    ExtensionSchema,
    Group,
    Membership,
    NameTerm,
    Nesting,
    User,
)
from scim_portal.models.licensing import (
    ContractLine,
    Family,
    Freeze,
    LicenseType,
    Override,
    PolicyDraft,
    PolicyVersion,
    Seat,
    SeatEntry,
    Ticket,
)
from scim_portal.models.notices import Notice, Outbound
from scim_portal.models.portal import Admin, AdminSession, Connector, Credential, Portal, Throttle
from scim_portal.models.queue import Job

__all__ = [
    "Admin", "AdminAction", "AdminSession", "Ancestry", "Connector", "ContractLine", "Credential", "Departures", "Email",
    "ExtensionSchema", "Family", "Freeze", "Group", "Job", "LicenseType", "Membership", "NameTerm", "Nesting", "Notice",
    "Outbound", "Override", "PolicyDraft", "PolicyVersion", "Portal", "ProvisioningEntry", "Seat", "SeatEntry", "Throttle",
    "Ticket", "User",
]  # fmt: skip
