"""Read the BulkRequest message (RFC 7644 §3.7): operations, each good or with its own refusal.

What is wrong with one operation is answered for that one; only a wrong envelope refuses the whole request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from scim_portal.protocol.errors import InvalidSyntax, InvalidValue, NotFound, ScimError, TooLarge
from scim_portal.protocol.patch_request import PATCH_SCHEMA
from scim_portal.protocol.tolerance import Tolerance

BULK_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
MOST_OPERATIONS = 1000
LARGEST_PAYLOAD = 1024 * 1024
METHODS = ("POST", "PUT", "PATCH", "DELETE")
_PATH = re.compile(r"/?(?P<room>users|groups)(?:/(?P<id>[^/?#\s]{1,256}))?/?", re.IGNORECASE)
_LONGEST_PATH = 512


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; `endpoint` is `/Users` or `/Groups`, `error` says why it cannot be tried."""

    method: str
    endpoint: str = ""
    id: str | None = None
    bulk_id: str | None = None
    version: str | None = None
    data: dict[str, Any] | None = None
    error: ScimError | None = None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """A read request; after `fail_on_errors` errors the rest is not tried, None tries everything."""

    operations: tuple[Operation, ...]
    fail_on_errors: int | None = None


def parse_request(payload: dict[str, Any], tolerance: Tolerance) -> BulkRequest:
    """Read a BulkRequest; keys in any case, keys nobody knows ignored.

    Raises InvalidSyntax or InvalidValue for a wrong envelope, TooLarge for more than 1,000 operations.
    """
    message = {name.lower(): value for name, value in payload.items()}
    if not tolerance.loose_schemas:
        _check_schemas(message.get("schemas"))
    operations, limit = message.get("operations"), message.get("failonerrors")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("'Operations' must be a list with at least one operation.", attribute="Operations")
    if len(operations) > MOST_OPERATIONS:
        raise TooLarge(f"A bulk request may carry at most {MOST_OPERATIONS} operations, not {len(operations)}.")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise InvalidValue("failOnErrors must be a whole number above 0.", attribute="failOnErrors", value=limit)
    seen: set[str] = set()
    return BulkRequest(tuple(_operation(one, index, seen) for index, one in enumerate(operations)), limit)


def _operation(raw: Any, index: int, seen: set[str]) -> Operation:
    place = f"Operations[{index}]"
    if not isinstance(raw, dict):
        return Operation("", error=InvalidSyntax(f"{place} must be an object.", attribute=place))
    fields = {name.lower(): value for name, value in raw.items()}
    method = fields.get("method")
    method = method.upper() if isinstance(method, str) else ""
    bulk_id = fields.get("bulkid")
    named = bulk_id if isinstance(bulk_id, str) and bulk_id else None
    try:
        _check_method(method, place)
        endpoint, id = _address(method, fields.get("path"), place)
        _check_bulk_id(method, bulk_id, seen, place)
        version = _version(fields.get("version"), place)
        return Operation(method, endpoint, id, named, version, _data(method, fields.get("data"), place))
    except ScimError as problem:
        return Operation(method if method in METHODS else "", bulk_id=named, error=problem)


def _check_method(method: str, place: str) -> None:
    if method not in METHODS:
        raise InvalidSyntax(f"{place}.method must be POST, PUT, PATCH or DELETE.", attribute=f"{place}.method")


def _address(method: str, path: Any, place: str) -> tuple[str, str | None]:
    if not isinstance(path, str):
        raise InvalidSyntax(f"{place}.path must be a text such as '/Users'.", attribute=f"{place}.path")
    found = _PATH.fullmatch(path) if len(path) <= _LONGEST_PATH else None
    if found is None:
        raise NotFound(f"{place}.path {path[:100]!r} is neither '/Users' nor '/Groups', nor a resource in them.")
    if (found["id"] is None) != (method == "POST"):
        wanted = "a list, such as '/Users'" if method == "POST" else "a resource, such as '/Users/<id>'"
        raise InvalidSyntax(f"{place}: {method} needs the path of {wanted}.", attribute=f"{place}.path")
    return f"/{found['room'].capitalize()}", found["id"]


def _check_bulk_id(method: str, bulk_id: Any, seen: set[str], place: str) -> None:
    if bulk_id is None and method != "POST":
        return
    if not isinstance(bulk_id, str) or not bulk_id:
        raise InvalidSyntax(f"{place} needs a bulkId, which must be a text.", attribute=f"{place}.bulkId")
    if bulk_id in seen:
        raise InvalidValue(f"{place}.bulkId {bulk_id[:100]!r} was used before.", attribute=f"{place}.bulkId")
    seen.add(bulk_id)


def _version(version: Any, place: str) -> str | None:
    if version is not None and not isinstance(version, str):
        raise InvalidSyntax(f"{place}.version must be a text.", attribute=f"{place}.version")
    return version or None


def _data(method: str, data: Any, place: str) -> dict[str, Any] | None:
    if method == "DELETE":
        return None
    if method == "PATCH" and isinstance(data, list):  # the RFC's own example leaves the PatchOp message away
        return {"schemas": [PATCH_SCHEMA], "Operations": data}
    if not isinstance(data, dict):
        raise InvalidSyntax(f"{place}.data must be an object.", attribute=f"{place}.data")
    return data


def _check_schemas(schemas: Any) -> None:
    named = schemas if isinstance(schemas, list) else []
    if BULK_SCHEMA.lower() not in (one.lower() for one in named if isinstance(one, str)):
        raise InvalidSyntax(f"'schemas' must contain '{BULK_SCHEMA}'.", attribute="schemas", value=schemas)
