"""Bodies to try an attribute mapping on: what each kind of provider usually sends."""

from __future__ import annotations

from typing import Any

from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP_URN, USER_URN

_OKTA = {
    "schemas": [USER_URN],
    "userName": "ann.archer@acme.example",
    "name": {"givenName": "Ann", "familyName": "Archer"},
    "emails": [{"primary": True, "value": "ann.archer@acme.example", "type": "work"}],
    "displayName": "Ann Archer",
    "locale": "en-US",
    "externalId": "00u1dhhb1fkIGP7RL1d8",
    "active": True,
}
_ENTRA = {
    "schemas": [USER_URN, ENTERPRISE_URN],
    "externalId": "ann.archer",
    "userName": "Ann.Archer@acme.example",
    "active": True,
    "displayName": "Ann Archer",
    "emails": [{"primary": True, "type": "work", "value": "Ann.Archer@acme.example"}],
    "name": {"formatted": "Ann Archer", "familyName": "Archer", "givenName": "Ann"},
    "title": "Buyer",
    ENTERPRISE_URN: {"department": "Purchasing"},
}
_GROUP = {"schemas": [GROUP_URN], "displayName": "Sales", "externalId": "sales", "members": []}


def usual(provider: str, kind: str) -> dict[str, Any]:
    """Give the body of a create as a provider (`okta`, `entra`, `generic`) sends it for a `user` or a `group`."""
    return _GROUP if kind == "group" else _ENTRA if provider == "entra" else _OKTA
