"""Attribute paths that the rule editor suggests: the usual ones in words, then all others of the schemas, declared or not."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.services import resource_types


def suggested(kind: ResourceType) -> list[tuple[str, str]]:
    """List paths with a label each, the likely ones first."""
    usual = _usual()
    known = {path.lower() for path, _label in usual}
    others = [(path, label) for path, label in _all(kind) if path.lower() not in known]
    return [*usual, *others]


def _usual() -> list[tuple[str, str]]:
    return [
        ("groups", _("Group, by name")), ("department", _("Department")), ("title", _("Title")), ("userType", _("User type")),
        ("userName", _("User name")), ("emails.value", _("Email")), ("displayName", _("Display name")),
        ("name.familyName", _("Family name")), ("costCenter", _("Cost center")), ("division", _("Division")),
        ("organization", _("Organization")), ("employeeNumber", _("Employee number")), ("manager.value", _("Manager's id")),
        ("addresses.country", _("Country")), ("locale", _("Locale")), ("active", _("Active")), ("roles.value", _("Role")),
        ("entitlements.value", _("Entitlement")), ("externalId", _("External id")),
        ("meta.created", _("Created (date and time)")),
    ]  # fmt: skip


def _all(kind: ResourceType) -> Iterator[tuple[str, str]]:
    declared = {schema.id for schema in resource_types.declared(kind)}
    for schema in (kind.schema, *kind.extensions):
        prefix = f"{schema.id}:" if schema.id in declared else ""
        name = f"{schema.name}: " if schema.id in declared else ""
        for one in schema.attributes:
            for path, last in _parts(one):
                yield f"{prefix}{path}", f"{name}{last.description or path}"[:80]


def _parts(attribute: Attribute) -> Iterator[tuple[str, Attribute]]:
    """Yield the paths of an attribute that can be compared: its own, or those of its parts."""
    if attribute.returned == "never":
        return
    if not attribute.sub_attributes:
        yield attribute.name, attribute
    for part in attribute.sub_attributes or ():
        yield f"{attribute.name}.{part.name}", part
