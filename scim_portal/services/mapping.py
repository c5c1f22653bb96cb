"""Between SCIM resources and rows: the one place where protocol and tables meet.

A stored document is finished SCIM JSON but for what depends on the portal's address or on other rows: `meta.location` and a
user's `groups`, which `finished_user` and `finished_group` splice into the bytes. `meta` is always the last member.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from scim_portal.protocol import etags, resource
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.definitions import GROUP, LICENSE_URN, USER
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.folding import exact_text, fold_text

Resource = dict[str, Any]
INDEXED_BYTES = 2000
_SCHEMAS = '{"schemas":['


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the server says about a resource: id, version and its two instants."""

    id: str
    version: int
    created_at: datetime
    updated_at: datetime


def user_columns(content: Resource, stamp: Stamp, kind: ResourceType = USER) -> dict[str, Any]:
    """Extract every column of `User` from a canonical resource (without id and meta); `kind` says how it is folded."""
    emails = content.get("emails", [])
    primary = next((mail for mail in emails if mail.get("primary")), emails[0] if emails else {})
    name = content.get("name", {})
    spoken = " ".join(part for part in (name.get("givenName"), name.get("familyName")) if part)
    return _columns(kind, content, stamp) | {
        "user_name": content["userName"],
        "user_name_folded": _indexable("userName", fold_text(content["userName"])),
        "display_name": content.get("displayName") or name.get("formatted") or spoken or None,
        "email": primary.get("value"),
        "active": content.get("active", True),
    }


def group_columns(content: Resource, stamp: Stamp, kind: ResourceType = GROUP) -> dict[str, Any]:
    """Extract every column of `Group` from a canonical resource (without id, meta and members)."""
    return _columns(kind, content, stamp) | {
        "display_name": content["displayName"],
        "display_name_folded": _indexable("displayName", fold_text(content["displayName"])),
    }


def changeable(columns: dict[str, Any]) -> dict[str, Any]:
    """Leave out what an update cannot change; setting a key to itself makes SQLite visit every row that refers to it."""
    return {name: value for name, value in columns.items() if name not in {"id", "created_at"}}


def content(document: str | bytes) -> Resource:
    """Read the resource back out of a stored document, without what the server adds."""
    stored: Resource = orjson.loads(document)
    stored.pop("id", None)
    stored.pop("meta", None)
    return stored


def location(scim_base_url: str, kind: ResourceType, id: str) -> str:
    """Make a resource's own address."""
    return f"{scim_base_url}{kind.endpoint}/{id}"


def finished_user(
    document: str, id: str, scim_base_url: str, groups: list[Resource], licenses: list[Resource] | None = None
) -> bytes:
    """Splice the portal's address, the user's groups and (where they are shown) licenses into a stored document."""
    tail = b',"groups":' + orjson.dumps(groups) if groups else b""
    if licenses:
        document = document.replace(_SCHEMAS, f'{_SCHEMAS}"{LICENSE_URN}",', 1)
        tail += b',"' + LICENSE_URN.encode() + b'":' + orjson.dumps({"licenses": licenses})
    return _located(document, _address(scim_base_url, USER.endpoint), id) + tail + b"}"


def finished_group(document: str, id: str, scim_base_url: str, members: list[Resource] | None) -> bytes:
    """Splice the portal's address and the members into a stored document; None leaves members out."""
    tail = b',"members":' + orjson.dumps(members) + b"}" if members is not None else b"}"
    return _located(document, _address(scim_base_url, GROUP.endpoint), id) + tail


def group_reference(scim_base_url: str, id: str, display: str, type: str) -> Resource:
    """Make one entry of a user's `groups`; `type` is `direct` or `indirect` (RFC 7643 §4.1.2)."""
    return {"value": id, "$ref": location(scim_base_url, GROUP, id), "display": display, "type": type}


def member_reference(scim_base_url: str, id: str, display: str | None, type: str) -> Resource:
    """Make one entry of a group's `members`, a `User` or `Group`; `display` is echoed when it was sent, never invented."""
    entry = {"value": id, "$ref": location(scim_base_url, USER if type == "User" else GROUP, id), "type": type}
    return entry | {"display": display} if display is not None else entry


def folded_display(display: str | None) -> str | None:
    """Make the copy of a member's `display` that filters compare."""
    return None if display is None else fold_text(display)


@lru_cache(maxsize=1000)
def _address(scim_base_url: str, endpoint: str) -> str:
    """Give the beginning of all addresses of a type, as JSON writes it."""
    return orjson.dumps(f"{scim_base_url}{endpoint}/").decode()[:-1]


def _located(document: str, address: str, id: str) -> bytes:
    return f'{document[:-2]},"location":{address}{id}"}}'.encode()


def _columns(kind: ResourceType, content: Resource, stamp: Stamp) -> dict[str, Any]:
    external = content.get("externalId")
    created, updated = _to_the_millisecond(stamp.created_at), _to_the_millisecond(stamp.updated_at)
    full = {
        "schemas": content.get("schemas", [kind.schema.id]),
        "id": stamp.id,
        **{name: value for name, value in content.items() if name != "schemas"},
        "meta": {
            "resourceType": kind.name,
            "created": _instant(created),
            "lastModified": _instant(updated),
            "version": etags.tag(stamp.version),
        },
    }
    return {
        "id": stamp.id,
        "version": stamp.version,
        "created_at": created,
        "updated_at": updated,
        "external_id": None if external is None else _indexable("externalId", exact_text(external)),
        "document": orjson.dumps(full).decode(),
        "folded": resource.fold(kind, full),
    }


def _indexable(name: str, value: str) -> str:
    """Refuse what no index entry of PostgreSQL could hold; such texts are long, and in letters of four bytes each."""
    if len(value) > INDEXED_BYTES // 4 and len(value.encode()) > INDEXED_BYTES:
        raise InvalidValue(f"{name} is too long: its letters take more than {INDEXED_BYTES} bytes.", attribute=name)
    return value


def _to_the_millisecond(moment: datetime) -> datetime:
    """Keep of an instant what is shown of it, so that a filter on the value shown finds it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
