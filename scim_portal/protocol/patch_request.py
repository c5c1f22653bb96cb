"""Read the PatchOp message (RFC 7644 §3.5.2) into operations; what they mean is decided in `patch`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from scim_portal.protocol.errors import InvalidSyntax, TooLarge
from scim_portal.protocol.limits import DEFAULT, Limits
from scim_portal.protocol.tolerance import Tolerance

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
Verb = Literal["add", "replace", "remove"]
_VERBS = ("add", "replace", "remove")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path` is None when absent; `has_value` tells an absent value from null."""

    op: Verb
    path: str | None = None
    value: Any = None
    has_value: bool = True


def parse_request(payload: dict[str, Any], tolerance: Tolerance, *, limits: Limits = DEFAULT) -> tuple[Operation, ...]:
    """Read a PatchOp message; keys and `op` in any case, keys nobody knows ignored.

    Raises InvalidSyntax for a wrong message, TooLarge for more than 1,000 operations.
    """
    message = {name.lower(): value for name, value in payload.items()}
    if not tolerance.loose_schemas:
        _check_schemas(message.get("schemas"))
    operations = message.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("'Operations' must be a list with at least one operation.", attribute="Operations")
    if len(operations) > limits.operations:
        raise TooLarge(f"A PATCH may carry at most {limits.operations} operations, not {len(operations)}.")
    return tuple(_operation(one, f"Operations[{index}]") for index, one in enumerate(operations))


def _check_schemas(schemas: Any) -> None:
    named = schemas if isinstance(schemas, list) else []
    if PATCH_SCHEMA.lower() not in (one.lower() for one in named if isinstance(one, str)):
        raise InvalidSyntax(f"'schemas' must contain '{PATCH_SCHEMA}'.", attribute="schemas", value=schemas)


def _operation(raw: Any, place: str) -> Operation:
    if not isinstance(raw, dict):
        raise InvalidSyntax(f"{place} must be an object.", attribute=place, value=raw)
    fields = {name.lower(): value for name, value in raw.items()}
    verb, path = fields.get("op"), fields.get("path")
    if not isinstance(verb, str) or verb.lower() not in _VERBS:
        raise InvalidSyntax(f"{place}.op must be 'add', 'replace' or 'remove'.", attribute=f"{place}.op", value=verb)
    if path is not None and not isinstance(path, str):
        raise InvalidSyntax(f"{place}.path must be a string.", attribute=f"{place}.path", value=path)
    if "value" not in fields and verb.lower() != "remove":
        raise InvalidSyntax(f"{place} has no value to {verb.lower()}.", attribute=f"{place}.value")
    return Operation(cast(Verb, verb.lower()), path, fields.get("value"), "value" in fields)
