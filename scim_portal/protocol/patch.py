"""PATCH (RFC 7644 §3.5.2): operations over a canonical resource; the result is a new one or a refusal, never a half.

Group membership is kept as rows elsewhere: `split_members` (in `patch_members`) takes it out of the operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scim_portal.protocol import checking, primaries, shaping
from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.errors import InvalidPath, InvalidValue, Mutability, NoTarget
from scim_portal.protocol.limits import DEFAULT, Limits
from scim_portal.protocol.patch_members import GroupPatch, Member, MemberChange, split_members
from scim_portal.protocol.patch_path import Place, locate
from scim_portal.protocol.patch_request import Operation, parse_request
from scim_portal.protocol.patch_values import changed
from scim_portal.protocol.resource import carried_schemas, unknown_extension
from scim_portal.protocol.tolerance import Tolerance

__all__ = ["GroupPatch", "Member", "MemberChange", "Operation", "apply", "parse_request", "split_members"]


def apply(
    resource_type: ResourceType,
    resource: dict[str, Any],
    operations: Sequence[Operation],
    *,
    tolerance: Tolerance,
    limits: Limits = DEFAULT,
) -> dict[str, Any]:
    """Apply all operations in order to a copy; equal to the input if nothing changed.

    Raises InvalidPath, InvalidFilter, InvalidValue, Mutability or NoTarget; the input is never changed.
    """
    draft = _Draft(resource_type, resource, tolerance, limits)
    for operation in operations:
        draft.run(operation)
    return draft.finished()


class _Draft:
    """A resource being patched: containers are copied once, values are replaced and never edited."""

    def __init__(
        self, resource_type: ResourceType, resource: dict[str, Any], tolerance: Tolerance, limits: Limits
    ) -> None:
        self.type = resource_type
        self.before = resource
        self.after = dict(resource)
        self.tolerance = tolerance
        self.limits = limits
        self.touched: dict[tuple[str | None, str], None] = {}

    def run(self, operation: Operation) -> None:
        if operation.path is not None:
            self._at(locate(self.type, operation.path, self.tolerance), operation)
        elif operation.op == "remove":
            raise NoTarget("A 'remove' needs a path that says what to remove.")
        else:
            self._each(None, operation)

    def _at(self, place: Place, operation: Operation) -> None:
        if place.attribute is None:
            self._schema(place.uri, operation)
            return
        for one in (place.attribute, place.sub):
            parent = place.attribute if one is place.sub else None
            if one is not None and one.mutability == "readOnly" and not shaping.writable(parent, one, self.tolerance):
                raise Mutability(f"'{operation.path}' is kept by the server and cannot be changed.", attribute=one.name)
        self._change(place, place.attribute, operation)

    def _schema(self, uri: str | None, operation: Operation) -> None:
        if operation.op != "remove":
            self._each(uri, operation)
        elif uri is None:
            raise NoTarget("The attributes of the core schema cannot be removed all at once.")
        else:
            for name in list(self.after.get(uri, ())):
                self._at(locate(self.type, f"{uri}:{name}", self.tolerance), Operation("remove", f"{uri}:{name}"))

    def _each(self, uri: str | None, operation: Operation) -> None:
        """Apply an operation whose value is an object of attributes; what is read-only or unknown in it is ignored."""
        if not isinstance(operation.value, dict):
            kind = shaping.kind_of(operation.value)
            raise InvalidValue(f"The value must be an object of attributes, not {kind}.", value=operation.value)
        for name, value in operation.value.items():
            inner = Operation(operation.op, name, value)
            place = self._find(f"{uri}:{name}" if uri else name)
            if place is None:
                self._unknown(uri, inner)
            elif place.attribute is None:
                self._each_of_schema(place.uri, inner)
            elif self._ours(place):
                self._change(place, place.attribute, inner)

    def _each_of_schema(self, uri: str | None, inner: Operation) -> None:
        if inner.value is not None:
            self._each(uri, inner)

    def _find(self, name: str) -> Place | None:
        try:
            return locate(self.type, name, self.tolerance)
        except InvalidPath:
            return None

    def _ours(self, place: Place) -> bool:
        if place.attribute is None or not shaping.writable(None, place.attribute, self.tolerance):
            return False
        return place.sub is None or shaping.writable(place.attribute, place.sub, self.tolerance)

    def _unknown(self, uri: str | None, inner: Operation) -> None:
        name = str(inner.path)
        is_extension = uri is None and name[:4].lower() == "urn:" and isinstance(inner.value, dict)
        if is_extension and inner.value and self.tolerance.keep_unknown_extensions:
            self.after[name] = unknown_extension(name, {**self.after.get(name, {}), **inner.value}, self.limits)

    def _change(self, place: Place, attribute: Attribute, operation: Operation) -> None:
        if attribute.mutability == "writeOnly":
            return
        holder = self.after if place.uri is None else dict(self.after.get(place.uri, ()))
        old = holder.get(attribute.name)
        self._count(attribute, operation.value)
        new = changed(attribute, old, place, operation, self.tolerance)
        self._count(attribute, new)
        if attribute.mutability == "immutable" and old is not None and new != old:
            raise Mutability(f"'{attribute.name}' cannot be changed once it is set.", attribute=attribute.name)
        self._put(holder, place.uri, attribute, new)

    def _count(self, attribute: Attribute, values: Any) -> None:
        """Refuse too many values before each is compared with each, and not only when all operations are done."""
        limit = checking.most_values(attribute, self.limits)
        if attribute.multi_valued and isinstance(values, list) and len(values) > limit:
            told = f"{attribute.name} has {len(values)} values; at most {limit} are accepted."
            raise InvalidValue(told, attribute=attribute.name)

    def _put(self, holder: dict[str, Any], uri: str | None, attribute: Attribute, new: Any) -> None:
        if new is None:
            if attribute.required:
                raise Mutability(f"'{attribute.name}' is required and cannot be removed.", attribute=attribute.name)
            holder.pop(attribute.name, None)
        else:
            holder[attribute.name] = new
        if uri is not None:
            self.after[uri] = holder
            if not holder:
                del self.after[uri]
        self.touched[uri, attribute.name] = None

    def finished(self) -> dict[str, Any]:
        for uri, name in self.touched:
            holder = self.after if uri is None else self.after.get(uri, {})
            if name in holder:
                checking.check_one(self.type, uri, name, holder[name], self.limits)
                if isinstance(holder[name], list):
                    holder[name] = primaries.settled(name, holder[name], self.tolerance)
        if self.after.keys() != self.before.keys() and "schemas" in self.before:
            self.after["schemas"] = carried_schemas(self.type, self.after)
        return self.after
