"""Tables: columns, constraints, indexes; no behavior beyond one row's own invariants."""

from scim_portal.models.audit import AdminAction, ProvisioningEntry
from scim_portal.models.directory import Group, Membership, User
from scim_portal.models.licensing import (
    ContractLine,
    Family,
    LicenseType,
    Override,
    PolicyDraft,
    PolicyVersion,
    Seat,
    SeatEntry,
    Ticket,
)
from scim_portal.models.portal import Admin, AdminSession, Connector, Credential, Portal, Throttle
from scim_portal.models.queue import Job

__all__ = [
    "Admin", "AdminAction", "AdminSession", "Connector", "ContractLine", "Credential", "Family", "Group", "Job",
    "LicenseType", "Membership", "Override", "PolicyDraft", "PolicyVersion", "Portal", "ProvisioningEntry", "Seat", "SeatEntry",
    "Throttle", "Ticket", "User",
]  # fmt: skip
