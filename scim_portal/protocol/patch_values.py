"""What one operation does to one attribute's value: old value in, new value out, nothing changed in place.

None stands for "unassigned". Paths and the message are read elsewhere; the result's types and lengths are checked
once, when all operations are done.
"""

from __future__ import annotations

from typing import Any

from scim_portal.protocol import primaries
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.errors import Mutability, NoTarget
from scim_portal.protocol.filter_matching import matches
from scim_portal.protocol.folds import fold_one
from scim_portal.protocol.patch_path import Place
from scim_portal.protocol.patch_request import Operation
from scim_portal.protocol.shaping import as_object, shape, shape_list, shape_single, writable
from scim_portal.protocol.tolerance import Tolerance


def changed(attribute: Attribute, old: Any, place: Place, operation: Operation, tolerance: Tolerance) -> Any:
    """Compute the attribute's new value, or None when it becomes unassigned."""
    if attribute.multi_valued:
        return _Elements(attribute, place, tolerance).changed(old or [], operation) or None
    if place.sub is not None:
        value = {place.sub.name: None if operation.op == "remove" else operation.value}
        return merged(attribute, old or {}, value, tolerance, attribute.name) or None
    if operation.op == "remove" or operation.value is None:
        return old if operation.op == "add" else None
    if attribute.type == "complex":
        return merged(attribute, old or {}, operation.value, tolerance, attribute.name) or None
    return shape(attribute, operation.value, tolerance, attribute.name)


def merged(attribute: Attribute, old: dict[str, Any], raw: Any, tolerance: Tolerance, path: str) -> dict[str, Any]:
    """Lay the parts of `raw` over an object; a null part becomes unassigned, others stay (RFC 7644 §3.5.2.3)."""
    new = dict(old)
    for name, value in as_object(attribute, raw, tolerance, path).items():
        sub = attribute.sub(name)
        if sub is None or not writable(attribute, sub, tolerance):
            continue
        shaped = shape(sub, value, tolerance, f"{path}.{sub.name}")
        if sub.mutability == "immutable" and sub.name in old and old[sub.name] != shaped:
            raise Mutability(f"{path}.{sub.name} cannot be changed once it is set.", attribute=f"{path}.{sub.name}")
        if shaped is None:
            new.pop(sub.name, None)
        else:
            new[sub.name] = shaped
    return new


class _Elements:
    """The values of one multi-valued attribute under one operation."""

    def __init__(self, attribute: Attribute, place: Place, tolerance: Tolerance) -> None:
        self.attribute = attribute
        self.place = place
        self.tolerance = tolerance
        self.fold = fold_one(attribute)

    def changed(self, old: list[Any], operation: Operation) -> list[Any]:
        if operation.op == "remove":
            return self._remove(old, operation)
        if self.place.sub is None and self.place.selection is None:
            return self._whole(old, operation)
        return self._selected(old, operation)

    def _chosen(self, old: list[Any]) -> list[int]:
        selection = self.place.selection
        return [at for at, one in enumerate(old) if selection is None or matches(selection, self.fold(one))]

    def _remove(self, old: list[Any], operation: Operation) -> list[Any]:
        chosen = self._chosen(old)
        if self.place.sub is not None:
            parts = {self.place.sub.name: None}
            return [one for one in (self._merge(e, parts) if at in chosen else e for at, e in enumerate(old)) if one]
        if operation.has_value and operation.value is not None and self.place.selection is None:
            # Entra without its flag names what to remove in the value; taken literally, this would remove everything.
            values = shape_list(self.attribute, operation.value, self.tolerance, self.attribute.name)
            unwanted = [self.fold(value) for value in values]
            chosen = [at for at, mine in enumerate(map(self.fold, old)) if any(_is(mine, one) for one in unwanted)]
        return [one for at, one in enumerate(old) if at not in chosen]

    def _whole(self, old: list[Any], operation: Operation) -> list[Any]:
        if operation.value is None:
            return [] if operation.op == "replace" else old
        values = shape_list(self.attribute, operation.value, self.tolerance, self.attribute.name)
        values = primaries.settled(self.attribute.name, values, self.tolerance)
        return values if operation.op == "replace" else self._added(old, values)

    def _added(self, old: list[Any], values: list[Any]) -> list[Any]:
        new = list(old)
        folded = [self.fold(one) for one in new]  # once: every value is compared with every one that is there
        for value in values:
            theirs = self.fold(value)
            at = next((at for at, mine in enumerate(folded) if _same(mine, theirs)), len(new))
            new[at : at + 1] = [{**new[at], **value} if at < len(new) and isinstance(value, dict) else value]
            folded[at : at + 1] = [self.fold(new[at])]
            if isinstance(value, dict) and value.get("primary") is True:
                new = self._demote(new, [at])
                folded = [self.fold(one) for one in new]
        return new

    def _selected(self, old: list[Any], operation: Operation) -> list[Any]:
        chosen = self._chosen(old)
        if chosen:
            new = [self._write(one, operation) if at in chosen else one for at, one in enumerate(old)]
        else:
            new, chosen = [*old, self._create(operation)], [len(old)]
        return [one for one in self._demote(new, chosen) if one]

    def _write(self, element: dict[str, Any], operation: Operation) -> dict[str, Any]:
        if self.place.sub is not None:
            return self._merge(element, {self.place.sub.name: operation.value})
        if operation.op == "add" or operation.value is None:
            return self._merge(element, operation.value or {})
        value = shape_single(self.attribute, operation.value, self.tolerance, self.attribute.name) or {}
        kept = self._facts() if self.tolerance.create_unmatched else {}
        return {**kept, **value}

    def _create(self, operation: Operation) -> dict[str, Any]:
        """Make the element that the selection looks for in vain; RFC 7644 §3.5.2.3 would have noTarget."""
        if self.place.selection is not None and (not self.tolerance.create_unmatched or self.place.facts is None):
            raise NoTarget(
                f"No value of '{self.attribute.name}' is selected by the path.", attribute=self.attribute.name
            )
        value = {self.place.sub.name: operation.value} if self.place.sub else operation.value
        made = self._merge({}, value or {})
        return {**self._facts(), **made} if made else {}

    def _facts(self) -> dict[str, Any]:
        return dict(self.place.facts or ())

    def _merge(self, element: dict[str, Any], raw: Any) -> dict[str, Any]:
        return merged(self.attribute, element, raw, self.tolerance, self.attribute.name)

    def _demote(self, values: list[Any], touched: list[int]) -> list[Any]:
        newest = [at for at in primaries.marks(values) if at in touched]
        return primaries.only(values, newest[-1]) if len(newest) == 1 else values


def _same(mine: Any, theirs: Any) -> bool:
    """Tell whether `theirs` is there already as `mine`: same `value` and no other `type`, or the same throughout."""
    if isinstance(mine, dict) and isinstance(theirs, dict) and mine.get("value"):
        return bool(mine["value"] == theirs.get("value") and theirs.get("type") in (None, mine.get("type")))
    return bool(mine == theirs)


def _is(mine: Any, named: Any) -> bool:
    if not isinstance(named, dict) or not isinstance(mine, dict):
        return bool(mine == named)
    keys = ({"value", "type"} if "value" in named else set(named)) & set(named)
    return all(mine.get(key) == named[key] for key in keys)
