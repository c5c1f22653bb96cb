"""Requests that depart from the standard, or only look so: who refuses them, who takes them, and what becomes of them.

A case names its flag in `protocol.tolerance`; `{fresh}` is a user and `{team}` a group made for it, `{new}` a free name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.portals import CORE_GROUP, CORE_USER, ENTERPRISE, a_group, a_patch
from tests.web.bad_world import TOLERANCES

EVERYBODY, LOOSE, CLIENTS, ENTRA = TOLERANCES, ("generic", "okta", "entra"), ("okta", "entra"), ("entra",)
USER, GROUP = "/Users/{fresh}", "/Groups/{team}"
Parts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forgiven:
    """A request; `by` take it and it has become `becomes` (see `contract.matching`), the others refuse with `scim_type`."""

    name: str
    by: tuple[str, ...]
    scim_type: str | None
    method: str
    path: str
    body: Any
    becomes: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def created(name: str, by: tuple[str, ...], scim_type: str | None, body: Parts, becomes: Parts) -> Forgiven:
    """Make a case of a new user."""
    return Forgiven(
        name, by, scim_type, "POST", "/Users", {"schemas": [CORE_USER], "userName": "{new}"} | body, becomes
    )


def patched(
    name: str, by: tuple[str, ...], scim_type: str | None, becomes: Parts, *operations: Parts, path: str = USER
) -> Forgiven:
    """Make a case of a changed user or group."""
    return Forgiven(name, by, scim_type, "PATCH", path, a_patch(*operations), becomes)


def replaced(name: str, by: tuple[str, ...], scim_type: str | None, path: str, value: Any, becomes: Parts) -> Forgiven:
    """Make a case of one replaced value."""
    return patched(name, by, scim_type, becomes, {"op": "replace", "path": path, "value": value})


def listed(name: str, by: tuple[str, ...], scim_type: str | None, query: str, total: Any) -> Forgiven:
    """Make a case of a list."""
    return Forgiven(name, by, scim_type, "GET", f"/Users?{query}", None, {"totalResults": total})


MEMBER = {"members": [{"value": "{fresh}"}]}
MISSPELT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
ANN = {"userName": "{new}"}
SCHEMAS = [
    created("no schemas", LOOSE, "invalidSyntax", {"schemas": None}, ANN),
    created("schemas that are a text", LOOSE, "invalidSyntax", {"schemas": CORE_USER}, ANN),
    created("schemas with a number", LOOSE, "invalidSyntax", {"schemas": [CORE_USER, 5]}, ANN),
    created("no schema in the schemas", LOOSE, "invalidSyntax", {"schemas": []}, {"schemas": [CORE_USER]}),
    created("only an extension in the schemas", LOOSE, "invalidSyntax", {"schemas": [ENTERPRISE]}, ANN),
    created("the enterprise schema misspelt", LOOSE, "invalidSyntax", {"schemas": [CORE_USER, MISSPELT]},
        {"schemas": [CORE_USER]}),
    created("the schema of SCIM 1.1", LOOSE, "invalidSyntax", {"schemas": ["urn:scim:schemas:core:1.0"]},
        {"schemas": [CORE_USER]}),
    created("the schema of a group", LOOSE, "invalidSyntax", {"schemas": [CORE_GROUP]}, {"schemas": [CORE_USER]}),
    Forgiven("a group without schemas", LOOSE, "invalidSyntax", "POST", "/Groups", {"displayName": "{new}"},
        {"displayName": "{new}"}),
    Forgiven("a group with Microsoft's schema", LOOSE, "invalidSyntax", "POST", "/Groups",
             a_group("{new}") | {"schemas": [CORE_GROUP,
                 "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]},
             {"schemas": [CORE_GROUP]}),
    Forgiven("a PUT without schemas", LOOSE, "invalidSyntax", "PUT", USER, {"userName": "{new}", "title": "x"},
        {"title": "x"}),
    Forgiven("a PATCH without schemas", LOOSE, "invalidSyntax", "PATCH", USER,
             {"Operations": [{"op": "add", "path": "title", "value": "x"}]}, {"title": "x"}),
    Forgiven("a PATCH with a resource's schema", LOOSE, "invalidSyntax", "PATCH", GROUP,
             {"schemas": [CORE_GROUP], "Operations": [{"op": "replace", "value": {"displayName": "{new}"}}]},
             {"displayName": "{new}"}),
    Forgiven("a search without schemas", LOOSE, "invalidSyntax", "POST", "/Users/.search", {"count": 0},
        {"totalResults": {"$atLeast": 1}}),
    Forgiven("a bulk request without schemas", LOOSE, "invalidSyntax", "POST", "/Bulk",
             {"Operations": [{"method": "DELETE", "path": USER}]}, {"Operations": [{"status": "204"}]}),
]  # fmt: skip
VALUES = [
    created("active as a text", LOOSE, "invalidValue", {"active": "False"}, {"active": False}),
    created("active as a text in capitals", LOOSE, "invalidValue", {"active": "TRUE"}, {"active": True}),
    created("primary as a text", LOOSE, "invalidValue", {"emails": [{"value": "a@b.c", "primary": "true"}]},
        {"emails": [{"primary": True}]}),
    replaced("active as a text in a PATCH", LOOSE, "invalidValue", "active", "False", {"active": False}),
    patched("active as a text without a path", LOOSE, "invalidValue", {"active": False},
        {"op": "replace", "value": {"active": "false"}}),
    created("one mail instead of a list", LOOSE, "invalidValue", {"emails": {"value": "a@b.c"}},
        {"emails": [{"value": "a@b.c"}]}),
    replaced("one mail instead of a list in a PATCH", LOOSE, "invalidValue", "emails", {"value": "a@b.c"},
        {"emails": [{"value": "a@b.c"}]}),
    created("one role instead of a list", LOOSE, "invalidValue", {"roles": {"value": "Admin"}},
        {"roles": [{"value": "Admin"}]}),
    created("a text as roles", LOOSE, "invalidValue", {"roles": "Admin"}, {"roles": [{"value": "Admin"}]}),
    created("texts as mails", LOOSE, "invalidValue", {"emails": ["a@b.c", "d@e.f"]},
        {"emails": [{"value": "a@b.c"}, {"value": "d@e.f"}]}),
    created("a list with one name", LOOSE, "invalidValue", {"name": [{"givenName": "Ann"}]},
        {"name": {"givenName": "Ann"}}),
    created("the manager in a list", LOOSE, "invalidValue", {ENTERPRISE: {"manager": [{"value": "m"}]}},
        {ENTERPRISE: {"manager": {"value": "m"}}}),
    created("the manager as a text", LOOSE, "invalidValue", {ENTERPRISE: {"manager": "m"}},
        {ENTERPRISE: {"manager": {"value": "m"}}}),
    created("two primary mails", LOOSE, "invalidValue",
        {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
            {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": False}]}),
    replaced("two primary mails in a PATCH", LOOSE, "invalidValue", "emails",
             [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
             {"emails": [{"primary": True}, {"primary": False}]}),
    created("an extension that the schemas name and nobody knows", LOOSE, "invalidSyntax",
            {"schemas": [CORE_USER, "urn:x:y"], "urn:x:y": {"a": [1, {"B": None}]}},
            {"urn:x:y": {"a": [1, {"B": None}]}}),
    replaced("the manager's name", LOOSE, "mutability", f"{ENTERPRISE}:manager.displayName", "Boss",
        {ENTERPRISE: {"manager": {"displayName": "Boss"}}}),
]  # fmt: skip
GROUPS = [
    Forgiven("texts as members", LOOSE, "invalidValue", "POST", "/Groups",
        a_group("{new}") | {"members": ["{fresh}"]}, MEMBER),
    Forgiven("one member instead of a list", LOOSE, "invalidValue", "PUT", GROUP,
        a_group("{new}") | {"members": {"value": "{fresh}"}}, MEMBER),
    Forgiven("a text as members", LOOSE, "invalidValue", "PUT", GROUP, a_group("{new}") | {"members": "{fresh}"},
        MEMBER),
    patched("texts as members in a PATCH", LOOSE, "invalidValue", MEMBER,
        {"op": "add", "path": "members", "value": ["{fresh}"]}, path=GROUP),
    patched("a text as members in a PATCH", LOOSE, "invalidValue", MEMBER,
        {"op": "add", "path": "members", "value": "{fresh}"}, path=GROUP),
    patched("one member in a PATCH", LOOSE, "invalidValue", MEMBER,
        {"op": "replace", "value": {"members": {"value": "{fresh}"}}}, path=GROUP),
]  # fmt: skip
PATHS = [
    replaced("a mail that is not there", CLIENTS, "noTarget", 'emails[type eq "home"].value', "h@x.y",
             {"emails": {"$contains": {"type": "home", "value": "h@x.y"}}}),
    replaced("a role that is not there", CLIENTS, "noTarget", 'roles[primary eq "True"].value', "A",
        {"roles": [{"primary": True, "value": "A"}]}),
    patched("a phone added that is not there", CLIENTS, "noTarget", {"phoneNumbers": [{"type": "fax", "value": "1"}]},
            {"op": "Add", "path": 'phoneNumbers[type eq "fax"].value', "value": "1"}),
    replaced("a mail that cannot be made up", (), "noTarget", 'emails[type ne "work"].value', "h@x.y", {}),
    replaced("the short path of the manager", CLIENTS, "invalidPath", "manager", {"value": "m"},
        {ENTERPRISE: {"manager": {"value": "m"}}}),
    replaced("the short path of the department", CLIENTS, "invalidPath", "department", "R&D",
        {ENTERPRISE: {"department": "R&D"}}),
    replaced("the manager after a dot", CLIENTS, "invalidPath", f"{ENTERPRISE}.manager", "m",
        {ENTERPRISE: {"manager": {"value": "m"}}}),
    patched("an extension's attribute without its URN", CLIENTS, None, {ENTERPRISE: {"costCenter": "7"}},
        {"op": "add", "value": {"costCenter": "7"}}),
]  # fmt: skip
FILTERS = [
    *(listed(f"the word {text} without quotes", ENTRA, "invalidFilter", f"filter=externalId+eq+{text}", 0)
      for text in ("jyoung", "-", "1.", ".5", "01", "NaN", "undefined", "a@b.c", "0191-x")),
    listed("a bare word with more behind it", ENTRA, "invalidFilter", "filter=title+eq+a+and+active+eq+true", 0),
]  # fmt: skip
CASES = [*SCHEMAS, *VALUES, *GROUPS, *PATHS, *FILTERS]
