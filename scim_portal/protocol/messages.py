"""The messages of RFC 7644 around resources: lists, errors, and what the server says about itself (§3.4.2, §3.12, §4).

Discovery is built from the same tables that read resources, so it cannot promise something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from scim_portal.protocol.attributes import ResourceType, Schema
from scim_portal.protocol.bulk_request import LARGEST_PAYLOAD, MOST_OPERATIONS
from scim_portal.protocol.cursors import TIMEOUT
from scim_portal.protocol.errors import NotFound, ScimError
from scim_portal.protocol.queries import DEFAULT_PAGE, LARGEST_PAGE
from scim_portal.protocol.schema_documents import write_attributes

LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
TYPE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the server can do; counts are resources or operations, `bulk_payload` is in bytes, `cursor_timeout` in seconds."""

    patch: bool = True
    bulk: bool = True
    bulk_operations: int = MOST_OPERATIONS
    bulk_payload: int = LARGEST_PAYLOAD
    filter: bool = True
    filter_results: int = LARGEST_PAGE
    change_password: bool = False
    sort: bool = True
    etag: bool = True
    page: int = DEFAULT_PAGE
    cursor_timeout: int = TIMEOUT
    documentation: str | None = None


CAPABILITIES = Capabilities()


def list_response(
    resources: Iterable[bytes],
    total: int | None,
    start_index: int | None = None,
    *,
    next_cursor: str | None = None,
    previous_cursor: str | None = None,
) -> bytes:
    """Join resources that are JSON already into a ListResponse; counts are integers, as Okta insists.

    A page by index has a total and a start, a page by cursor has cursors and may leave the total out (RFC 9865 §2).
    """
    items = list(resources)
    facts = {
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(items),
        "nextCursor": next_cursor,
        "previousCursor": previous_cursor,
    }
    head = orjson.dumps({"schemas": [LIST_SCHEMA], **{name: one for name, one in facts.items() if one is not None}})
    return b"".join((head[:-1], b',"Resources":[', b",".join(items), b"]}"))


def error_body(problem: ScimError) -> bytes:
    """Write a refusal as an Error message."""
    return orjson.dumps(problem.to_body())


def service_provider_config(base_url: str, capabilities: Capabilities = CAPABILITIES) -> dict[str, Any]:
    """Build the ServiceProviderConfig (RFC 7643 §5); `base_url` is the SCIM root without a slash at its end."""
    able = capabilities
    config: dict[str, Any] = {
        "schemas": [CONFIG_SCHEMA],
        "patch": {"supported": able.patch},
        "bulk": {
            "supported": able.bulk,
            "maxOperations": able.bulk_operations,
            "maxPayloadSize": able.bulk_payload,
        },
        "filter": {"supported": able.filter, "maxResults": able.filter_results},
        "changePassword": {"supported": able.change_password},
        "sort": {"supported": able.sort},
        "etag": {"supported": able.etag},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": able.page,
            "maxPageSize": able.filter_results,
            "cursorTimeout": able.cursor_timeout,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A token in the Authorization header, issued in the portal for one connector.",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": _meta("ServiceProviderConfig", f"{base_url}/ServiceProviderConfig"),
    }
    if able.documentation:
        config["documentationUri"] = able.documentation
    return config


def resource_types(base_url: str, types: Sequence[ResourceType]) -> dict[str, Any]:
    """Build the list of resource types (RFC 7643 §6)."""
    return _listed([_type(base_url, one) for one in types])


def resource_type(base_url: str, types: Sequence[ResourceType], name: str) -> dict[str, Any]:
    """Build one resource type by its name; raises NotFound."""
    for one in types:
        if one.name.lower() == name.lower():
            return _type(base_url, one)
    raise NotFound(f"There is no resource type '{name}'.", value=name)


def schemas(base_url: str, types: Sequence[ResourceType]) -> dict[str, Any]:
    """Build the list of schemas that the types use (RFC 7643 §7)."""
    return _listed([_schema(base_url, one) for one in _used(types)])


def schema(base_url: str, types: Sequence[ResourceType], uri: str) -> dict[str, Any]:
    """Build one schema by its URN; raises NotFound."""
    for one in _used(types):
        if one.id.lower() == uri.lower():
            return _schema(base_url, one)
    raise NotFound(f"There is no schema '{uri}'.", value=uri)


def _used(types: Sequence[ResourceType]) -> list[Schema]:
    return list({one.id: one for kind in types for one in (kind.schema, *kind.extensions)}.values())


def _listed(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [LIST_SCHEMA],
        "totalResults": len(items),
        "startIndex": 1,
        "itemsPerPage": len(items),
        "Resources": items,
    }


def _meta(kind: str, location: str) -> dict[str, str]:
    return {"resourceType": kind, "location": location}


def _type(base_url: str, one: ResourceType) -> dict[str, Any]:
    return {
        "schemas": [TYPE_SCHEMA],
        "id": one.name,
        "name": one.name,
        "endpoint": one.endpoint,
        "description": one.description,
        "schema": one.schema.id,
        "schemaExtensions": [{"schema": extension.id, "required": False} for extension in one.extensions],
        "meta": _meta("ResourceType", f"{base_url}/ResourceTypes/{one.name}"),
    }


def _schema(base_url: str, one: Schema) -> dict[str, Any]:
    return {
        "schemas": [SCHEMA_SCHEMA],
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "attributes": write_attributes(one.attributes),
        "meta": _meta("Schema", f"{base_url}/Schemas/{one.id}"),
    }
