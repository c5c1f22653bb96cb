"""Okta's attribute mapping: from a person in the directory to the SCIM body that Okta sends, and nothing else.

The bodies follow Okta's reference for SCIM 2.0 with the default mappings of a wizard app: an empty `groups`, a
throw-away `password` on every create, and the enterprise extension for department, cost center and employee number.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from scim_portal.simulate.people import Person

Json: TypeAlias = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def mapped(person: Person) -> Json:
    """Return the attributes that Okta owns, as its default mapping fills them."""
    return {
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name, "middleName": ""},
        "emails": [{"primary": True, "value": person.user_name, "type": "work"}],
        "phoneNumbers": [{"primary": True, "value": person.phone, "type": "work"}],
        "displayName": person.display_name,
        "title": person.title,
        "userType": person.user_type,
        "locale": person.locale,
        "externalId": person.okta_id,
        ENTERPRISE: {
            "employeeNumber": person.employee_number,
            "costCenter": person.cost_center,
            "department": person.department,
        },
        "active": True,
    }


def create_body(person: Person) -> Json:
    """Return the body of `POST /Users`; the password is random and means nothing, as Okta's does."""
    return {
        "schemas": [USER, ENTERPRISE],
        **mapped(person),
        "groups": [],
        "password": secrets.token_urlsafe(8),
    }


def replace_body(fetched: Mapping[str, Any], person: Person) -> Json:
    """Return the body of `PUT /Users/{id}`: the server's own answer with Okta's mapping laid over it."""
    body = copy.deepcopy(dict(fetched))
    for attribute, value in mapped(person).items():
        known = body.get(attribute)
        body[attribute] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    body["schemas"] = list(dict.fromkeys([*body.get("schemas", ()), USER, ENTERPRISE]))
    return body


def group_body(name: str, members: Sequence[Json], group_id: str | None = None) -> Json:
    """Return the body of `POST /Groups` (no id) or of a wizard app's `PUT /Groups/{id}`."""
    identity = {"id": group_id} if group_id else {}
    return {"schemas": [GROUP], **identity, "displayName": name, "members": list(members)}


def patch_body(*operations: Json) -> Json:
    """Wrap operations as a PatchOp message."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
